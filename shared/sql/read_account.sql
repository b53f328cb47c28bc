-- The active accounts of one shop, the one changed last first. Table AccountShop of source-schema.
-- @shop  VARCHAR(50), shop_pharmacy_code
SELECT
  a.[pharmacy_code],
  a.[account],
  a.[password]
FROM [AccountShop] AS a
WHERE a.[shop_pharmacy_code] = @shop
  AND a.[status] = 1
ORDER BY a.[updated_at] DESC, a.[account];
