-- Active accounts by shop: how many, and the longest of their passwords (the partner takes 30 characters). No password leaves the server.
-- LEN leaves out blanks at the end, which are part of a password: hence the point after it.
-- No parameters. Locking: none; what is shown may be rolled back.
SELECT
  a.[shop_pharmacy_code] AS [shop],
  COUNT(*) AS [accounts],
  MAX(LEN(CONVERT(nvarchar(200), a.[password]) + N'.') - 1) AS [password_length]
FROM [AccountShop] AS a WITH (NOLOCK)
WHERE a.[status] = 1
GROUP BY a.[shop_pharmacy_code]
ORDER BY a.[shop_pharmacy_code];
