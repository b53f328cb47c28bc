-- Inserts the lines of sample documents into PhieuXuatDetail, in order. Second of two steps; insert_phieu_xuat_header.sql came before.
-- @lines  NVARCHAR(MAX), JSON array of line rows, each with its number in the batch and the code of its header
INSERT INTO [PhieuXuatDetail] (
  [ma_phieu],
  [ma_thuoc],
  [ten_thuoc],
  [so_lo],
  [ngay_san_xuat],
  [han_dung],
  [so_dklh],
  [so_luong],
  [don_gia],
  [don_vi_tinh]
)
SELECT
  r.[header_id],
  r.[ma_thuoc],
  r.[ten_thuoc],
  r.[so_lo],
  r.[ngay_san_xuat],
  r.[han_dung],
  r.[so_dklh],
  r.[so_luong],
  r.[don_gia],
  r.[don_vi_tinh]
FROM OPENJSON(@lines) WITH (
  [number] int '$.number',
  [header_id] nvarchar(50) '$.header_id',
  [ma_thuoc] nvarchar(50) '$.ma_thuoc',
  [ten_thuoc] nvarchar(255) '$.ten_thuoc',
  [so_lo] nvarchar(50) '$.so_lo',
  [ngay_san_xuat] date '$.ngay_san_xuat',
  [han_dung] date '$.han_dung',
  [so_dklh] nvarchar(50) '$.so_dklh',
  [so_luong] int '$.so_luong',
  [don_gia] decimal(18,2) '$.don_gia',
  [don_vi_tinh] nvarchar(50) '$.don_vi_tinh'
) AS r
ORDER BY r.[number];
