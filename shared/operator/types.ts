// What the operator's functions return: plain data with stable names, which `hermes --json` prints as it is and the console shows.
// Times are ms since 1970, durations ms. What could not be read is null, and `troubles` says why.
import type { ScanBeat, WorkerBeat } from "../beats.ts";
import type { DocumentType } from "../document.ts";

export type * from "./types_actions.ts";
export type * from "./types_document.ts";

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
  /** The newest version of entries that it understands; null where it does not say. */
  entryVersion: number | null;
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
  /** Set aside for workers that understand a newer version of entries, and the highest version among them. */
  newer: number | null;
  newerVersion: number | null;
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
