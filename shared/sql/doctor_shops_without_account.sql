-- Shops among the first pending rows that have no active account of their own.
-- $(...)    the profile's table and columns
-- @pending  the status value that means "wants syncing", typed like the column
-- @first    INT, how many pending rows are looked at
-- Locking: rows that the pharmacy's software has locked are passed over.
SELECT DISTINCT p.[shop] AS [shop]
FROM (
  SELECT TOP (@first) $(shop) AS [shop]
  FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
  WHERE $(status) = @pending
) AS p
WHERE NOT EXISTS (
  SELECT 1
  FROM [AccountShop] AS a
  WHERE a.[shop_pharmacy_code] = p.[shop]
    AND a.[status] = 1
)
ORDER BY p.[shop];
