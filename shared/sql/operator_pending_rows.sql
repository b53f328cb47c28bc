-- The first rows that want syncing, in key order, for an operator to look at.
-- $(...)    the profile's table and columns
-- @pending  the status value that means "wants syncing", typed like the column
-- @limit    INT, rows at most
-- Locking: locked rows are passed over.
SELECT TOP (@limit)
  $(key_text) AS [key],
  $(code) AS [code],
  $(shop) AS [shop],
  DATEDIFF(second, $(changed_at), GETDATE()) AS [waiting_seconds]
FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
WHERE $(status) = @pending$(and_where)
ORDER BY $(key);
