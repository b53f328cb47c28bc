-- The triggers of one table: they fire when Hermes writes a result back.
-- @table  NVARCHAR(260), as in doctor_columns.sql
-- Locking: none, catalog only.
SELECT
  t.[name] AS [trigger],
  t.[is_instead_of_trigger] AS [is_instead_of]
FROM sys.triggers AS t
WHERE t.[parent_id] = OBJECT_ID(@table)
  AND t.[is_disabled] = 0
ORDER BY t.[name];
