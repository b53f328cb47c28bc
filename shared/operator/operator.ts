// The operator's functions in one place: what `hermes` (cli/) and the console (console/) call. Each is a room of its own beside this file.
// Reading functions say what could not be read; changing ones are recorded in the journal with who did it.
import type { Db } from "mongodb";
// @ts-types="@types/mssql"
import type sql from "mssql";
import type { Clock } from "../clock.ts";
import type { DocumentType } from "../document.ts";
import type { Journal } from "../journal.ts";
import type { Log } from "../log.ts";
import type { RedisClient } from "../script.ts";
import type { Settings } from "../settings.ts";
import type { SqlServerSource } from "../source.ts";
import type {
  DeadDetail,
  DeadFilter,
  DeadList,
  DropResult,
  FailuresAnswer,
  OperatorAction,
  PendingAnswer,
  RedriveOptions,
  RedriveResult,
  Report,
  RetryAnswer,
  ScanAnswer,
  ShopsAnswer,
  Status,
  UnblockAnswer,
  WhyAnswer,
} from "./types.ts";

/** Clients are opened by the caller (shared/operator/open.ts does it for a process) and closed by it. */
export interface OperatorParts {
  settings: Settings;
  redis: RedisClient;
  pool: () => Promise<sql.ConnectionPool>;
  source: SqlServerSource;
  mongo: Db;
  journal: Journal;
  log: Log;
  clock: Clock;
  /** Who does what is done, for `operator_actions`. */
  who: string;
}

/** Letters of documents that are not sent any more. */
export interface DeadLetters {
  /** Newest first. */
  list(filter: DeadFilter, limit: number): Promise<DeadList>;
  /** Null when there is no such letter. */
  show(id: string, type?: DocumentType): Promise<DeadDetail | null>;
  /** Sets the rows back to PENDING_SYNC, then removes the letters; may be stopped and called again. */
  redrive(filter: DeadFilter, options?: RedriveOptions): Promise<RedriveResult>;
  /** Removes letters for good; the rows stay SYNC_FAILED. */
  drop(filter: DeadFilter, options?: { dryRun?: boolean }): Promise<DropResult>;
}

export class Operator {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** The same, acting for somebody else: the console's user. */
  as(who: string): Operator {
    return new Operator({ ...this.#parts, who });
  }

  get dead(): DeadLetters {
    throw new Error("not yet");
  }

  /** How things stand, per type, in one look. Never throws: what could not be read is null. */
  status(): Promise<Status> {
    throw new Error("not yet");
  }

  /** Everything about the documents of one code, and what is the matter with each. */
  why(_code: string): Promise<WhyAnswer> {
    throw new Error("not yet");
  }

  /** Rows that want syncing, oldest first, and where each is on its way. Throws SourceError without SQL Server. */
  pending(_type: DocumentType | undefined, _limit: number): Promise<PendingAnswer> {
    throw new Error("not yet");
  }

  /** Failed documents by cause, most first. */
  failures(_filter?: { sinceMs?: number; type?: DocumentType }): Promise<FailuresAnswer> {
    throw new Error("not yet");
  }

  /** Redrives the failures of one group (FailureGroup.id); null when there is no such group now. */
  redriveGroup(_id: string, _options?: RedriveOptions): Promise<RedriveResult | null> {
    throw new Error("not yet");
  }

  /** Sends a document again as soon as can be: sets a failed row back, or brings a postponed delivery forward. */
  retry(_code: string): Promise<RetryAnswer> {
    throw new Error("not yet");
  }

  /** One sweep of each type in this process; safe beside a running scheduler. */
  scan(): Promise<ScanAnswer[]> {
    throw new Error("not yet");
  }

  /** Workers of the type take nothing new. False when it was paused already. */
  pause(_type: DocumentType): Promise<{ changed: boolean; recorded: boolean }> {
    throw new Error("not yet");
  }

  resume(_type: DocumentType): Promise<{ changed: boolean; recorded: boolean }> {
    throw new Error("not yet");
  }

  shops(): Promise<ShopsAnswer> {
    throw new Error("not yet");
  }

  /** Forgets the shop's block and its account's refused login: its documents are scanned and a login tried at once. */
  unblock(_shop: string): Promise<UnblockAnswer> {
    throw new Error("not yet");
  }

  /** What a day came to. `day` is yyyy-MM-dd by SQL Server's clock; today when left out. */
  report(_options?: { day?: string; by?: "shop" | "type" }): Promise<Report> {
    throw new Error("not yet");
  }

  /** What operators did last, newest first. */
  actions(_limit: number): Promise<OperatorAction[]> {
    throw new Error("not yet");
  }
}
