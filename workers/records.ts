// What the worker tells the journal about a decision. Pure; workers/worker.ts hands it on with the result.
import type { Claim, DocumentType } from "../shared/document.ts";
import type { FailureRecord, TaskRecord, TaskStatus } from "../shared/journal_records.ts";

export interface RecordContext {
  type: DocumentType;
  queue: string;
  nowMs: number;
}

/** What happened to a claim, for task_logs. */
export function taskRecord(
  claim: Claim,
  context: RecordContext,
  what: { status: TaskStatus; event: string; detail?: string; nationalCode?: string | null; error?: string },
): TaskRecord {
  const { id, key, code, shop } = claim.entry;
  const base = {
    kind: "task" as const,
    taskId: id,
    queue: context.queue,
    type: context.type,
    key,
    code,
    shop,
  };
  return { ...base, deliveries: claim.deliveries, atMs: context.nowMs, ...what };
}

/** A document that is not sent any more, for sync_failures. */
export function failureRecord(
  claim: Claim,
  context: RecordContext,
  error: FailureRecord["error"],
): FailureRecord {
  const { id, key, code, shop, body } = claim.entry;
  const base = {
    kind: "failure" as const,
    taskId: id,
    queue: context.queue,
    type: context.type,
    key,
    code,
    shop,
  };
  return { ...base, payload: body, error, deliveries: claim.deliveries, atMs: context.nowMs };
}
