-- The rows that stand at one status, oldest key first: for the dev stack and tests, which have small tables.
-- $(...)   the profile's table and columns
-- @status  the status value, typed like the column
-- @limit   INT, rows at most
SELECT TOP (@limit)
  CONVERT(nvarchar(50), $(key)) AS [key],
  $(code) AS [code],
  $(shop) AS [shop],
  $(national_code) AS [national_code],
  $(message) AS [message]
FROM $(header) AS h
WHERE $(status) = @status
ORDER BY $(key);
