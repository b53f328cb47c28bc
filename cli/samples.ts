// Made-up documents for `hermes db init --sample`: enough to see the way of a document in an empty database. Pure; db_init.ts writes them.
// By the API's field names: the profile says which columns they go to, so that every layout can be filled.
import { type DocumentType, documentTypes, type FieldValues } from "../shared/document.ts";

/** One sample: what goes into a header row, and into its lines. */
export interface SampleDocument {
  type: DocumentType;
  code: string;
  shop: string;
  header: FieldValues;
  lines: FieldValues[];
}

const drugs = [
  {
    ma_thuoc: "DQG00010001",
    ten_thuoc: "Paracetamol 500 mg",
    so_dang_ky: "VD-20558-19",
    don_vi_tinh: "Viên",
    don_gia: "850.50",
  },
  {
    ma_thuoc: "DQG00010002",
    ten_thuoc: "Amoxicillin 500 mg",
    so_dang_ky: "VD-24561-20",
    don_vi_tinh: "Viên",
    don_gia: "1500.00",
  },
  {
    ma_thuoc: "DQG00010003",
    ten_thuoc: "Vitamin C 500 mg",
    so_dang_ky: "VD-31023-18",
    don_vi_tinh: "Viên",
    don_gia: "620.25",
  },
  {
    ma_thuoc: "DQG00010004",
    ten_thuoc: "Oresol gói 27,9 g",
    so_dang_ky: "VD-29957-18",
    don_vi_tinh: "Gói",
    don_gia: "2100.00",
  },
] as const;
const shops = ["NT001", "NT002"] as const;
const prefixes: Record<DocumentType, string> = { phieu_nhap: "PN", phieu_xuat: "PX", hoa_don: "HD" };

/** `count` documents of all types in turn, dated `day` (yyyy-MM-dd). The same for the same arguments. */
export function sampleDocuments(count: number, day: string): SampleDocument[] {
  return Array.from({ length: count }, (_, number) => {
    const type = documentTypes[number % documentTypes.length] ?? "hoa_don";
    const code = `MAU-${prefixes[type]}-${String(number + 1).padStart(5, "0")}`;
    const shop = shops[number % shops.length] ?? shops[0];
    const lines = Array.from({ length: 1 + number % 3 }, (_, line) => lineOf(type, number + line));
    return { type, code, shop, header: { ...headerOf(type, code, day), ma_co_so: "01-0001" }, lines };
  });
}

function headerOf(type: DocumentType, code: string, day: string): FieldValues {
  const at = `${day}T08:30:00`;
  switch (type) {
    case "phieu_nhap":
      return {
        ma_phieu: code,
        ngay_nhap: at,
        loai_phieu_nhap: "1",
        ghi_chu: "Mẫu",
        ten_co_so_cung_cap: "Công ty Dược mẫu",
      };
    case "phieu_xuat":
      return {
        ma_phieu: code,
        ngay_xuat: at,
        loai_phieu_xuat: "3",
        ghi_chu: "Hủy thuốc mẫu",
        ten_co_so_nhan: null,
      };
    case "hoa_don":
      return {
        ma_hoa_don: code,
        ngay_ban: at,
        ma_don_thuoc_quoc_gia: null,
        ho_ten_nguoi_ban: "Người bán mẫu",
        ho_ten_khach_hang: null,
      };
  }
}

function lineOf(type: DocumentType, number: number): FieldValues {
  const drug = drugs[number % drugs.length] ?? drugs[0];
  const { so_dang_ky, ...goods } = drug;
  const quantity = 1 + number % 9;
  const line = {
    ...goods,
    so_lo: `L${String(number % 100).padStart(4, "0")}`,
    ngay_san_xuat: "2026-01-15",
    han_dung: "2028-12-31",
    so_luong: `${quantity}.00`,
  };
  if (type !== "hoa_don") return { ...line, so_dklh: so_dang_ky };
  return {
    ...line,
    so_dang_ky,
    ham_luong: "500 mg",
    duong_dung: "Uống",
    lieu_dung: "Ngày 2 lần, mỗi lần 1 đơn vị",
    thanh_tien: (Number(drug.don_gia) * quantity).toFixed(2),
    ty_le_quy_doi: "1.00",
  };
}
