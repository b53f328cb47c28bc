-- The lines of one page of documents, every value as text, in line order. Sent in one batch with read_headers.sql.
-- $(...)  the profile's table and columns
-- @keys   NVARCHAR(MAX), JSON array of row keys
-- Returns each line under the key that was asked for: a text key of its own may be in other case.
-- Locking: waits for locked lines. Passing over one would send a document that is not whole.
SELECT
  CONVERT(nvarchar(50), k.[key]) AS [key],
  $(line_columns)
FROM OPENJSON(@keys) WITH ([key] $(key_type) '$') AS k
INNER JOIN $(details) AS d WITH (READCOMMITTEDLOCK) ON $(line_parent) = k.[key]$(key_collation)
ORDER BY $(line_parent), $(line_key);
