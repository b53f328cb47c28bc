-- The server's clock on the scale of read_rows.sql, ms.
SELECT DATEDIFF_BIG(millisecond, '19700101', GETDATE()) AS [now_ms];
