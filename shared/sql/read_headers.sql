-- The headers of one page of documents, every value as text. Sent in one batch with read_lines.sql.
-- $(...)      the profile's table and columns
-- @keys       NVARCHAR(MAX), JSON array of row keys
-- @pending    the status value that means "wants syncing"; a row that has changed since its key was read drops out
-- @lines_due  INT, minutes: a document older than this should have its lines
-- Locking: locked rows are passed over, as in pending_keys.sql.
SELECT
  $(key_text) AS [key],
  $(shop) AS [shop],
  CASE WHEN $(created_at) <= DATEADD(minute, -@lines_due, GETDATE()) THEN 1 ELSE 0 END AS [lines_due],
  $(header_columns)
FROM OPENJSON(@keys) WITH ([key] $(key_type) '$') AS k
INNER JOIN $(header) AS h WITH (READCOMMITTEDLOCK, READPAST) ON $(key) = k.[key]$(key_collation)
WHERE $(status) = @pending$(and_where);
