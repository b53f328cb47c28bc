-- The columns of one table or view, with their basic types, and whether this login may read and write each.
-- @table  NVARCHAR(260), the name as the statements of Hermes write it: [SalesInvoices] or [schema].[name]
-- Joined on system_type_id, a type of one's own shows as the type it is made of. Locking: none, catalog only.
SELECT
  c.[name] AS [column],
  ty.[name] AS [type],
  c.[max_length] AS [bytes],
  c.[precision] AS [precision],
  c.[scale] AS [scale],
  c.[is_computed] AS [is_computed],
  c.[collation_name] AS [collation],
  HAS_PERMS_BY_NAME(@table, 'OBJECT', 'SELECT', c.[name], 'COLUMN') AS [can_read],
  HAS_PERMS_BY_NAME(@table, 'OBJECT', 'UPDATE', c.[name], 'COLUMN') AS [can_write]
FROM sys.columns AS c
LEFT JOIN sys.types AS ty ON ty.[user_type_id] = c.[system_type_id]
WHERE c.[object_id] = OBJECT_ID(@table)
ORDER BY c.[column_id];
