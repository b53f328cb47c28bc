-- The rows of one document code, with what an operator wants to know of them.
-- $(...)  the profile's table and columns
-- @code   the pharmacy's own code, typed like the column: an index on it is used where there is one
-- @limit  INT, rows at most
-- Locking: none. At night a row shall be seen even while something holds its lock; what is shown may be rolled back.
SELECT TOP (@limit)
  $(key_text) AS [key],
  $(code) AS [code],
  $(shop) AS [shop],
  $(status_text) AS [status],
  $(national_code) AS [national_code],
  $(message) AS [message],
  (SELECT COUNT(*) FROM $(details) AS d WITH (NOLOCK) WHERE $(line_parent) = $(key)) AS [lines],
  DATEDIFF_BIG(millisecond, $(created_at), GETDATE()) AS [created_ms_ago],
  DATEDIFF_BIG(millisecond, $(changed_at), GETDATE()) AS [updated_ms_ago]
FROM $(header) AS h WITH (NOLOCK)
WHERE $(code) = @code
ORDER BY $(key);
