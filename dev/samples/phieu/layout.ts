// How sample documents are written into the tables of profile phieu. insert.ts runs the statements.
import type { SampleLayout } from "../layout.ts";
import insertHoaDonDetailSql from "./insert_hoa_don_detail.sql" with { type: "text" };
import insertHoaDonHeaderSql from "./insert_hoa_don_header.sql" with { type: "text" };
import insertPhieuNhapDetailSql from "./insert_phieu_nhap_detail.sql" with { type: "text" };
import insertPhieuNhapHeaderSql from "./insert_phieu_nhap_header.sql" with { type: "text" };
import insertPhieuXuatDetailSql from "./insert_phieu_xuat_detail.sql" with { type: "text" };
import insertPhieuXuatHeaderSql from "./insert_phieu_xuat_header.sql" with { type: "text" };
import { phieuRows } from "./rows.ts";

export const phieuLayout: SampleLayout = {
  statements: {
    hoa_don: { headers: insertHoaDonHeaderSql, lines: insertHoaDonDetailSql },
    phieu_nhap: { headers: insertPhieuNhapHeaderSql, lines: insertPhieuNhapDetailSql },
    phieu_xuat: { headers: insertPhieuXuatHeaderSql, lines: insertPhieuXuatDetailSql },
  },
  rowsOf: phieuRows,
};
