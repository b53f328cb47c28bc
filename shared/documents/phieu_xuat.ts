// phieu_xuat, the goods issue slip: partner-api "phieu_xuat", source-schema GoodsIssueSlips.
import { choice, date, decimal, optional, text } from "../fields.ts";
import type { DocumentSpec } from "./spec.ts";

export const phieuXuat: DocumentSpec = {
  type: "phieu_xuat",
  code: "ma_phieu",
  header: {
    ma_phieu: text("Mã phiếu", 50),
    ma_co_so: text("Mã cơ sở", 50),
    ngay_xuat: date("Ngày xuất"),
    loai_phieu_xuat: choice("Loại phiếu xuất", 2, 3),
    ghi_chu: text("Ghi chú", 500),
    ten_co_so_nhan: optional(text("Tên cơ sở nhận", 500)),
  },
  lines: {
    name: "chi_tiet",
    fields: {
      ma_thuoc: text("Mã thuốc", 50),
      ten_thuoc: text("Tên thuốc", 500),
      so_lo: text("Số lô", 50),
      han_dung: date("Hạn dùng"),
      so_dklh: text("Số đăng ký lưu hành", 50),
      so_luong: decimal("Số lượng"),
      don_gia: decimal("Đơn giá"),
      don_vi_tinh: text("Đơn vị tính", 200),
    },
  },
  rules: [],
  tables: {
    national: {
      header: "GoodsIssueSlips",
      key: "id",
      shop: "shop_pharmacy_code",
      createdAt: "created_at",
      updatedAt: "updated_at",
      nationalCode: "national_slip_id",
      message: "sync_response_message",
      status: "status",
      columns: {
        ma_phieu: "local_slip_id",
        ma_co_so: "pharmacy_code",
        ngay_xuat: "issue_date",
        loai_phieu_xuat: "issue_type",
        ghi_chu: "notes",
        ten_co_so_nhan: "recipient_name",
      },
      details: {
        table: "GoodsIssueSlipDetails",
        key: "id",
        parent: "goods_issue_slip_id",
        columns: {
          ma_thuoc: "drug_code",
          ten_thuoc: "drug_name",
          so_lo: "lot_number",
          han_dung: "expiry_date",
          so_dklh: "registration_number",
          so_luong: "quantity",
          don_gia: "unit_price",
          don_vi_tinh: "unit",
        },
      },
    },
  },
};
