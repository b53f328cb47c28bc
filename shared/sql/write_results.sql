-- Writes final results back to their rows, a batch at a time. The only statement that changes the pharmacy's data.
-- $(...)     the profile's table and columns
-- @results   NVARCHAR(MAX), JSON array of {key, status, national_code, message}; at most one for a key
-- @failed, @success  the status values: a failure never overwrites a success
-- Locking: one short implicit transaction, row locks on the primary key. No OUTPUT: the table may have triggers.
UPDATE h
SET
  $(assignments)
FROM $(header) AS h
INNER JOIN OPENJSON(@results) WITH (
  [key] $(key_type) '$.key',
  [status] $(status_type) '$.status',
  [national_code] nvarchar(100) '$.national_code',
  [message] nvarchar(max) '$.message'
) AS r ON $(key) = r.[key]$(key_collation)
WHERE NOT (r.[status] = @failed AND $(status) = @success);
