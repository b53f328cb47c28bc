-- How many rows want syncing, counted no further than a bound, so that a million of them cost no more than the bound.
-- $(...)    the profile's table and columns
-- @pending  the status value that means "wants syncing", typed like the column
-- @most     INT, where counting stops
-- Locking: rows that the pharmacy's software has locked are passed over, as a scan passes over them.
SELECT COUNT(*) AS [documents]
FROM (
  SELECT TOP (@most) $(key) AS [key]
  FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
  WHERE $(status) = @pending$(and_where)
) AS p;
