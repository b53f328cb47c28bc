// phieu_xuat, the goods issue slip: partner-api "phieu_xuat"; source-schema GoodsIssueSlips and PhieuXuatHeader.
import { choice, date, decimal, optional, text } from "../fields.ts";
import { type DocumentSpec, named } from "./spec.ts";

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
      ngay_san_xuat: optional(date("Ngày sản xuất")),
      han_dung: date("Hạn dùng"),
      so_dklh: text("Số đăng ký lưu hành", 50),
      so_luong: decimal("Số lượng"),
      don_gia: decimal("Đơn giá"),
      don_vi_tinh: text("Đơn vị tính", 200),
    },
  },
  rules: [],
  names: {
    national: {
      header: named("ma_phieu", "ma_co_so", "ngay_xuat", "loai_phieu_xuat", "ghi_chu", "ten_co_so_nhan"),
      lines: "chi_tiet",
      line: named(
        ...["ma_thuoc", "ten_thuoc", "so_lo", "han_dung", "so_dklh"],
        ...["so_luong", "don_gia", "don_vi_tinh"],
      ),
    },
    gateway: {
      header: {
        ma_phieu: "invoiceCode",
        ma_co_so: "facilityCode",
        ngay_xuat: "exportDate",
        loai_phieu_xuat: "exportType",
        ten_co_so_nhan: "recipientName",
        ghi_chu: "note",
      },
      lines: "details",
      line: {
        ma_thuoc: "medicineCode",
        ten_thuoc: "medicineName",
        so_lo: "batchNumber",
        ngay_san_xuat: "manufactureDate",
        han_dung: "expiryDate",
        so_dklh: "registrationNumber",
        so_luong: "quantity",
        don_gia: "unitPrice",
        don_vi_tinh: "unit",
      },
    },
  },
  tables: {
    phieu: {
      header: "PhieuXuatHeader",
      key: "ma_phieu",
      shop: "ma_co_so",
      createdAt: "dateinsert",
      updatedAt: null,
      nationalCode: "ma_phieu_xuat_quoc_gia",
      message: "note_log",
      status: "status_phieu",
      columns: named("ma_phieu", "ma_co_so", "ngay_xuat", "loai_phieu_xuat", "ghi_chu", "ten_co_so_nhan"),
      details: {
        table: "PhieuXuatDetail",
        key: "id",
        parent: "ma_phieu",
        columns: named(
          ...["ma_thuoc", "ten_thuoc", "so_lo", "ngay_san_xuat", "han_dung", "so_dklh"],
          ...["so_luong", "don_gia", "don_vi_tinh"],
        ),
      },
    },
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
          ngay_san_xuat: "production_date",
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
