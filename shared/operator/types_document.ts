// What is known of one document: its row, its entry, its dead letters, its timeline and the verdict. Part of types.ts.
import type { DocumentType, Receipt, RowKey, RowStatus } from "../document.ts";
import type { BlockedShop, PausedState, ServiceName, Severity, Trouble, Words } from "./types.ts";

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
  | "needs_newer_worker"
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
