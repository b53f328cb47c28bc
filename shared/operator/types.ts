// What the operator's functions return: plain data with stable names, which `hermes --json` prints as it is and the console shows.
// Times are ms since 1970, durations ms. What could not be read is null, and `troubles` says why.
import type { ScanBeat, WorkerBeat } from "../beats.ts";
import type { DocumentType, Receipt, RowKey, RowStatus } from "../document.ts";

export type ServiceName = "sqlserver" | "redis" | "mongodb";

/** A sentence in both languages. */
export interface Words {
  vi: string;
  en: string;
}

/** A service that could not be asked, and what that means for the answer. */
export interface Trouble {
  service: ServiceName;
  /** The error in one line, without secrets. */
  message: string;
}

/** A count that stops at a bound. `more`: there are more than that. */
export interface Count {
  count: number;
  more: boolean;
}

export interface WorkerStatus {
  name: string;
  alive: boolean;
  startedAtMs: number;
  lastBeatAtMs: number;
  /** When its reading loop last turned. */
  turnedAtMs: number;
  /** When it last brought a document to its end; null before the first. */
  lastResultAtMs: number | null;
  breaker: WorkerBeat["breaker"];
  /** When an open breaker lets the next probe out. */
  probeAtMs: number | null;
  waiting: number;
  calling: number;
  writing: number;
}

export interface TypeStatus {
  type: DocumentType;
  /** PENDING_SYNC rows in SQL Server, counted to 100,000. */
  pending: Count | null;
  /** Entries in the stream (XLEN): documents in flight. */
  inStream: number | null;
  /** Of these, by what workers alive said last (every 2 s): taken and waiting for a slot; in call; result being written. */
  waiting: number | null;
  inCall: number | null;
  writing: number | null;
  /** Delivered before and due later: retry, or waiting for the partner. */
  dueLater: number | null;
  /** When the first of those is due. */
  nextDueAtMs: number | null;
  /** In the stream and never delivered. */
  fresh: number | null;
  dead: number | null;
  /** Documents ended (synced or failed) in the last 60 s. */
  ratePerMinute: number | null;
  /** How long the oldest of the first 1,000 pending rows has been pending. */
  oldestWaitingMs: number | null;
  paused: PausedState | null;
  workers: WorkerStatus[];
  lastScan: ScanBeat | null;
}

/** Set by an operator: workers of the type take nothing new. `by` is empty when it was set by hand. */
export interface PausedState {
  by: string;
  atMs: number | null;
}

/** A shop whose login the partner refused: left out of scans until then. */
export interface BlockedShop {
  shop: string;
  untilMs: number;
  why: string;
}

/** An account that is not logged in with until then. */
export interface RefusedAccount {
  account: string;
  untilMs: number;
  why: string;
}

export type Severity = "ok" | "note" | "warning" | "error";

/** Something an operator should know at first sight. */
export interface Finding extends Words {
  severity: Severity;
  /** Stable name for scripts: `paused`, `no_worker`, `breaker_open`, … */
  name: string;
  type?: DocumentType;
}

export interface Status {
  atMs: number;
  types: TypeStatus[];
  blockedShops: BlockedShop[];
  /** Which scheduler scans; null when none does (or Redis cannot be asked). */
  leader: string | null;
  /** What stands out, worst first. Empty when everything is in order. */
  findings: Finding[];
  troubles: Trouble[];
}

/** A document's row. Its times are set to this machine's clock by how long ago they were on SQL Server's. */
export interface RowFacts {
  key: RowKey;
  code: string;
  shop: string;
  status: RowStatus | string;
  nationalCode: string | null;
  message: string | null;
  /** How many lines it has. */
  lines: number;
  createdAtMs: number | null;
  updatedAtMs: number | null;
}

export type FlightState =
  /** In the stream, not delivered yet. */
  | "fresh"
  /** In a worker's hands. */
  | "held"
  /** To be delivered again at `dueAtMs`. */
  | "later"
  /** Due now: the next free worker takes it. */
  | "due"
  /** Redis says that it is in flight, but the entry is gone: repaired within 5 min. */
  | "lost";

/** A document's entry in Redis. */
export interface FlightFacts {
  entryId: string;
  enqueuedAtMs: number;
  state: FlightState;
  deliveries: number;
  /** Worker that took it last; null for a fresh one. */
  worker: string | null;
  workerAlive: boolean;
  /** When it is due to any worker; null for a fresh one. */
  dueAtMs: number | null;
  /** The partner accepted it, and the result is not written back yet. */
  receipt: Receipt | null;
}

export interface DeadLetter {
  /** Id in the dead-letter stream. */
  id: string;
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  entryId: string;
  reason: string;
  detail: string;
  deliveries: number;
  firstScannedAtMs: number | null;
  diedAtMs: number;
}

/** One thing that happened, for the timeline. */
export interface TimelineEvent extends Words {
  atMs: number;
  /** `enqueued`, `retry`, `returned`, `accepted`, `buried`, `failed`, `row_created`, `row_changed`, `dead_letter`, `next_delivery`, … */
  event: string;
  from: ServiceName;
  entryId?: string;
  detail?: string;
}

/** What is the matter with a document, as one stable name. */
export type VerdictName =
  | "synced"
  | "refused"
  | "deliveries_used_up"
  | "invalid"
  | "failed"
  | "shop_blocked"
  | "paused"
  | "breaker_open"
  | "in_hand"
  | "retry_later"
  | "due_no_worker"
  | "queued"
  | "queued_no_worker"
  | "written_soon"
  | "not_scanned"
  | "no_scheduler"
  | "waiting_for_lines"
  | "lost_entry"
  | "other_status"
  | "row_gone"
  | "unknown";

/** One sentence: what is the matter and what to do. */
export interface Verdict extends Words {
  name: VerdictName;
  severity: Severity;
}

/** Everything about one document. */
export interface Story {
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  row: RowFacts | null;
  flight: FlightFacts | null;
  deadLetters: DeadLetter[];
  /** The last failure on record, in the partner's or our own words. */
  lastFailure: FailureFacts | null;
  blocked: BlockedShop | null;
  paused: PausedState | null;
  /** Of the type's workers that are alive. */
  workersAlive: number;
  breakerOpen: { probeAtMs: number | null } | null;
  nextDeliveryAtMs: number | null;
  timeline: TimelineEvent[];
  verdict: Verdict;
}

export interface FailureFacts {
  kind: string;
  status: number | null;
  message: string;
  deliveries: number;
  atMs: number;
}

export interface WhyAnswer {
  code: string;
  /** Empty when nothing is known of the code. */
  stories: Story[];
  troubles: Trouble[];
}

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
