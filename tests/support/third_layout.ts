// A pharmacy's own layout for tests: the example of docs/my-profile.json with tables made for it, and documents in them. What the example
// says is thereby held to what it does.
import type { DocumentType } from "../../shared/document.ts";
import type { Stack } from "./stack.ts";

const example = new URL("../../docs/my-profile.json", import.meta.url);

/** The text of the profile. The SQL Server stand-in has the schema dbo alone, so that the example's schemas become that one. */
export async function thirdProfile(): Promise<string> {
  return (await Deno.readTextFile(example)).replaceAll(/"(kho|ban)\./g, '"dbo.');
}

/** What becomes of a document of these tables. */
export interface ThirdDocument {
  readonly type: DocumentType;
  readonly code: string;
  /** As it stands in the table; CHO where the extra condition leaves the row out. */
  readonly status: "XONG" | "LOI" | "CHO";
  /** What a failure says. */
  readonly says?: RegExp;
}

/** The documents that makeThirdTables() puts in. */
export const thirdDocuments: readonly ThirdDocument[] = [
  { type: "phieu_nhap", code: "N-1", status: "XONG" },
  { type: "phieu_nhap", code: "N-2", status: "XONG" },
  { type: "phieu_nhap", code: "N-3", status: "LOI", says: /ten_co_so_cung_cap/ },
  { type: "phieu_nhap", code: "N-4", status: "LOI", says: /KHONG-CO-1 không tồn tại trong danh mục/ },
  { type: "phieu_nhap", code: "N-5", status: "CHO" },
  { type: "phieu_xuat", code: "X-1", status: "XONG" },
  {
    type: "phieu_xuat",
    code: "X-2",
    status: "LOI",
    says: /Loại phiếu xuất \(loai_phieu_xuat\): phải là 2 hoặc 3/,
  },
  { type: "hoa_don", code: "H-1", status: "XONG" },
  { type: "hoa_don", code: "H-2", status: "XONG" },
  { type: "hoa_don", code: "H-3", status: "LOI", says: /không có dòng hàng nào/ },
];

/** Makes the tables, as the pharmacy's own software would have them, and puts the documents in. */
export async function makeThirdTables(stack: Stack): Promise<void> {
  for (const batch of [tables, receipts, slips, invoices]) await stack.sql.request().batch(batch);
}

/** A header as it stands in the table, in the layout's own words. */
export interface ThirdRow {
  readonly SoPhieu: string;
  readonly TrangThaiDQG: string;
  readonly MaDQG: string | null;
  readonly GhiChuDQG: string | null;
}

/** All headers, by document code. */
export async function thirdRows(stack: Stack): Promise<Map<string, ThirdRow>> {
  const { recordset } = await stack.sql.request().query<ThirdRow>(
    `SELECT SoPhieu, TrangThaiDQG, MaDQG, GhiChuDQG FROM NhapKho
    UNION ALL SELECT SoPhieu, TrangThaiDQG, NULL, GhiChuDQG FROM XuatTra
    UNION ALL SELECT SoHoaDon, TrangThaiDQG, MaDQG, GhiChuDQG FROM HoaDon`,
  );
  return new Map(recordset.map((row) => [row.SoPhieu, row]));
}

const written = "TrangThaiDQG varchar(10) NOT NULL DEFAULT ('CHO'), GhiChuDQG nvarchar(max) NULL";
const goods = `MaHang varchar(50) NOT NULL, TenHang nvarchar(300) NOT NULL, SoLo varchar(50) NOT NULL,
  HanDung date NOT NULL, SoLuong decimal(12, 3) NOT NULL, DVT nvarchar(40) NOT NULL`;
const slipGoods = `${goods}, NgaySX date NULL, SoDangKy varchar(40) NOT NULL, DonGia decimal(18, 4) NULL`;
const line = (parent: string) =>
  `DongID bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, ${parent} bigint NOT NULL`;

const tables = `
CREATE TABLE NhapKho (NhapID bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, SoPhieu varchar(30) NOT NULL,
  MaCuaHang varchar(20) NOT NULL, NgayNhap date NOT NULL, NhaCungCap nvarchar(200) NULL, DienGiai nvarchar(400) NULL,
  DaKhoa bit NOT NULL, TaoLuc datetime NOT NULL DEFAULT (GETDATE()), MaDQG varchar(100) NULL, ${written});
CREATE TABLE NhapKhoChiTiet (${line("NhapID")}, ${slipGoods});
CREATE TABLE XuatTra (XuatID bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, SoPhieu varchar(30) NOT NULL,
  MaCuaHang varchar(20) NOT NULL, NgayXuat date NOT NULL, LoaiXuat int NOT NULL, DienGiai nvarchar(400) NOT NULL,
  NoiNhan nvarchar(200) NULL, ${written});
CREATE TABLE XuatTraChiTiet (${line("XuatID")}, ${slipGoods});
CREATE TABLE HoaDon (HoaDonID bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, SoHoaDon varchar(30) NOT NULL,
  MaCuaHang varchar(20) NOT NULL, NgayBan datetime NOT NULL, KhachHang nvarchar(50) NULL,
  TaoLuc datetime NOT NULL DEFAULT (GETDATE()), SuaLuc datetime NULL, MaDQG varchar(100) NULL, ${written});
CREATE TABLE HoaDonChiTiet (${
  line("HoaDonID")
}, ${goods}, HamLuong nvarchar(200) NOT NULL, LieuDung nvarchar(400) NOT NULL,
  DonGia decimal(18, 2) NOT NULL, ThanhTien decimal(18, 2) NOT NULL);
CREATE INDEX IX_NhapKho ON NhapKho (TrangThaiDQG) INCLUDE (MaCuaHang);
CREATE INDEX IX_XuatTra ON XuatTra (TrangThaiDQG) INCLUDE (MaCuaHang);
CREATE INDEX IX_HoaDon ON HoaDon (TrangThaiDQG) INCLUDE (MaCuaHang);
CREATE INDEX IX_NhapKhoChiTiet ON NhapKhoChiTiet (NhapID);
CREATE INDEX IX_XuatTraChiTiet ON XuatTraChiTiet (XuatID);
CREATE INDEX IX_HoaDonChiTiet ON HoaDonChiTiet (HoaDonID);`;

const receipts = `
INSERT INTO NhapKho (SoPhieu, MaCuaHang, NgayNhap, NhaCungCap, DienGiai, DaKhoa, TaoLuc) VALUES
  ('N-1', 'CH1', '2026-11-20', N'Công ty CP Dược Hậu Giang', N'Nhập đợt 1', 1, GETDATE()),
  ('N-2', 'CH2', '2026-11-21', N'Công ty CP Traphaco', NULL, 1, GETDATE()),
  ('N-3', 'CH1', '2026-11-21', NULL, NULL, 1, GETDATE()),
  ('N-4', 'CH1', '2026-11-21', N'Công ty CP Traphaco', NULL, 1, GETDATE()),
  ('N-5', 'CH1', '2026-11-21', N'Công ty CP Traphaco', N'chưa khóa sổ', 0, DATEADD(hour, -5, GETDATE()));
INSERT INTO NhapKhoChiTiet (NhapID, MaHang, TenHang, SoLo, NgaySX, HanDung, SoDangKy, SoLuong, DonGia, DVT)
SELECT NhapID, CASE SoPhieu WHEN 'N-4' THEN 'KHONG-CO-1' ELSE '08.1' END, N'Đường 30%', 'L1', '2026-01-31', '2028-02-29', 'VD-1',
  2.5, 1200.25, N'hộp' FROM NhapKho;`;

const slips = `
INSERT INTO XuatTra (SoPhieu, MaCuaHang, NgayXuat, LoaiXuat, DienGiai, NoiNhan) VALUES
  ('X-1', 'CH1', '2026-11-20', 2, N'Trả hàng cận hạn', N'Công ty CP Traphaco'),
  ('X-2', 'CH2', '2026-11-20', 1, N'Trả hàng', NULL);
INSERT INTO XuatTraChiTiet (XuatID, MaHang, TenHang, SoLo, HanDung, SoDangKy, SoLuong, DonGia, DVT)
SELECT XuatID, '08.1', N'Thuốc', 'L1', '2028-02-29', 'VD-1', 10, 12.5, N'viên' FROM XuatTra;`;

const invoices = `
INSERT INTO HoaDon (SoHoaDon, MaCuaHang, NgayBan, KhachHang, TaoLuc) VALUES
  ('H-1', 'CH1', '2026-11-21T09:30:00', N'Lê Văn Tư', GETDATE()),
  ('H-2', 'CH2', '2026-11-21T10:00:00', NULL, GETDATE()),
  ('H-3', 'CH2', '2026-11-21T10:00:00', NULL, DATEADD(hour, -1, GETDATE()));
INSERT INTO HoaDonChiTiet (HoaDonID, MaHang, TenHang, SoLo, HanDung, SoLuong, DVT, HamLuong, LieuDung, DonGia, ThanhTien)
SELECT HoaDonID, '08.1', N'Thuốc', 'L1', '2028-02-29', 3, N'viên', N'500 mg', N'Ngày 2 lần', 1000, 3000
FROM HoaDon WHERE SoHoaDon <> 'H-3';`;
