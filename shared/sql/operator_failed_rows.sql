-- Failed rows with their messages, newest first: what "failures" groups by cause.
-- $(...)          the profile's table and columns
-- @failed         the status value that means "failed", typed like the column
-- @since_seconds  INT, only rows changed within so many seconds
-- @limit          INT, rows at most
-- Locking: none, as in operator_find_rows.sql.
SELECT TOP (@limit)
  $(key_text) AS [key],
  $(code) AS [code],
  $(shop) AS [shop],
  $(message) AS [message],
  DATEDIFF_BIG(millisecond, $(changed_at), GETDATE()) AS [updated_ms_ago]
FROM $(header) AS h WITH (NOLOCK)
WHERE $(status) = @failed$(and_where)
  AND $(changed_at) >= DATEADD(second, -@since_seconds, GETDATE())
ORDER BY $(key) DESC;
