-- Inserts the headers of sample documents into PhieuXuatHeader. First of two steps; insert_phieu_xuat_detail.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns the code of each twice: it is the key by which the lines find their header.
INSERT INTO [PhieuXuatHeader] (
  [ma_phieu],
  [ma_co_so],
  [shop_code],
  [ngay_xuat],
  [loai_phieu_xuat],
  [ghi_chu],
  [ten_co_so_nhan],
  [status_phieu],
  [dateinsert]
)
OUTPUT inserted.[ma_phieu] AS [id], inserted.[ma_phieu] AS [code]
SELECT
  r.[ma_phieu],
  r.[ma_co_so],
  r.[shop_code],
  r.[ngay_xuat],
  r.[loai_phieu_xuat],
  r.[ghi_chu],
  r.[ten_co_so_nhan],
  r.[status_phieu],
  DATEADD(minute, -r.[created_minutes_ago], GETDATE())
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [ma_phieu] nvarchar(50) '$.ma_phieu',
  [ma_co_so] nvarchar(50) '$.ma_co_so',
  [shop_code] int '$.shop_code',
  [ngay_xuat] date '$.ngay_xuat',
  [loai_phieu_xuat] int '$.loai_phieu_xuat',
  [ghi_chu] nvarchar(max) '$.ghi_chu',
  [ten_co_so_nhan] nvarchar(255) '$.ten_co_so_nhan',
  [status_phieu] int '$.status_phieu',
  [created_minutes_ago] int '$.created_minutes_ago'
) AS r
ORDER BY r.[number];
