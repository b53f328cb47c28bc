-- Inserts the headers of sample documents into HoaDonHeader. First of two steps; insert_hoa_don_detail.sql follows.
-- @headers  NVARCHAR(MAX), JSON array of header rows, each with its number in the batch
-- Returns the code of each twice: it is the key by which the lines find their header.
INSERT INTO [HoaDonHeader] (
  [ma_hoa_don],
  [ma_co_so],
  [ma_don_thuoc_quoc_gia],
  [ngay_ban],
  [ho_ten_khach_hang],
  [ho_ten_nguoi_ban],
  [status_phieu]
)
OUTPUT inserted.[ma_hoa_don] AS [id], inserted.[ma_hoa_don] AS [code]
SELECT
  r.[ma_hoa_don],
  r.[ma_co_so],
  r.[ma_don_thuoc_quoc_gia],
  r.[ngay_ban],
  r.[ho_ten_khach_hang],
  r.[ho_ten_nguoi_ban],
  r.[status_phieu]
FROM OPENJSON(@headers) WITH (
  [number] int '$.number',
  [ma_hoa_don] nvarchar(50) '$.ma_hoa_don',
  [ma_co_so] nvarchar(50) '$.ma_co_so',
  [ma_don_thuoc_quoc_gia] nvarchar(50) '$.ma_don_thuoc_quoc_gia',
  [ngay_ban] date '$.ngay_ban',
  [ho_ten_khach_hang] nvarchar(255) '$.ho_ten_khach_hang',
  [ho_ten_nguoi_ban] nvarchar(255) '$.ho_ten_nguoi_ban',
  [status_phieu] int '$.status_phieu'
) AS r
ORDER BY r.[number];
