-- Inserts the accounts of the sample shops that are not there yet.
-- @accounts  NVARCHAR(MAX), JSON array of AccountShop rows
INSERT INTO [AccountShop] (
  [shop_pharmacy_code],
  [pharmacy_code],
  [account],
  [password],
  [shop_name],
  [address],
  [phone_number],
  [email],
  [status]
)
SELECT
  r.[shop_pharmacy_code],
  r.[pharmacy_code],
  r.[account],
  r.[password],
  r.[shop_name],
  r.[address],
  r.[phone_number],
  r.[email],
  r.[status]
FROM OPENJSON(@accounts) WITH (
  [shop_pharmacy_code] varchar(50) '$.shop_pharmacy_code',
  [pharmacy_code] varchar(50) '$.pharmacy_code',
  [account] varchar(50) '$.account',
  [password] nvarchar(50) '$.password',
  [shop_name] nvarchar(255) '$.shop_name',
  [address] nvarchar(500) '$.address',
  [phone_number] varchar(20) '$.phone_number',
  [email] varchar(100) '$.email',
  [status] int '$.status'
) AS r
WHERE NOT EXISTS (
  SELECT 1 FROM [AccountShop] AS a
  WHERE a.[shop_pharmacy_code] = r.[shop_pharmacy_code]
    AND a.[pharmacy_code] = r.[pharmacy_code]
    AND a.[account] = r.[account]
)
ORDER BY r.[shop_pharmacy_code];
