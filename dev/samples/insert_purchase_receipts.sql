-- Inserts the headers of sample documents into PurchaseReceipts. First of two steps; insert_purchase_receipt_details.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns id and code of each, so that the lines find their header.
INSERT INTO [PurchaseReceipts] (
  [local_receipt_id],
  [receipt_date],
  [receipt_type],
  [supplier_name],
  [notes],
  [pharmacy_code],
  [shop_pharmacy_code],
  [status],
  [created_at]
)
OUTPUT inserted.[id] AS [id], inserted.[local_receipt_id] AS [code]
SELECT
  r.[local_receipt_id],
  r.[receipt_date],
  r.[receipt_type],
  r.[supplier_name],
  r.[notes],
  r.[pharmacy_code],
  r.[shop_pharmacy_code],
  r.[status],
  DATEADD(minute, -r.[created_minutes_ago], GETDATE())
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [local_receipt_id] varchar(50) '$.local_receipt_id',
  [receipt_date] datetime '$.receipt_date',
  [receipt_type] int '$.receipt_type',
  [supplier_name] nvarchar(500) '$.supplier_name',
  [notes] nvarchar(max) '$.notes',
  [pharmacy_code] varchar(50) '$.pharmacy_code',
  [shop_pharmacy_code] varchar(50) '$.shop_pharmacy_code',
  [status] varchar(20) '$.status',
  [created_minutes_ago] int '$.created_minutes_ago'
) AS r
ORDER BY r.[number];
