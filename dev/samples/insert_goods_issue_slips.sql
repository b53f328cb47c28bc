-- Inserts the headers of sample documents into GoodsIssueSlips. First of two steps; insert_goods_issue_slip_details.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns id and code of each, so that the lines find their header.
INSERT INTO [GoodsIssueSlips] (
  [local_slip_id],
  [issue_date],
  [issue_type],
  [recipient_name],
  [notes],
  [pharmacy_code],
  [shop_pharmacy_code],
  [status],
  [created_at]
)
OUTPUT inserted.[id] AS [id], inserted.[local_slip_id] AS [code]
SELECT
  r.[local_slip_id],
  r.[issue_date],
  r.[issue_type],
  r.[recipient_name],
  r.[notes],
  r.[pharmacy_code],
  r.[shop_pharmacy_code],
  r.[status],
  DATEADD(minute, -r.[created_minutes_ago], GETDATE())
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [local_slip_id] varchar(50) '$.local_slip_id',
  [issue_date] datetime '$.issue_date',
  [issue_type] int '$.issue_type',
  [recipient_name] nvarchar(500) '$.recipient_name',
  [notes] nvarchar(max) '$.notes',
  [pharmacy_code] varchar(50) '$.pharmacy_code',
  [shop_pharmacy_code] varchar(50) '$.shop_pharmacy_code',
  [status] varchar(20) '$.status',
  [created_minutes_ago] int '$.created_minutes_ago'
) AS r
ORDER BY r.[number];
