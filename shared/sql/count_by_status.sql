-- How many rows stand at each status. Reads the whole table: for the dev stack and the operator, never for a scan.
-- $(...)  the profile's table and columns
SELECT
  $(status_text) AS [status],
  COUNT(*) AS [documents]
FROM $(header) AS h
GROUP BY $(status);
