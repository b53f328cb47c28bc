-- Gives copied headers their lines: so many each, taken from the sample documents in turn.
-- @first, @last  INT, the ids of the headers
-- @numbers       NVARCHAR(MAX), JSON array of numbers from 0, one for each line of a document
-- @samples       INT, how many lines there are to take from
INSERT INTO [SalesInvoiceDetails] (
  [sales_invoice_id],
  [drug_code],
  [drug_name],
  [lot_number],
  [production_date],
  [expiry_date],
  [unit],
  [concentration],
  [dosage],
  [route_of_administration],
  [registration_number],
  [quantity],
  [unit_price],
  [line_total],
  [conversion_ratio]
)
SELECT
  h.[id],
  d.[drug_code],
  d.[drug_name],
  d.[lot_number],
  d.[production_date],
  d.[expiry_date],
  d.[unit],
  d.[concentration],
  d.[dosage],
  d.[route_of_administration],
  d.[registration_number],
  d.[quantity],
  d.[unit_price],
  d.[line_total],
  d.[conversion_ratio]
FROM [SalesInvoices] AS h
CROSS JOIN OPENJSON(@numbers) WITH ([number] int '$') AS n
INNER JOIN [SalesInvoiceDetails] AS d ON d.[id] = 1 + (h.[id] + n.[number]) % @samples
WHERE h.[id] >= @first
  AND h.[id] <= @last;
