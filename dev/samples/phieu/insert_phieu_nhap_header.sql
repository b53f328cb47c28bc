-- Inserts the headers of sample documents into PhieuNhapHeader. First of two steps; insert_phieu_nhap_detail.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns the code of each twice: it is the key by which the lines find their header.
INSERT INTO [PhieuNhapHeader] (
  [ma_phieu],
  [ma_co_so],
  [ngay_nhap],
  [loai_phieu_nhap],
  [ghi_chu],
  [ten_co_so_cung_cap],
  [status_phieu],
  [dateinsert]
)
OUTPUT inserted.[ma_phieu] AS [id], inserted.[ma_phieu] AS [code]
SELECT
  r.[ma_phieu],
  r.[ma_co_so],
  r.[ngay_nhap],
  r.[loai_phieu_nhap],
  r.[ghi_chu],
  r.[ten_co_so_cung_cap],
  r.[status_phieu],
  DATEADD(minute, -r.[created_minutes_ago], GETDATE())
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [ma_phieu] nvarchar(50) '$.ma_phieu',
  [ma_co_so] nvarchar(50) '$.ma_co_so',
  [ngay_nhap] datetime '$.ngay_nhap',
  [loai_phieu_nhap] int '$.loai_phieu_nhap',
  [ghi_chu] nvarchar(max) '$.ghi_chu',
  [ten_co_so_cung_cap] nvarchar(255) '$.ten_co_so_cung_cap',
  [status_phieu] int '$.status_phieu',
  [created_minutes_ago] int '$.created_minutes_ago'
) AS r
ORDER BY r.[number];
