-- The rows that stand at one status, oldest key first: for the dev stack and tests, which have small tables.
-- $(...)   the profile's table and columns
-- @status  VARCHAR(20)
-- @limit   INT, rows at most
SELECT TOP (@limit)
  CONVERT(nvarchar(50), $(key)) AS [key],
  $(code) AS [code],
  $(shop) AS [shop],
  $(status) AS [status],
  $(national_code) AS [national_code],
  $(message) AS [message]
FROM $(header) AS h
WHERE $(status) = @status
ORDER BY $(key);
