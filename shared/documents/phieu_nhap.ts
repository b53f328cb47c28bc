// phieu_nhap, the purchase receipt: partner-api "phieu_nhap"; source-schema PurchaseReceipts and PhieuNhapHeader.
import { choice, date, decimal, optional, text } from "../fields.ts";
import { type DocumentSpec, named } from "./spec.ts";

export const phieuNhap: DocumentSpec = {
  type: "phieu_nhap",
  code: "ma_phieu",
  header: {
    ma_phieu: text("Mã phiếu", 50),
    ma_co_so: text("Mã cơ sở", 50),
    ngay_nhap: date("Ngày nhập"),
    loai_phieu_nhap: choice("Loại phiếu nhập", 1, 2, 3),
    ghi_chu: optional(text("Ghi chú", 500)),
    ten_co_so_cung_cap: optional(text("Tên cơ sở cung cấp", 500)),
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
      don_gia: optional(decimal("Đơn giá")),
      thanh_tien: optional(decimal("Thành tiền")),
      don_vi_tinh: text("Đơn vị tính", 200),
    },
  },
  rules: [{
    field: "ten_co_so_cung_cap",
    broken: (header) =>
      header.loai_phieu_nhap === "1" && !header.ten_co_so_cung_cap?.trim()
        ? "bắt buộc khi loại phiếu nhập là 1 (nhập từ nhà cung cấp), đang trống"
        : null,
  }],
  names: {
    national: {
      header: named("ma_phieu", "ma_co_so", "ngay_nhap", "loai_phieu_nhap", "ghi_chu", "ten_co_so_cung_cap"),
      lines: "chi_tiet",
      line: named(
        ...["ma_thuoc", "ten_thuoc", "so_lo", "ngay_san_xuat", "han_dung", "so_dklh"],
        ...["so_luong", "don_gia", "don_vi_tinh"],
      ),
    },
    gateway: {
      header: {
        ma_phieu: "invoiceCode",
        ma_co_so: "facilityCode",
        ngay_nhap: "importDate",
        loai_phieu_nhap: "importType",
        ten_co_so_cung_cap: "supplierName",
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
        thanh_tien: "amount",
        don_vi_tinh: "unit",
      },
    },
  },
  tables: {
    phieu: {
      header: "PhieuNhapHeader",
      key: "ma_phieu",
      shop: "ma_co_so",
      createdAt: "dateinsert",
      updatedAt: null,
      nationalCode: "ma_phieu_nhap_quoc_gia",
      message: "note_log",
      status: "status_phieu",
      columns: named("ma_phieu", "ma_co_so", "ngay_nhap", "loai_phieu_nhap", "ghi_chu", "ten_co_so_cung_cap"),
      details: {
        table: "PhieuNhapDetail",
        key: "id",
        parent: "ma_phieu",
        columns: named(
          ...["ma_thuoc", "ten_thuoc", "so_lo", "ngay_san_xuat", "han_dung", "so_dklh"],
          ...["so_luong", "don_gia", "thanh_tien", "don_vi_tinh"],
        ),
      },
    },
    national: {
      header: "PurchaseReceipts",
      key: "id",
      shop: "shop_pharmacy_code",
      createdAt: "created_at",
      updatedAt: "updated_at",
      nationalCode: "national_receipt_id",
      message: "sync_response_message",
      status: "status",
      columns: {
        ma_phieu: "local_receipt_id",
        ma_co_so: "pharmacy_code",
        ngay_nhap: "receipt_date",
        loai_phieu_nhap: "receipt_type",
        ghi_chu: "notes",
        ten_co_so_cung_cap: "supplier_name",
      },
      details: {
        table: "PurchaseReceiptDetails",
        key: "id",
        parent: "purchase_receipt_id",
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
