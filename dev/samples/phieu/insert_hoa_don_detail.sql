-- Inserts the lines of sample documents into HoaDonDetail, in order. Second of two steps; insert_hoa_don_header.sql came before.
-- @lines  NVARCHAR(MAX), JSON array of line rows, each with its number in the batch and the code of its header
INSERT INTO [HoaDonDetail] (
  [ma_hoa_don],
  [ma_thuoc],
  [ten_thuoc],
  [so_lo],
  [ngay_san_xuat],
  [han_dung],
  [don_vi_tinh],
  [ham_luong],
  [duong_dung],
  [lieu_dung],
  [so_dang_ky],
  [so_luong],
  [don_gia],
  [thanh_tien],
  [ty_le_quy_doi]
)
SELECT
  r.[header_id],
  r.[ma_thuoc],
  r.[ten_thuoc],
  r.[so_lo],
  r.[ngay_san_xuat],
  r.[han_dung],
  r.[don_vi_tinh],
  r.[ham_luong],
  r.[duong_dung],
  r.[lieu_dung],
  r.[so_dang_ky],
  r.[so_luong],
  r.[don_gia],
  r.[thanh_tien],
  r.[ty_le_quy_doi]
FROM OPENJSON(@lines) WITH (
  [number] int '$.number',
  [header_id] nvarchar(50) '$.header_id',
  [ma_thuoc] nvarchar(50) '$.ma_thuoc',
  [ten_thuoc] nvarchar(500) '$.ten_thuoc',
  [so_lo] nvarchar(50) '$.so_lo',
  [ngay_san_xuat] date '$.ngay_san_xuat',
  [han_dung] date '$.han_dung',
  [don_vi_tinh] nvarchar(50) '$.don_vi_tinh',
  [ham_luong] nvarchar(100) '$.ham_luong',
  [duong_dung] nvarchar(100) '$.duong_dung',
  [lieu_dung] nvarchar(255) '$.lieu_dung',
  [so_dang_ky] nvarchar(50) '$.so_dang_ky',
  [so_luong] int '$.so_luong',
  [don_gia] decimal(18,2) '$.don_gia',
  [thanh_tien] decimal(18,2) '$.thanh_tien',
  [ty_le_quy_doi] decimal(18,4) '$.ty_le_quy_doi'
) AS r
ORDER BY r.[number];
