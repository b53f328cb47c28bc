-- Copies headers of sample documents many times over, under codes of their own. They do not want syncing yet.
-- @copies  NVARCHAR(MAX), JSON array of numbers never used before, one for each copy
-- @last    INT, the last id that is copied
-- @shop    VARCHAR(50), the shop of the copies, or NULL for that of the sample
INSERT INTO [SalesInvoices] (
  [local_invoice_id],
  [pharmacy_code],
  [shop_pharmacy_code],
  [national_prescription_id],
  [sale_date],
  [seller_name],
  [customer_name],
  [status]
)
SELECT
  CONCAT(h.[local_invoice_id], '-', c.[copy]),
  h.[pharmacy_code],
  COALESCE(@shop, h.[shop_pharmacy_code]),
  h.[national_prescription_id],
  h.[sale_date],
  h.[seller_name],
  h.[customer_name],
  'SYNC_SUCCESS'
FROM OPENJSON(@copies) WITH ([copy] int '$') AS c
CROSS JOIN [SalesInvoices] AS h
WHERE h.[id] <= @last
ORDER BY c.[copy], h.[id];
