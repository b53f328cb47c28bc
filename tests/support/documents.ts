// Documents for tests, as SQL Server gives them (every value as text), and the claims they become. The rules that generated
// documents keep are the simulated partner's, which are written apart from the product's own.
import fc from "fast-check";
import { type FieldRule, type Fields, nationalContract } from "../../dev/partner/contract_fields.ts";
import type { Claim, DocumentType, FieldValues, SourceDocument } from "../../shared/document.ts";
import { documentTypes } from "../../shared/document.ts";

const goods: FieldValues = {
  ma_thuoc: "DQG00010001",
  ten_thuoc: "Paracetamol 500mg – hộp 10 vỉ",
  so_lo: "LO260101",
  han_dung: "2028-02-29",
};
const slipLine: FieldValues = {
  ...goods,
  so_dklh: "VD-20558-19",
  so_luong: "100.00",
  don_gia: "12.50",
  don_vi_tinh: "Viên",
};

const headers: Record<DocumentType, FieldValues> = {
  phieu_nhap: {
    ma_phieu: "PN0001",
    ma_co_so: "01-0001",
    ngay_nhap: "2026-11-22T08:30:00",
    loai_phieu_nhap: "1",
    ghi_chu: "Nhập hàng đợt 2",
    ten_co_so_cung_cap: "Công ty Cổ phần Dược Hậu Giang",
  },
  phieu_xuat: {
    ma_phieu: "PX0001",
    ma_co_so: "01-0001",
    ngay_xuat: "2026-11-22",
    loai_phieu_xuat: "2",
    ghi_chu: "Trả hàng cận hạn",
    ten_co_so_nhan: "Công ty Cổ phần Traphaco",
  },
  hoa_don: {
    ma_hoa_don: "HD0001",
    ma_co_so: "01-0001",
    ma_don_thuoc_quoc_gia: "01abc-c",
    ngay_ban: "2026-11-22T23:59:59.997",
    ho_ten_nguoi_ban: "DS. Trần Thị Thu Hà",
    ho_ten_khach_hang: "Nguyễn Văn An",
  },
};

const lines: Record<DocumentType, FieldValues> = {
  phieu_nhap: { ...slipLine, ngay_san_xuat: "2026-01-01" },
  phieu_xuat: slipLine,
  hoa_don: {
    ...goods,
    ngay_san_xuat: "2026-01-01",
    don_vi_tinh: "Viên",
    ham_luong: "500mg",
    duong_dung: "Uống",
    lieu_dung: "Ngày uống 2 lần, mỗi lần 1 viên",
    so_dang_ky: "VD-20558-19",
    so_luong: "10.00",
    don_gia: "12.50",
    thanh_tien: "125.00",
    ty_le_quy_doi: "1.00",
  },
};

/** A document with every field, valid as it stands; `header` and `line` change single fields. */
export function goodDocument(
  type: DocumentType,
  { header = {}, line = {} }: { header?: FieldValues; line?: FieldValues } = {},
): SourceDocument {
  return {
    key: "1",
    shop: "S1",
    linesDue: true,
    header: { ...headers[type], ...header },
    lines: [{ ...lines[type], ...line }],
  };
}

/** Some document type. */
export const anyType: fc.Arbitrary<DocumentType> = fc.constantFrom(...documentTypes);

/** Any document of a type that keeps every rule of the partner, with optional fields now and then empty. */
export function validDocument(type: DocumentType): fc.Arbitrary<SourceDocument> {
  const { header, line, condition } = nationalContract[type];
  const whole = fc.record({
    key: fc.bigInt(1n, 2n ** 63n - 1n).map(String),
    shop: fc.constantFrom("S1", "S2"),
    linesDue: fc.boolean(),
    header: valuesOf(header),
    lines: fc.array(valuesOf(line), { minLength: 1, maxLength: 4 }),
  });
  if (!condition) return whole;
  return whole.filter(({ header }) =>
    header[condition.when] !== String(condition.is) || !!header[condition.then]?.trim()
  );
}

function valuesOf(fields: Fields): fc.Arbitrary<FieldValues> {
  const values = Object.fromEntries(Object.entries(fields).map(([name, rule]) => [name, valueOf(rule)]));
  return fc.record(values);
}

function valueOf(rule: FieldRule): fc.Arbitrary<string | null> {
  if (rule.required) return filled(rule);
  return fc.oneof({ weight: 3, arbitrary: filled(rule) }, fc.constantFrom(null, "", "  "));
}

function filled(rule: FieldRule): fc.Arbitrary<string> {
  switch (rule.kind) {
    case "text":
      return wordsOf(rule.max);
    case "date":
      return anyDate;
    case "number":
      return anyDecimal;
    case "choice":
      return fc.constantFrom(...rule.values.map(String));
  }
}

const pieces = fc.constantFrom(
  ...[
    "Thuốc ",
    "đã tồn tại",
    "Đường dùng: uống",
    "Nguyễn Thị Ánh Nguyệt",
    "ệ".normalize("NFD"),
    "a",
    "50 mg/ml",
  ],
  ...['"', "\\", "\n", "\t", "{}", "💊", "\u2028", "\u0000", "12.50", "null", "$&", "</script>"],
);

function wordsOf(max: number): fc.Arbitrary<string> {
  return fc.array(pieces, { minLength: 1, maxLength: 12 }).map((chosen) => chosen.join(""))
    .filter((text) => text.trim() !== "" && text.length <= max);
}

/** As CONVERT style 126 prints a DATE or a DATETIME. */
const anyDate = fc.tuple(
  fc.date({ min: new Date("1900-01-01"), max: new Date("2100-12-31"), noInvalidDate: true }),
  fc.constantFrom("", "T00:00:00", "T23:59:59.997", "T06:30:00"),
).map(([day, time]) => day.toISOString().slice(0, 10) + time);

/** As CONVERT(varchar(40), …) prints a DECIMAL(18,2). */
export const anyDecimal: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("", "-"),
  fc.bigInt(0n, 9_999_999_999_999_999n),
  fc.integer({ min: 0, max: 99 }),
).map(([sign, whole, cents]) => `${sign}${whole}.${String(cents).padStart(2, "0")}`);

/** A claim of the document with this key. Its entry's id is made of the key, unless one is given. */
export function claimOf(
  key: string,
  changes: Partial<Omit<Claim, "entry">> & { id?: string; shop?: string; body?: string } = {},
): Claim {
  const { id = `1795316400000-${key}`, shop = "S1", body = `{"ma_phieu":"PN${key}"}`, ...rest } = changes;
  const entry = { id, key, code: `PN${key}`, shop, body, scannedAtMs: 1795316400000 };
  return { entry, deliveries: 1, receipt: null, ...rest };
}
