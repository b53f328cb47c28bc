-- How long the oldest of the first pending rows has been pending, in seconds; NULL when none is.
-- $(...)    the profile's table and columns
-- @pending  the status value that means "wants syncing", typed like the column
-- @first    INT, how many rows are looked at, in key order: the keys grow, so the oldest is among the first
-- Locking: locked rows are passed over.
SELECT MAX(DATEDIFF(second, p.[since], GETDATE())) AS [seconds]
FROM (
  SELECT TOP (@first) $(changed_at) AS [since]
  FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
  WHERE $(status) = @pending$(and_where)
  ORDER BY $(key)
) AS p;
