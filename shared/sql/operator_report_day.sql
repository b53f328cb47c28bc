-- What a day came to, by shop and status: synced and failed on that day, and what is pending now since before its end.
-- Reads the whole table where nothing indexes the time of change: for a report, not for every minute.
-- $(...)  the profile's table and columns
-- @day    VARCHAR(8), yyyyMMdd, by the server's clock
-- @pending, @success, @failed  the status values, typed like the column
-- Locking: none, as in operator_find_rows.sql.
SELECT
  $(shop) AS [shop],
  $(status_text) AS [status],
  COUNT(*) AS [documents]
FROM $(header) AS h WITH (NOLOCK)
WHERE $(changed_at) < DATEADD(day, 1, CONVERT(datetime, @day, 112))$(and_where)
  AND (
    $(status) = @pending
    OR ($(status) IN (@success, @failed) AND $(changed_at) >= CONVERT(datetime, @day, 112))
  )
GROUP BY $(shop), $(status);
