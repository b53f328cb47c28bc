-- The present status of rows whose entries were delivered before: what is SYNC_SUCCESS already is not sent again.
-- $(...)  the profile's table and columns
-- @keys   NVARCHAR(MAX), JSON array of row keys
-- Locking: waits for a row that is being written, since that may be the very write that settles it.
SELECT
  $(key_text) AS [key],
  $(status_text) AS [status]
FROM OPENJSON(@keys) WITH ([key] $(key_type) '$') AS k
INNER JOIN $(header) AS h WITH (READCOMMITTEDLOCK) ON $(key) = k.[key]$(key_collation);
