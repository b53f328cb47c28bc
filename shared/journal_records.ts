// What the journal records, as MongoDB writes (design, section 6). Pure; shared/journal.ts writes them.
import type { AnyBulkWriteOperation } from "mongodb";
import type { DocumentType, RowKey } from "./document.ts";

export type TaskStatus = "PENDING" | "RETRYING" | "SUCCESS" | "FAILED" | "RETURNED";

/** Something that happened to a document in flight. */
export interface TaskRecord {
  kind: "task";
  /** Entry id: unique within its queue. Entries of two streams can have the same id, so the queue is part of the key. */
  taskId: string;
  queue: string;
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  status: TaskStatus;
  atMs: number;
  event: string;
  detail?: string;
  deliveries?: number;
  nationalCode?: string | null;
  error?: string;
}

/** A document that is not sent any more: a dead letter, or one that broke a rule on our side. */
export interface FailureRecord {
  kind: "failure";
  taskId: string;
  queue: string;
  type: DocumentType;
  key: RowKey;
  code: string;
  shop: string;
  /** The whole body, or the row as it was read. */
  payload: string;
  error: { kind: string; status: number | null; message: string; stack?: string };
  deliveries: number;
  atMs: number;
}

export type JournalRecord = TaskRecord | FailureRecord;

/** A document of task_logs. */
export interface TaskLog {
  queue: string;
  task_id: string;
  business_id: string;
  document_type: DocumentType;
  row_key: RowKey;
  shop: string;
  status: TaskStatus;
  deliveries?: number;
  national_id?: string | null;
  error?: string;
  created_at: Date;
  updated_at: Date;
  finished_at?: Date;
  events: TaskEvent[];
}
export interface TaskEvent {
  at: Date;
  event: string;
  detail?: string;
}

/** A document of sync_failures. */
export interface SyncFailure {
  queue: string;
  task_id: string;
  business_id: string;
  document_type: DocumentType;
  row_key: RowKey;
  shop: string;
  payload: string;
  error: FailureRecord["error"];
  deliveries: number;
  failed_at: Date;
}

/**
 * So long a document may be in flight before the scheduler tells the journal that it waits, ms (shared/enqueued_records.ts): longer than the
 * queue before a worker in full flow, which holds some 4 s of work (shared/fair.ts).
 */
export const pendingAfterMs = 5_000;

/**
 * How a record is written first. One that begins a task is inserted, which costs MongoDB and its driver half of what an upsert does: the
 * scheduler's, and a worker's of the first delivery of a document that did not wait. Where the other was faster, MongoDB refuses the
 * insert (11000), and `taskRewrite` writes it.
 */
export function taskWrite(record: TaskRecord): AnyBulkWriteOperation<TaskLog> {
  const isFirst = record.status === "PENDING" ||
    (record.deliveries === 1 && record.atMs - enqueuedAtMs(record) < pendingAfterMs);
  if (!isFirst) return taskRewrite(record);
  const { identity, first, state, event } = partsOf(record);
  const events = record.status === "PENDING" ? [event] : [enqueuedEvent(record), event];
  return { insertOne: { document: { ...identity, ...first, ...state, events } } };
}

/** task_logs: one document per delivery of a row. Of a task that a worker has written of, PENDING adds only when it was enqueued. */
export function taskRewrite(record: TaskRecord): AnyBulkWriteOperation<TaskLog> {
  const { identity, first, state, event } = partsOf(record);
  if (record.status === "PENDING") {
    const filter = { ...identity, "events.event": { $ne: event.event } };
    return { updateOne: { filter, update: { $push: { events: event } } } };
  }
  const update = { $setOnInsert: first, $set: state, $push: { events: event } };
  return { updateOne: { filter: identity, update, upsert: true } };
}

/** An entry's id begins with the time at which it was added, ms (Redis' clock). */
function enqueuedAtMs({ taskId, atMs }: TaskRecord): number {
  const ms = Number(taskId.split("-")[0]);
  return Number.isSafeInteger(ms) ? ms : atMs;
}

/** What the scheduler writes of an entry; a worker that writes first writes it as well. */
function enqueuedEvent(record: TaskRecord): TaskEvent {
  return { at: new Date(enqueuedAtMs(record)), event: "enqueued" };
}

type TaskState = Pick<TaskLog, "status" | "updated_at"> & Partial<TaskLog>;

function partsOf(record: TaskRecord) {
  const at = new Date(record.atMs);
  const state: TaskState = { status: record.status, updated_at: at };
  if (record.deliveries !== undefined) state.deliveries = record.deliveries;
  if (record.nationalCode !== undefined) state.national_id = record.nationalCode;
  if (record.error !== undefined) state.error = record.error;
  if (isFinal(record.status)) state.finished_at = at;
  const event: TaskEvent = { at, event: record.event };
  if (record.detail !== undefined) event.detail = record.detail;
  return {
    identity: { queue: record.queue, task_id: record.taskId },
    first: {
      business_id: record.code,
      document_type: record.type,
      row_key: record.key,
      shop: record.shop,
      created_at: new Date(enqueuedAtMs(record)),
    },
    state,
    event,
  };
}

/** sync_failures: one for each dead letter or refused document. */
export function failureUpsert(record: FailureRecord): AnyBulkWriteOperation<SyncFailure> {
  const update = {
    $set: {
      business_id: record.code,
      document_type: record.type,
      row_key: record.key,
      shop: record.shop,
      payload: record.payload,
      error: record.error,
      deliveries: record.deliveries,
      failed_at: new Date(record.atMs),
    },
  };
  return { updateOne: { filter: { queue: record.queue, task_id: record.taskId }, update, upsert: true } };
}

function isFinal(status: TaskStatus): boolean {
  return status === "SUCCESS" || status === "FAILED" || status === "RETURNED";
}
