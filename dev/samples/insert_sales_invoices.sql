-- Inserts the headers of sample documents into SalesInvoices. First of two steps; insert_sales_invoice_details.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns id and code of each, so that the lines find their header.
INSERT INTO [SalesInvoices] (
  [local_invoice_id],
  [national_prescription_id],
  [sale_date],
  [seller_name],
  [customer_name],
  [pharmacy_code],
  [shop_pharmacy_code],
  [status],
  [created_at]
)
OUTPUT inserted.[id] AS [id], inserted.[local_invoice_id] AS [code]
SELECT
  r.[local_invoice_id],
  r.[national_prescription_id],
  r.[sale_date],
  r.[seller_name],
  r.[customer_name],
  r.[pharmacy_code],
  r.[shop_pharmacy_code],
  r.[status],
  DATEADD(minute, -r.[created_minutes_ago], GETDATE())
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [local_invoice_id] varchar(50) '$.local_invoice_id',
  [national_prescription_id] varchar(50) '$.national_prescription_id',
  [sale_date] datetime '$.sale_date',
  [seller_name] nvarchar(50) '$.seller_name',
  [customer_name] nvarchar(50) '$.customer_name',
  [pharmacy_code] varchar(50) '$.pharmacy_code',
  [shop_pharmacy_code] varchar(50) '$.shop_pharmacy_code',
  [status] varchar(20) '$.status',
  [created_minutes_ago] int '$.created_minutes_ago'
) AS r
ORDER BY r.[number];
