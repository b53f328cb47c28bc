-- What the server and the database are, for the doctor. No OPENJSON here: it is what a compatibility level below 130 does not have.
-- No parameters. Locking: none, catalog only.
SELECT
  CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS [product_version],
  CONVERT(nvarchar(128), SERVERPROPERTY('Edition')) AS [edition],
  CONVERT(int, SERVERPROPERTY('EngineEdition')) AS [engine_edition],
  d.[name] AS [database],
  d.[compatibility_level] AS [compatibility_level],
  d.[collation_name] AS [collation],
  d.[is_read_committed_snapshot_on] AS [is_snapshot_on],
  CONVERT(nvarchar(128), DATABASEPROPERTYEX(d.[name], 'Updateability')) AS [updateability],
  SUSER_SNAME() AS [login],
  USER_NAME() AS [user],
  CONVERT(varchar(33), SYSUTCDATETIME(), 126) AS [utc_now]
FROM sys.databases AS d
WHERE d.[name] = DB_NAME();
