-- Writes headers of sample documents that want syncing: for an empty database, never for a pharmacy's own.
-- $(...)  the profile's table and columns
-- @rows   NVARCHAR(MAX), JSON array of {status, shop, and the header fields}
INSERT INTO $(header) ($(status), $(columns))
SELECT
  r.[status],
  $(values)
FROM OPENJSON(@rows) WITH (
  [status] $(status_type) '$.status',
  $(schema)
) AS r;
