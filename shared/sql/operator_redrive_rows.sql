-- Sets failed rows back to "wants syncing", so that the next scan reads them afresh, with whatever was corrected.
-- $(...)    the profile's table and columns
-- @keys     NVARCHAR(MAX), JSON array of row keys
-- @failed, @pending  the status values: only rows that are still failed are changed, so it may be run again
-- Locking: one short implicit transaction, row locks on the primary key. No OUTPUT: the table may have triggers.
UPDATE h
SET
  $(redrive_assignments)
FROM $(header) AS h
INNER JOIN OPENJSON(@keys) WITH ([key] $(key_type) '$') AS k ON $(key) = k.[key]$(key_collation)
WHERE $(status) = @failed;
