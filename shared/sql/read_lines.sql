-- The lines of one page of documents, every value as text, in line order. Sent in one batch with read_headers.sql.
-- $(...)  the profile's table and columns
-- @keys   NVARCHAR(MAX), JSON array of row keys
-- Locking: waits for locked lines. Passing over one would send a document that is not whole.
SELECT
  $(line_parent_text) AS [key],
  $(line_columns)
FROM OPENJSON(@keys) WITH ([key] $(key_type) '$') AS k
INNER JOIN $(details) AS d WITH (READCOMMITTEDLOCK) ON $(line_parent) = k.[key]$(key_collation)
ORDER BY $(line_parent), $(line_key);
