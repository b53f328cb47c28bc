// Reads the journal for an operator: what happened to one document, a day's latencies, failures while SQL Server is away, and what operators did.
import type { Collection, Db } from "mongodb";
import type { DocumentType } from "../document.ts";
import type { SyncFailure, TaskLog } from "../journal_records.ts";
import { readMinuteStats, type StatsRow } from "../minute_stats.ts";
import type { Failure } from "./types.ts";

/** Records of one code that are looked at, newest first. */
const recordsOfCodeMax = 200;

export type TaskRecordRead = Pick<
  TaskLog,
  | "task_id"
  | "document_type"
  | "row_key"
  | "shop"
  | "status"
  | "deliveries"
  | "national_id"
  | "error"
  | "created_at"
  | "updated_at"
  | "finished_at"
  | "events"
>;

export type FailureRecordRead = Pick<
  SyncFailure,
  "task_id" | "document_type" | "row_key" | "shop" | "payload" | "error" | "deliveries" | "failed_at"
>;

/** Methods throw the driver's error when MongoDB cannot be reached. */
export class JournalReader {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Oldest first; an index on `business_id` serves it. */
  async tasksOf(code: string): Promise<TaskRecordRead[]> {
    const found = await this.#tasks().find({ business_id: code }).sort({ created_at: -1 })
      .limit(recordsOfCodeMax).toArray();
    return found.reverse();
  }

  /** Oldest first. */
  async failuresOf(code: string): Promise<FailureRecordRead[]> {
    const found = await this.#failures().find({ business_id: code })
      .sort({ failed_at: -1 }).limit(recordsOfCodeMax).toArray();
    return found.reverse();
  }

  /** The last failure of each row since then, newest first, at most `limit` records. */
  async failuresSince(sinceMs: number, filter: { type?: DocumentType; limit: number }): Promise<Failure[]> {
    const of = filter.type === undefined ? {} : { document_type: filter.type };
    const cursor = this.#failures()
      .find({ failed_at: { $gte: new Date(sinceMs) }, ...of }, { projection: { payload: 0 } })
      .sort({ failed_at: -1 }).limit(filter.limit);
    const newest = new Map<string, Failure>();
    for await (const record of cursor) {
      const id = `${record.document_type} ${record.row_key}`;
      if (!newest.has(id)) newest.set(id, failureOf(record));
    }
    return [...newest.values()];
  }

  /** What became of documents between two moments, by shop and type. */
  stats(fromMs: number, untilMs: number): Promise<StatsRow[]> {
    const stepMs = untilMs - fromMs;
    return readMinuteStats(this.#db, { from: new Date(fromMs), to: new Date(untilMs), stepMs });
  }

  #tasks(): Collection<TaskLog> {
    return this.#db.collection("task_logs");
  }

  #failures(): Collection<SyncFailure> {
    return this.#db.collection("sync_failures");
  }
}

/** As the row's message would have it (shared/scan.ts, workers/outcomes.ts), so that both are grouped alike. */
function failureOf(record: SyncFailure): Failure {
  const { kind, status, message } = record.error;
  const inBrackets = status === null ? "" : ` (${status})`;
  const words: Record<string, string> = {
    invalid: `Chứng từ chưa hợp lệ, chưa gửi: ${message}`,
    refused: `Dược Quốc gia từ chối${inBrackets}: ${message}`,
    deliveries_used_up:
      `Gửi ${record.deliveries} lần không thành công${inBrackets}: ${message}. Kiểm tra rồi đồng bộ lại.`,
  };
  return {
    type: record.document_type,
    key: record.row_key,
    code: record.business_id,
    shop: record.shop,
    message: words[kind] ?? message,
    atMs: record.failed_at.getTime(),
  };
}
