// What an operator asks for and changes: pending rows, dead letters, failures by cause, retries, reports, the record of actions. Part of types.ts.
import type { DocumentType, RowKey } from "../document.ts";
import type { DeadLetter, FlightState } from "./types_document.ts";
import type { BlockedShop, Count, RefusedAccount, Trouble, Words } from "./types.ts";

/** A row that wants syncing. */
export interface PendingDocument {
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  waitingMs: number;
  /** Null: not in Redis yet. */
  flight: FlightState | null;
  deliveries: number;
  dueAtMs: number | null;
  blocked: boolean;
}

export interface PendingAnswer {
  documents: PendingDocument[];
  /** There are more than the limit. */
  more: boolean;
  troubles: Trouble[];
}

/** Which dead letters or failures. All conditions hold together; none is all. */
export interface DeadFilter {
  type?: DocumentType | undefined;
  shop?: string | undefined;
  reason?: string | undefined;
  code?: string | undefined;
  /** Id of the dead letter. */
  id?: string | undefined;
  olderThanMs?: number | undefined;
  youngerThanMs?: number | undefined;
}

export interface DeadList {
  letters: DeadLetter[];
  /** There are more than the limit. */
  more: boolean;
}

export interface DeadDetail extends DeadLetter {
  /** What was sent, without people's names; null when the letter has none. */
  body: string | null;
}

export interface RedriveOptions {
  /** Documents a second; unlimited when left out. */
  ratePerSecond?: number | undefined;
  dryRun?: boolean | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops after the batch under way. What is left can be redriven later with the same call. */
  signal?: AbortSignal | undefined;
}

export interface Progress {
  done: number;
  total: number;
}

/** What a redrive came to. */
export interface RedriveResult {
  total: number;
  /** Rows set back to PENDING_SYNC (with dryRun: that would be). */
  redriven: number;
  /** Rows that wanted syncing already, or are synced: only their dead letters were removed. */
  already: number;
  /** Rows that are gone or at another status: left alone, with their dead letters. */
  left: number;
  lettersRemoved: number;
  stopped: boolean;
  dryRun: boolean;
  /** Whether the action is in the journal. */
  recorded: boolean;
}

export interface DropResult {
  total: number;
  dropped: number;
  dryRun: boolean;
  recorded: boolean;
}

export type FailureKind = "invalid" | "refused" | "deliveries_used_up" | "other";

/** A SYNC_FAILED row (or a record of one). */
export interface Failure {
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  /** The row's message. */
  message: string;
  atMs: number;
}

/** Failures of one cause. */
export interface FailureGroup {
  /** Stable: the same cause has the same id tomorrow. For `--group`. */
  id: string;
  kind: FailureKind;
  /** HTTP status of the partner's answer. */
  status: number | null;
  /** The words with everything that varies replaced by `‹…›`. */
  pattern: string;
  count: number;
  shops: number;
  types: DocumentType[];
  firstSeenMs: number;
  lastSeenMs: number;
  example: Failure;
  /** What is the matter, and what to do. */
  title: Words;
  advice: Words;
  /** Whether a redrive helps without the data being corrected first. */
  redriveHelps: boolean;
  members: { type: DocumentType; key: RowKey; code: string; shop: string }[];
}

export interface FailuresAnswer {
  groups: FailureGroup[];
  /** Failures looked at; `more`: there are more than the bound of 20,000 a type. */
  total: Count;
  /** Where they were read: the rows themselves, or the journal while SQL Server is away (some may be mended by now). */
  from: "sqlserver" | "mongodb";
  troubles: Trouble[];
}

export type RetryOutcome =
  /** The failed row wants syncing again. */
  | "redriven"
  /** Its next delivery is brought forward to now. */
  | "hastened"
  | "in_hand"
  | "queued"
  | "pending"
  | "synced"
  | "left";

export interface RetryAnswer {
  code: string;
  /** Empty when no row has the code. */
  documents: { type: DocumentType; key: RowKey; shop: string; outcome: RetryOutcome }[];
  recorded: boolean;
}

export interface ScanAnswer {
  type: DocumentType;
  found: number;
  enqueued: number;
  invalid: number;
  more: boolean;
  ms: number;
  error: string | null;
}

export interface ShopsAnswer {
  blocked: BlockedShop[];
  refusedAccounts: RefusedAccount[];
}

export interface UnblockAnswer {
  shop: string;
  wasBlocked: boolean;
  /** Account whose refusal was forgotten; null when there was none. */
  account: string | null;
  recorded: boolean;
}

export interface ReportRow {
  shop: string;
  type: DocumentType;
  synced: number;
  failed: number;
  /** Pending now, and since before the end of the day. */
  waiting: number;
  /** From the scan that found a document to its result in SQL Server, ms, about; null without a journal record. */
  p50Ms: number | null;
  p95Ms: number | null;
}

export interface Report {
  /** yyyy-MM-dd, by SQL Server's clock. */
  day: string;
  by: "shop" | "type";
  rows: ReportRow[];
  total: Omit<ReportRow, "shop" | "type">;
  troubles: Trouble[];
}

/** A changing action, as it stands in the journal's `operator_actions`. */
export interface OperatorAction {
  at: Date;
  who: string;
  action: string;
  target: string;
  detail: string;
  outcome: string;
}
