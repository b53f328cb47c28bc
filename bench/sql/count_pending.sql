-- How many rows want syncing, as far as anybody needs to know: none, or some.
-- @most  INT, where counting stops
SELECT COUNT(*) AS [rows]
FROM (
  SELECT TOP (@most) h.[id] AS [id]
  FROM [SalesInvoices] AS h
  WHERE h.[status] = 'PENDING_SYNC'
) AS p;
