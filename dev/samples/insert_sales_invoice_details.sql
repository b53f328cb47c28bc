-- Inserts the lines of sample documents into SalesInvoiceDetails, in order. Second of two steps; insert_sales_invoices.sql came before.
-- @lines  NVARCHAR(MAX), JSON array of line rows, each with its number in the batch and the id of its header
INSERT INTO [SalesInvoiceDetails] (
  [sales_invoice_id],
  [drug_code],
  [drug_name],
  [lot_number],
  [production_date],
  [expiry_date],
  [quantity],
  [unit_price],
  [unit],
  [concentration],
  [dosage],
  [route_of_administration],
  [registration_number],
  [line_total],
  [conversion_ratio]
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
  r.[unit],
  r.[concentration],
  r.[dosage],
  r.[route_of_administration],
  r.[registration_number],
  r.[line_total],
  r.[conversion_ratio]
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
  [unit] nvarchar(50) '$.unit',
  [concentration] nvarchar(500) '$.concentration',
  [dosage] nvarchar(max) '$.dosage',
  [route_of_administration] nvarchar(200) '$.route_of_administration',
  [registration_number] varchar(50) '$.registration_number',
  [line_total] decimal(18,2) '$.line_total',
  [conversion_ratio] decimal(18,2) '$.conversion_ratio'
) AS r
ORDER BY r.[number];
