-- Shops among the first pending rows that have no active account of their own.
-- $(...)    the profile's table and columns
-- @pending  the status value that means "wants syncing", typed like the column
-- @first    INT, how many pending rows are looked at
-- The collations of two tables may differ, and comparing them is error 468: hence COLLATE.
-- Locking: rows that the pharmacy's software has locked are passed over.
SELECT DISTINCT p.[shop] AS [shop]
FROM (
  SELECT TOP (@first) $(shop) AS [shop]
  FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
  WHERE $(status) = @pending$(and_where)
) AS p
WHERE NOT EXISTS (
  SELECT 1
  FROM [AccountShop] AS a
  WHERE a.[shop_pharmacy_code] = CONVERT(nvarchar(50), p.[shop]) COLLATE DATABASE_DEFAULT
    AND a.[status] = 1
)
ORDER BY p.[shop];
