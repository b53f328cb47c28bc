// What the journal records, as writes for MongoDB: the fields of the design, and that late news never overwrites what is final.
import { assert, assertEquals } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import {
  type FailureRecord,
  failureUpsert,
  pendingAfterMs,
  type TaskRecord,
  taskRewrite,
  type TaskStatus,
  taskWrite,
} from "../../shared/journal_records.ts";

const atMs = Date.UTC(2026, 10, 22, 3);
const at = new Date(atMs);
/** Entries' ids begin with the time at which they were added. */
const taskId = `${atMs - 400}-0`;
const enqueuedAt = new Date(atMs - 400);

function task(status: TaskStatus, more: Partial<TaskRecord> = {}) {
  const base = { kind: "task" as const, taskId, queue: "q", type: "hoa_don" as const, key: "7" };
  const operation = taskRewrite({ ...base, code: "HD7", shop: "S1", status, atMs, event: "e", ...more });
  assert("updateOne" in operation);
  const { filter, update, upsert } = operation.updateOne;
  assert(!Array.isArray(update));
  return { filter, upsert, update };
}

const identity = {
  business_id: "HD7",
  document_type: "hoa_don" as const,
  row_key: "7",
  shop: "S1",
  created_at: enqueuedAt,
};

Deno.test("a task is found by its queue and entry, and made where it is missing", () => {
  const { filter, upsert, update } = task("SUCCESS", { deliveries: 2, nationalCode: "HD_QG_1" });
  assertEquals([filter, upsert], [{ queue: "q", task_id: taskId }, true]);
  assertEquals(update, {
    $setOnInsert: identity,
    $set: { status: "SUCCESS", updated_at: at, deliveries: 2, national_id: "HD_QG_1", finished_at: at },
    $push: { events: { at, event: "e" } },
  });
});

Deno.test("where a worker was faster, PENDING adds only when the document was enqueued, once", () => {
  const { filter, update, upsert } = task("PENDING", { deliveries: 0, event: "enqueued" });
  assertEquals(filter, { queue: "q", task_id: taskId, "events.event": { $ne: "enqueued" } });
  assertEquals([update, upsert], [{ $push: { events: { at, event: "enqueued" } } }, undefined]);
});

const record = {
  kind: "task",
  taskId,
  queue: "q",
  type: "hoa_don",
  key: "7",
  code: "HD7",
  shop: "S1",
  atMs,
} as const;
const whole = { queue: "q", task_id: taskId, ...identity, updated_at: at };

Deno.test("the scheduler's record of a task is inserted whole", () => {
  assertEquals(taskWrite({ ...record, status: "PENDING", event: "enqueued", deliveries: 0 }), {
    insertOne: {
      document: { ...whole, status: "PENDING", deliveries: 0, events: [{ at, event: "enqueued" }] },
    },
  });
});

Deno.test("a worker that is faster than the scheduler's record inserts the whole task, with when it was enqueued", () => {
  const enqueued = { at: enqueuedAt, event: "enqueued" };
  assertEquals(taskWrite({ ...record, status: "SUCCESS", event: "accepted", deliveries: 1 }), {
    insertOne: {
      document: {
        ...whole,
        status: "SUCCESS",
        deliveries: 1,
        finished_at: at,
        events: [enqueued, { at, event: "accepted" }],
      },
    },
  });
});

Deno.test("what was delivered before, or waited, has a record by now, which is changed", () => {
  const again: TaskRecord = { ...record, status: "SUCCESS", event: "accepted", deliveries: 2 };
  assertEquals(taskWrite(again), taskRewrite(again));
  const late: TaskRecord = { ...again, deliveries: 1, atMs: atMs - 400 + pendingAfterMs };
  assertEquals(taskWrite(late), taskRewrite(late));
});

Deno.test("a final status says when it came, the others do not", () => {
  for (const status of ["SUCCESS", "FAILED", "RETURNED"] as const) {
    assertEquals(task(status).update.$set?.finished_at, at, status);
  }
  assert(!("finished_at" in task("RETRYING").update.$set!));
});

Deno.test("a record says only what it knows: no field is set to nothing", () => {
  const { update } = task("RETRYING");
  assertEquals(update.$set, { status: "RETRYING", updated_at: at });
  assertEquals(task("SUCCESS", { nationalCode: null }).update.$set?.national_id, null);
  assertEquals(task("FAILED", { error: "sai" }).update.$set?.error, "sai");
  assertEquals(task("FAILED", { detail: "again" }).update.$push, {
    events: { at, event: "e", detail: "again" },
  });
});

Deno.test("no field is set twice in one update, which MongoDB would refuse", () => {
  for (const status of ["PENDING", "RETRYING", "SUCCESS", "FAILED", "RETURNED"] as const) {
    const { filter, update } = task(status, { deliveries: 1, nationalCode: "x", error: "e" });
    const names = [filter, update.$set, update.$setOnInsert, update.$push].flatMap((part) =>
      Object.keys(part ?? {})
    );
    assertEquals(new Set(names).size, names.length, status);
  }
});

Deno.test("a failure keeps the whole payload and the partner's words, once for each dead letter", () => {
  for (const type of documentTypes) {
    const error: FailureRecord["error"] = { kind: "refused", status: 400, message: "Sai mã cơ sở" };
    const payload = '{"ma_phieu":"PN7","ten_thuoc":"Thuốc ho"}';
    const base = {
      kind: "failure" as const,
      taskId: "5-0",
      queue: "q",
      type,
      key: "7",
      code: "PN7",
      shop: "S1",
    };
    assertEquals(failureUpsert({ ...base, payload, error, deliveries: 5, atMs }), {
      updateOne: {
        filter: { queue: "q", task_id: "5-0" },
        update: {
          $set: {
            business_id: "PN7",
            document_type: type,
            row_key: "7",
            shop: "S1",
            payload,
            error,
            deliveries: 5,
            failed_at: at,
          },
        },
        upsert: true,
      },
    });
  }
});
