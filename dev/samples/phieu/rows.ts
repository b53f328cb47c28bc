// The rows of a sample document in the tables of profile phieu (source-schema): the same document as in profile national, with what
// these tables hold otherwise. insert.ts writes them.
import type {
  GoodsIssueSlipRow,
  PurchaseReceiptRow,
  SalesInvoiceDetailRow,
  SalesInvoiceRow,
  Sample,
} from "../rows.ts";
import { vietnamDay } from "../vietnam_time.ts";

/** A row by its column names; `created_minutes_ago` is as in profile national. */
export type PhieuRow = Readonly<Record<string, string | number | null>>;

const pending = 0;
const twoDaysMs = 2 * 86_400_000;

/** The rows of one document. Throws a RangeError when a quantity is no number. */
export function phieuRows(sample: Sample): { header: PhieuRow; lines: PhieuRow[] } {
  switch (sample.type) {
    case "hoa_don":
      return { header: invoiceHeader(sample.header), lines: sample.lines.map(invoiceLine) };
    case "phieu_nhap":
      return {
        header: receiptHeader(sample.header),
        lines: sample.lines.map((line) => ({ ...slipLine(line), thanh_tien: totalOf(line) })),
      };
    case "phieu_xuat":
      return { header: slipHeader(sample.header), lines: sample.lines.map(slipLine) };
  }
}

function receiptHeader(header: PurchaseReceiptRow): PhieuRow {
  return {
    ma_phieu: header.local_receipt_id,
    ma_co_so: header.pharmacy_code,
    ngay_nhap: header.receipt_date,
    loai_phieu_nhap: header.receipt_type,
    ghi_chu: header.notes,
    ten_co_so_cung_cap: header.supplier_name,
    status_phieu: pending,
    created_minutes_ago: header.created_minutes_ago,
  };
}

function slipHeader(header: GoodsIssueSlipRow): PhieuRow {
  return {
    ma_phieu: header.local_slip_id,
    ma_co_so: header.pharmacy_code,
    shop_code: Number(header.shop_pharmacy_code.replaceAll(/\D/g, "")),
    ngay_xuat: header.issue_date.slice(0, 10),
    loai_phieu_xuat: header.issue_type,
    ghi_chu: header.notes,
    ten_co_so_nhan: header.recipient_name,
    status_phieu: pending,
    created_minutes_ago: header.created_minutes_ago,
  };
}

/** HoaDonHeader has no time of insertion: an invoice of two days ago is old enough to have its lines, wherever the server's clock is. */
function invoiceHeader(header: SalesInvoiceRow): PhieuRow {
  const isOld = header.created_minutes_ago > 0;
  const sold = header.sale_date.slice(0, 10);
  return {
    ma_hoa_don: header.local_invoice_id,
    ma_co_so: header.pharmacy_code,
    ma_don_thuoc_quoc_gia: header.national_prescription_id,
    ngay_ban: isOld ? vietnamDay(Date.parse(`${sold}T00:00:00Z`) - twoDaysMs) : sold,
    ho_ten_khach_hang: header.customer_name,
    ho_ten_nguoi_ban: header.seller_name,
    status_phieu: pending,
  };
}

function slipLine(line: Extract<Sample, { type: "phieu_nhap" | "phieu_xuat" }>["lines"][number]): PhieuRow {
  return {
    ma_thuoc: line.drug_code,
    ten_thuoc: line.drug_name,
    so_lo: line.lot_number,
    ngay_san_xuat: line.production_date,
    han_dung: line.expiry_date,
    so_dklh: line.registration_number,
    so_luong: wholeQuantity(line),
    don_gia: line.unit_price,
    don_vi_tinh: line.unit,
  };
}

function invoiceLine(line: SalesInvoiceDetailRow): PhieuRow {
  return {
    ma_thuoc: line.drug_code,
    ten_thuoc: line.drug_name,
    so_lo: line.lot_number,
    ngay_san_xuat: line.production_date,
    han_dung: line.expiry_date,
    don_vi_tinh: line.unit,
    ham_luong: line.concentration,
    duong_dung: line.route_of_administration,
    lieu_dung: line.dosage,
    so_dang_ky: line.registration_number,
    so_luong: wholeQuantity(line),
    don_gia: line.unit_price,
    thanh_tien: totalOf(line),
    ty_le_quy_doi: line.conversion_ratio,
  };
}

/** These tables hold whole quantities only: half a pack is counted as one. */
function wholeQuantity({ quantity }: { quantity: string }): number {
  const whole = Math.ceil(Number(quantity));
  if (!Number.isSafeInteger(whole)) throw new RangeError(`sample rows of phieu: the quantity ${quantity}`);
  return whole;
}

/** Quantity × price, exact to the hundredth. */
function totalOf(line: { quantity: string; unit_price: string | null }): string | null {
  if (line.unit_price === null) return null;
  const hundredths = BigInt(wholeQuantity(line)) * BigInt(line.unit_price.replace(".", ""));
  const digits = String(hundredths).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
