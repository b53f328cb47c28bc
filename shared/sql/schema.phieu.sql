-- The tables of profile `phieu` as the dev stack and the tests need them (source-schema, "Profile phieu").
-- A pharmacy's own database has them already: Hermes never changes it. May be run again: what exists is left alone.
-- Usage: sqlcmd -S server -d hermes -i schema.phieu.sql      (SQL Server 2016 or later; GO separates batches)
-- status_phieu: 0 wants syncing, 1 synced, 2 failed. There is no table of accounts: every shop sends with API_USERNAME.

-- Purchase receipts (phieu_nhap). The index on status serves the scan: the clustered key follows it, so a page is a seek on (status_phieu, ma_phieu).
IF OBJECT_ID(N'dbo.PhieuNhapHeader', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PhieuNhapHeader] (
    [ma_phieu] nvarchar(50) NOT NULL,
    [ma_co_so] nvarchar(50) NULL,
    [ngay_nhap] datetime NULL,
    [loai_phieu_nhap] int NULL,
    [ghi_chu] nvarchar(max) NULL,
    [ten_co_so_cung_cap] nvarchar(255) NULL,
    [status_phieu] int NOT NULL CONSTRAINT [DF_PhieuNhapHeader_status_phieu] DEFAULT (0),
    [ma_phieu_nhap_quoc_gia] nvarchar(250) NULL,
    [note_log] nvarchar(max) NULL,
    [dateinsert] datetime NULL CONSTRAINT [DF_PhieuNhapHeader_dateinsert] DEFAULT (GETDATE()),
    CONSTRAINT [PK_PhieuNhapHeader] PRIMARY KEY CLUSTERED ([ma_phieu])
  );
  CREATE NONCLUSTERED INDEX [IX_PhieuNhapHeader_status_phieu] ON [dbo].[PhieuNhapHeader] ([status_phieu]) INCLUDE ([ma_co_so]);
END;
GO

IF OBJECT_ID(N'dbo.PhieuNhapDetail', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PhieuNhapDetail] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [ma_phieu] nvarchar(50) NOT NULL,
    [ma_thuoc] nvarchar(50) NULL,
    [ten_thuoc] nvarchar(255) NULL,
    [so_lo] nvarchar(50) NULL,
    [ngay_san_xuat] date NULL,
    [han_dung] date NULL,
    [so_dklh] nvarchar(50) NULL,
    [so_luong] int NULL,
    [don_gia] decimal(18, 2) NULL,
    [thanh_tien] decimal(18, 2) NULL,
    [don_vi_tinh] nvarchar(50) NULL,
    CONSTRAINT [PK_PhieuNhapDetail] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_PhieuNhapDetail_PhieuNhapHeader] FOREIGN KEY ([ma_phieu]) REFERENCES [dbo].[PhieuNhapHeader] ([ma_phieu])
  );
  CREATE NONCLUSTERED INDEX [IX_PhieuNhapDetail_ma_phieu] ON [dbo].[PhieuNhapDetail] ([ma_phieu]);
END;
GO

-- Goods issue slips (phieu_xuat). The index on status serves the scan: the clustered key follows it, so a page is a seek on (status_phieu, ma_phieu).
IF OBJECT_ID(N'dbo.PhieuXuatHeader', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PhieuXuatHeader] (
    [ma_phieu] nvarchar(50) NOT NULL,
    [ma_co_so] nvarchar(50) NULL,
    [shop_code] int NULL,
    [ngay_xuat] date NULL,
    [loai_phieu_xuat] int NULL,
    [ghi_chu] nvarchar(max) NULL,
    [ten_co_so_nhan] nvarchar(255) NULL,
    [status_phieu] int NOT NULL CONSTRAINT [DF_PhieuXuatHeader_status_phieu] DEFAULT (0),
    [ma_phieu_xuat_quoc_gia] nvarchar(250) NULL,
    [note_log] nvarchar(max) NULL,
    [dateinsert] datetime NULL CONSTRAINT [DF_PhieuXuatHeader_dateinsert] DEFAULT (GETDATE()),
    CONSTRAINT [PK_PhieuXuatHeader] PRIMARY KEY CLUSTERED ([ma_phieu])
  );
  CREATE NONCLUSTERED INDEX [IX_PhieuXuatHeader_status_phieu] ON [dbo].[PhieuXuatHeader] ([status_phieu]) INCLUDE ([ma_co_so]);
END;
GO

IF OBJECT_ID(N'dbo.PhieuXuatDetail', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[PhieuXuatDetail] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [ma_phieu] nvarchar(50) NOT NULL,
    [ma_thuoc] nvarchar(50) NULL,
    [ten_thuoc] nvarchar(255) NULL,
    [so_lo] nvarchar(50) NULL,
    [ngay_san_xuat] date NULL,
    [han_dung] date NULL,
    [so_dklh] nvarchar(50) NULL,
    [so_luong] int NULL,
    [don_gia] decimal(18, 2) NULL,
    [don_vi_tinh] nvarchar(50) NULL,
    CONSTRAINT [PK_PhieuXuatDetail] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_PhieuXuatDetail_PhieuXuatHeader] FOREIGN KEY ([ma_phieu]) REFERENCES [dbo].[PhieuXuatHeader] ([ma_phieu])
  );
  CREATE NONCLUSTERED INDEX [IX_PhieuXuatDetail_ma_phieu] ON [dbo].[PhieuXuatDetail] ([ma_phieu]);
END;
GO

-- Sales invoices (hoa_don): no column for the national code, which goes into note_log, and none for the time of insertion.
-- The index on status serves the scan: the clustered key follows it, so a page is a seek on (status_phieu, ma_hoa_don).
IF OBJECT_ID(N'dbo.HoaDonHeader', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[HoaDonHeader] (
    [ma_hoa_don] nvarchar(50) NOT NULL,
    [ma_co_so] nvarchar(50) NULL,
    [ma_don_thuoc_quoc_gia] nvarchar(50) NULL,
    [ngay_ban] date NULL,
    [ho_ten_khach_hang] nvarchar(255) NULL,
    [ho_ten_nguoi_ban] nvarchar(255) NULL,
    [status_phieu] int NOT NULL CONSTRAINT [DF_HoaDonHeader_status_phieu] DEFAULT (0),
    [note_log] nvarchar(max) NULL,
    CONSTRAINT [PK_HoaDonHeader] PRIMARY KEY CLUSTERED ([ma_hoa_don])
  );
  CREATE NONCLUSTERED INDEX [IX_HoaDonHeader_status_phieu] ON [dbo].[HoaDonHeader] ([status_phieu]) INCLUDE ([ma_co_so]);
END;
GO

IF OBJECT_ID(N'dbo.HoaDonDetail', N'U') IS NULL
BEGIN
  CREATE TABLE [dbo].[HoaDonDetail] (
    [id] int IDENTITY(1, 1) NOT NULL,
    [ma_hoa_don] nvarchar(50) NOT NULL,
    [ma_thuoc] nvarchar(50) NULL,
    [ten_thuoc] nvarchar(500) NULL,
    [so_lo] nvarchar(50) NULL,
    [ngay_san_xuat] date NULL,
    [han_dung] date NULL,
    [don_vi_tinh] nvarchar(50) NULL,
    [ham_luong] nvarchar(100) NULL,
    [duong_dung] nvarchar(100) NULL,
    [lieu_dung] nvarchar(255) NULL,
    [so_dang_ky] nvarchar(50) NULL,
    [so_luong] int NULL,
    [don_gia] decimal(18, 2) NULL,
    [thanh_tien] decimal(18, 2) NULL,
    [ty_le_quy_doi] decimal(18, 4) NULL,
    CONSTRAINT [PK_HoaDonDetail] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [FK_HoaDonDetail_HoaDonHeader] FOREIGN KEY ([ma_hoa_don]) REFERENCES [dbo].[HoaDonHeader] ([ma_hoa_don])
  );
  CREATE NONCLUSTERED INDEX [IX_HoaDonDetail_ma_hoa_don] ON [dbo].[HoaDonDetail] ([ma_hoa_don]);
END;
GO
