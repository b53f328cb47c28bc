// The words that every other file uses: document, row, entry, claim, receipt, result. Types only, and the list of document types.

/** The three kinds of document, named as the partner's API names them. */
export const documentTypes = ["phieu_nhap", "phieu_xuat", "hoa_don"] as const;
export type DocumentType = typeof documentTypes[number];

/** What a row's status says, whatever the profile calls it in the table (source-schema). */
export type RowStatus = "PENDING_SYNC" | "SYNC_SUCCESS" | "SYNC_FAILED";

/** A row's identity: its primary key, always as text, so that a BIGINT keeps every digit. */
export type RowKey = string;

/** A document as SQL Server gives it: every value as text or null, by the API's field names. */
export interface SourceDocument {
  key: RowKey;
  shop: string;
  /** False while the document is so young that its lines may still be on their way. */
  linesDue: boolean;
  header: FieldValues;
  lines: FieldValues[];
}
export type FieldValues = Record<string, string | null>;

/** A document made ready to send: what becomes a stream entry. */
export interface ComposedDocument {
  key: RowKey;
  /** The pharmacy's own code for the document. */
  code: string;
  shop: string;
  /** The exact JSON that is sent. */
  body: string;
}

/** One stream entry: a document in flight. */
export interface Entry extends ComposedDocument {
  /** Redis stream id, `ms-seq`. */
  id: string;
  /** When the scan that found it began, ms since 1970 by the Redis clock. */
  scannedAtMs: number;
  traceparent?: string | undefined;
}

/** What the partner answered when it accepted: kept in Redis from the answer until settlement. */
export interface Receipt {
  nationalCode: string | null;
  message: string;
}

/** An entry that this worker owns. */
export interface Claim {
  entry: Entry;
  /** Deliveries so far, this one included; 1 for an entry never delivered before. */
  deliveries: number;
  receipt: Receipt | null;
}

/** What is written back to a document's row. */
export interface RowResult {
  key: RowKey;
  status: "SYNC_SUCCESS" | "SYNC_FAILED";
  nationalCode: string | null;
  message: string;
}
