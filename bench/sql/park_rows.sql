-- Rows of a range that want syncing do not, from now on.
-- @first, @last  INT, the ids of the rows
UPDATE [SalesInvoices]
SET [status] = 'SYNC_SUCCESS'
WHERE [id] >= @first
  AND [id] <= @last
  AND [status] = 'PENDING_SYNC';
