-- What has become of the rows, a page at a time.
-- @after, @last  INT, ids: rows after the one, up to the other
-- @limit         INT, rows in a page
SELECT TOP (@limit)
  h.[id] AS [id],
  h.[local_invoice_id] AS [code],
  h.[status] AS [status],
  h.[national_invoice_id] AS [national_code],
  DATEDIFF_BIG(millisecond, '19700101', h.[created_at]) AS [created_ms],
  DATEDIFF_BIG(millisecond, '19700101', h.[updated_at]) AS [updated_ms]
FROM [SalesInvoices] AS h
WHERE h.[id] > @after
  AND h.[id] <= @last
ORDER BY h.[id];
