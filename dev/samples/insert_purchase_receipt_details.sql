-- Inserts the lines of sample documents into PurchaseReceiptDetails, in order. Second of two steps; insert_purchase_receipts.sql came before.
-- @lines  NVARCHAR(MAX), JSON array of line rows, each with its number in the batch and the id of its header
INSERT INTO [PurchaseReceiptDetails] (
  [purchase_receipt_id],
  [drug_code],
  [drug_name],
  [lot_number],
  [production_date],
  [expiry_date],
  [quantity],
  [unit_price],
  [registration_number],
  [unit]
)
SELECT
  r.[header_id],
  r.[drug_code],
  r.[drug_name],
  r.[lot_number],
  r.[production_date],
  r.[expiry_date],
  r.[quantity],
  r.[unit_price],
  r.[registration_number],
  r.[unit]
FROM OPENJSON(@lines) WITH (
  [number] int '$.number',
  [header_id] bigint '$.header_id',
  [drug_code] varchar(50) '$.drug_code',
  [drug_name] nvarchar(500) '$.drug_name',
  [lot_number] varchar(50) '$.lot_number',
  [production_date] date '$.production_date',
  [expiry_date] date '$.expiry_date',
  [quantity] decimal(18,2) '$.quantity',
  [unit_price] decimal(18,2) '$.unit_price',
  [registration_number] varchar(50) '$.registration_number',
  [unit] nvarchar(200) '$.unit'
) AS r
ORDER BY r.[number];
