-- Sets rows back to "wants syncing", as if they had been committed just now.
-- @first, @last  INT, the ids of the rows
UPDATE [SalesInvoices]
SET
  [status] = 'PENDING_SYNC',
  [national_invoice_id] = NULL,
  [sync_response_message] = NULL,
  [created_at] = GETDATE(),
  [updated_at] = GETDATE()
WHERE [id] >= @first
  AND [id] <= @last;
