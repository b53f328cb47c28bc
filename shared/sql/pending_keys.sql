-- Keys of rows that want syncing, in key order, a page at a time. First step of a scan; read_headers.sql follows.
-- $(...)       the profile's table and columns (shared/source_sql.ts fills them in)
-- @pending     the status value that means "wants syncing", typed like the column
-- @after       the last key of the page before, typed like the column: the page is a seek on (status, key)
-- @limit       INT, rows in a page
-- @skip_shops  NVARCHAR(MAX), JSON array of shops to leave out: blocked ones, and those with their share in flight
-- Locking: rows that the pharmacy's software has locked are passed over and found by the next scan.
--          READPAST needs READCOMMITTEDLOCK where the database has READ_COMMITTED_SNAPSHOT on.
SELECT TOP (@limit)
  $(key_text) AS [key],
  $(shop) AS [shop]
FROM $(header) AS h WITH (READCOMMITTEDLOCK, READPAST)
WHERE $(status) = @pending$(and_where)
  AND $(key) > @after
  AND $(shop) COLLATE DATABASE_DEFAULT NOT IN (
    SELECT s.[shop] FROM OPENJSON(@skip_shops) WITH ([shop] nvarchar(50) '$') AS s
  )
ORDER BY $(key);
