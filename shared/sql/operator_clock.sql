-- SQL Server's own day, and how far its clock is from UTC: a day of a report is a day of the pharmacy's.
SELECT
  CONVERT(char(10), GETDATE(), 23) AS [today],
  DATEDIFF(minute, GETUTCDATE(), GETDATE()) AS [utc_offset_minutes];
