// The rows of a sample document, by the column names of source-schema, profile national. Decimals are strings of
// digits, dates `yyyy-MM-dd`, moments `yyyy-MM-ddTHH:mm:ss`.

interface HeaderRow {
  readonly pharmacy_code: string;
  readonly shop_pharmacy_code: string;
  readonly status: "PENDING_SYNC";
  /** created_at is this long before the moment of insertion, by the clock of the server. */
  readonly created_minutes_ago: number;
}

/** One row of SalesInvoices. */
export interface SalesInvoiceRow extends HeaderRow {
  readonly local_invoice_id: string;
  readonly national_prescription_id: string | null;
  readonly sale_date: string;
  readonly seller_name: string | null;
  readonly customer_name: string | null;
}

/** One row of PurchaseReceipts. */
export interface PurchaseReceiptRow extends HeaderRow {
  readonly local_receipt_id: string;
  readonly receipt_date: string;
  readonly receipt_type: number;
  readonly supplier_name: string | null;
  readonly notes: string | null;
}

/** One row of GoodsIssueSlips. */
export interface GoodsIssueSlipRow extends HeaderRow {
  readonly local_slip_id: string;
  readonly issue_date: string;
  readonly issue_type: number;
  readonly recipient_name: string | null;
  readonly notes: string;
}

interface DetailRow {
  readonly drug_code: string;
  readonly drug_name: string;
  readonly lot_number: string;
  readonly production_date: string | null;
  readonly expiry_date: string;
  readonly quantity: string;
  readonly unit: string;
}

/** One row of SalesInvoiceDetails, without its foreign key. */
export interface SalesInvoiceDetailRow extends DetailRow {
  readonly unit_price: string;
  readonly concentration: string;
  readonly dosage: string;
  readonly route_of_administration: string | null;
  readonly registration_number: string | null;
  readonly line_total: string;
  readonly conversion_ratio: string;
}

/** One row of PurchaseReceiptDetails, without its foreign key. */
export interface PurchaseReceiptDetailRow extends DetailRow {
  readonly unit_price: string | null;
  readonly registration_number: string;
}

/** One row of GoodsIssueSlipDetails, without its foreign key. */
export interface GoodsIssueSlipDetailRow extends DetailRow {
  readonly unit_price: string;
  readonly registration_number: string;
}

/** The rows of one document, by type. */
export type SampleRows =
  | { readonly type: "hoa_don"; readonly header: SalesInvoiceRow; readonly lines: SalesInvoiceDetailRow[] }
  | {
    readonly type: "phieu_nhap";
    readonly header: PurchaseReceiptRow;
    readonly lines: PurchaseReceiptDetailRow[];
  }
  | {
    readonly type: "phieu_xuat";
    readonly header: GoodsIssueSlipRow;
    readonly lines: GoodsIssueSlipDetailRow[];
  };

/** What is wrong with a document on purpose. The last is refused by the partner, the others by our own rules. */
export type Flaw =
  | "supplier_missing"
  | "notes_empty"
  | "drug_name_blank"
  | "note_too_long"
  | "issue_type_1"
  | "no_lines"
  | "unknown_drug";

/** One sample document: its rows, its code, and what should become of it. */
export type Sample = SampleRows & {
  readonly code: string;
  readonly flaw: Flaw | null;
  readonly expected: "SYNC_SUCCESS" | "SYNC_FAILED";
};
