// The contract as data: which fields a document has in each dialect. contract.ts checks bodies against it.
// Source: partner-api, tables of both dialects. Kept apart from the product's own rules on purpose, so
// that a mistake there is seen here.

/** All document types, named as the partner names them, in the order of partner-api. */
export const DOCUMENT_TYPES = ["hoa_don", "phieu_nhap", "phieu_xuat"] as const;

export type DocumentType = (typeof DOCUMENT_TYPES)[number];

/** One field's rule. `max` is in UTF-16 units, as NVARCHAR columns count. */
export type FieldRule =
  | { readonly kind: "text"; readonly max: number; readonly required: boolean }
  | { readonly kind: "date"; readonly iso: boolean; readonly required: boolean }
  | { readonly kind: "number"; readonly required: boolean }
  | { readonly kind: "choice"; readonly values: readonly number[]; readonly required: boolean };

/** Fields by name. */
export type Fields = Readonly<Record<string, FieldRule>>;

/** What the partner demands of one document type in one dialect. */
export interface DocumentRules {
  /** The field with the pharmacy's own code. */
  readonly code: string;
  /** The field with the facility code. */
  readonly facility: string;
  /** The field with the lines. */
  readonly lines: string;
  /** The field of a line with the drug code. */
  readonly drug: string;
  readonly header: Fields;
  readonly line: Fields;
  /** `then` is required when the number field `when` has the value `is`. */
  readonly condition?: { readonly when: string; readonly is: number; readonly then: string };
}

/** The rules of one dialect, by document type. */
export type Contract = Readonly<Record<DocumentType, DocumentRules>>;

const text = (max: number): FieldRule => ({ kind: "text", max, required: true });
const textOrNone = (max: number): FieldRule => ({ kind: "text", max, required: false });
const number: FieldRule = { kind: "number", required: true };
const numberOrNone: FieldRule = { kind: "number", required: false };
const date: FieldRule = { kind: "date", iso: false, required: true };
const dateOrNone: FieldRule = { kind: "date", iso: false, required: false };
const choice = (...values: number[]): FieldRule => ({ kind: "choice", values, required: true });

const goods: Fields = { ma_thuoc: text(50), ten_thuoc: text(500), so_lo: text(50), han_dung: date };

/** Dialect `national`. */
export const nationalContract: Contract = {
  hoa_don: {
    code: "ma_hoa_don",
    facility: "ma_co_so",
    lines: "hoa_don_chi_tiet",
    drug: "ma_thuoc",
    header: {
      ma_hoa_don: text(50),
      ma_co_so: text(50),
      ma_don_thuoc_quoc_gia: textOrNone(50),
      ngay_ban: date,
      ho_ten_nguoi_ban: textOrNone(50),
      ho_ten_khach_hang: textOrNone(50),
    },
    line: {
      ...goods,
      ngay_san_xuat: dateOrNone,
      don_vi_tinh: text(50),
      ham_luong: text(500),
      duong_dung: textOrNone(200),
      lieu_dung: text(Infinity),
      so_dang_ky: textOrNone(50),
      so_luong: number,
      don_gia: number,
      thanh_tien: number,
      ty_le_quy_doi: number,
    },
  },
  phieu_nhap: {
    code: "ma_phieu",
    facility: "ma_co_so",
    lines: "chi_tiet",
    drug: "ma_thuoc",
    header: {
      ma_phieu: text(50),
      ma_co_so: text(50),
      ngay_nhap: date,
      loai_phieu_nhap: choice(1, 2, 3),
      ghi_chu: textOrNone(500),
      ten_co_so_cung_cap: textOrNone(500),
    },
    line: {
      ...goods,
      ngay_san_xuat: dateOrNone,
      so_dklh: text(50),
      so_luong: number,
      don_gia: numberOrNone,
      don_vi_tinh: text(200),
    },
    condition: { when: "loai_phieu_nhap", is: 1, then: "ten_co_so_cung_cap" },
  },
  phieu_xuat: {
    code: "ma_phieu",
    facility: "ma_co_so",
    lines: "chi_tiet",
    drug: "ma_thuoc",
    header: {
      ma_phieu: text(50),
      ma_co_so: text(50),
      ngay_xuat: date,
      loai_phieu_xuat: choice(2, 3),
      ghi_chu: text(500),
      ten_co_so_nhan: textOrNone(500),
    },
    line: { ...goods, so_dklh: text(50), so_luong: number, don_gia: number, don_vi_tinh: text(200) },
  },
};

const sharedGatewayNames = {
  ma_co_so: "facilityCode",
  so_lo: "batchNumber",
  ngay_san_xuat: "manufactureDate",
  han_dung: "expiryDate",
  so_luong: "quantity",
  don_gia: "unitPrice",
  thanh_tien: "amount",
  don_vi_tinh: "unit",
};

const slipNames = {
  ...sharedGatewayNames,
  ma_phieu: "invoiceCode",
  ghi_chu: "note",
  ma_thuoc: "medicineCode",
  ten_thuoc: "medicineName",
  so_dklh: "registrationNumber",
};

const gatewayNames: Readonly<Record<DocumentType, Readonly<Record<string, string>>>> = {
  hoa_don: {
    ...sharedGatewayNames,
    ma_hoa_don: "billCode",
    ma_don_thuoc_quoc_gia: "prescriptionCode",
    ngay_ban: "billDate",
    ho_ten_khach_hang: "customerName",
    ho_ten_nguoi_ban: "sellerName",
    ma_thuoc: "productCode",
    ten_thuoc: "productName",
    ham_luong: "strength",
    duong_dung: "route",
    lieu_dung: "dosage",
    so_dang_ky: "registrationNumber",
    ty_le_quy_doi: "conversionRatio",
  },
  phieu_nhap: {
    ...slipNames,
    ngay_nhap: "importDate",
    loai_phieu_nhap: "importType",
    ten_co_so_cung_cap: "supplierName",
  },
  phieu_xuat: {
    ...slipNames,
    ngay_xuat: "exportDate",
    loai_phieu_xuat: "exportType",
    ten_co_so_nhan: "recipientName",
  },
};

/**
 * Dialect `gateway`: the same fields under English names, dates in ISO 8601. partner-api gives the gateway no
 * lengths of its own, so those of `national` hold. A receipt line may also carry `amount`, an issue line the
 * production date.
 */
export const gatewayContract: Contract = {
  hoa_don: inEnglish("hoa_don", {}),
  phieu_nhap: inEnglish("phieu_nhap", { thanh_tien: numberOrNone }),
  phieu_xuat: inEnglish("phieu_xuat", { ngay_san_xuat: dateOrNone }),
};

function inEnglish(type: DocumentType, moreOfLine: Fields): DocumentRules {
  const rules = nationalContract[type];
  const english: DocumentRules = {
    code: nameOf(type, rules.code),
    facility: nameOf(type, rules.facility),
    lines: "details",
    drug: nameOf(type, rules.drug),
    header: renamed(type, rules.header),
    line: renamed(type, { ...rules.line, ...moreOfLine }),
  };
  if (rules.condition === undefined) return english;
  const { when, is, then } = rules.condition;
  return { ...english, condition: { when: nameOf(type, when), is, then: nameOf(type, then) } };
}

function renamed(type: DocumentType, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, rule]) => [
      nameOf(type, name),
      rule.kind === "date" ? { ...rule, iso: true } : rule,
    ]),
  );
}

function nameOf(type: DocumentType, field: string): string {
  const name = gatewayNames[type][field];
  if (name === undefined) throw new Error(`the gateway has no name for the field ${field} of ${type}`);
  return name;
}
