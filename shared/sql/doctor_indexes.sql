-- The first column of every rowstore index of one table, and whether the index can be used.
-- @table  NVARCHAR(260), as in doctor_columns.sql
-- Locking: none, catalog only.
SELECT
  i.[name] AS [index],
  c.[name] AS [leading],
  i.[is_disabled] AS [is_disabled],
  i.[has_filter] AS [has_filter]
FROM sys.indexes AS i
INNER JOIN sys.index_columns AS ic
  ON ic.[object_id] = i.[object_id] AND ic.[index_id] = i.[index_id] AND ic.[key_ordinal] = 1
INNER JOIN sys.columns AS c ON c.[object_id] = ic.[object_id] AND c.[column_id] = ic.[column_id]
WHERE i.[object_id] = OBJECT_ID(@table)
  AND i.[type] IN (1, 2)
  AND i.[is_hypothetical] = 0
ORDER BY i.[index_id];
