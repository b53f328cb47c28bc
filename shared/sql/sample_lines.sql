-- Writes the lines of sample documents, each under the header of its code. After sample_headers.sql, in one transaction with it.
-- $(...)  the profile's tables and columns
-- @rows   NVARCHAR(MAX), JSON array of {code, and the API's line fields}
INSERT INTO $(details) ($(parent), $(columns))
SELECT
  $(key),
  $(values)
FROM OPENJSON(@rows) WITH (
  [code] nvarchar(50) '$.code',
  $(schema)
) AS r
INNER JOIN $(header) AS h ON $(code) = r.[code] COLLATE DATABASE_DEFAULT;
