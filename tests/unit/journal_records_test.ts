// What the journal records, as upserts for MongoDB: the fields of the design, and that late news never overwrites what is final.
import { assert, assertEquals } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import {
  type FailureRecord,
  failureUpsert,
  type TaskRecord,
  type TaskStatus,
  taskUpsert,
  taskWrite,
} from "../../shared/journal_records.ts";

const atMs = Date.UTC(2026, 10, 22, 3);
const at = new Date(atMs);

function task(status: TaskStatus, more: Partial<TaskRecord> = {}) {
  const base = { kind: "task" as const, taskId: "5-0", queue: "q", type: "hoa_don" as const, key: "7" };
  const operation = taskUpsert({ ...base, code: "HD7", shop: "S1", status, atMs, event: "e", ...more });
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
  created_at: at,
};

Deno.test("a task is found by its queue and entry, and made where it is missing", () => {
  const { filter, upsert, update } = task("SUCCESS", { deliveries: 2, nationalCode: "HD_QG_1" });
  assertEquals([filter, upsert], [{ queue: "q", task_id: "5-0" }, true]);
  assertEquals(update, {
    $setOnInsert: identity,
    $set: { status: "SUCCESS", updated_at: at, deliveries: 2, national_id: "HD_QG_1", finished_at: at },
    $push: { events: { at, event: "e" } },
  });
});

Deno.test("PENDING sets its state only where there is no record yet: the worker may have been faster", () => {
  const { update } = task("PENDING", { deliveries: 0 });
  assertEquals(update, {
    $setOnInsert: { ...identity, status: "PENDING", updated_at: at, deliveries: 0 },
    $push: { events: { at, event: "e" } },
  });
});

Deno.test("the record that begins a task is inserted whole, and only that one", () => {
  const record = {
    kind: "task",
    taskId: "5-0",
    queue: "q",
    type: "hoa_don",
    key: "7",
    code: "HD7",
    shop: "S1",
    atMs,
  } as const;
  const document = {
    queue: "q",
    task_id: "5-0",
    ...identity,
    status: "PENDING" as const,
    updated_at: at,
    deliveries: 0,
  };
  assertEquals(taskWrite({ ...record, status: "PENDING", event: "e", deliveries: 0 }), {
    insertOne: { document: { ...document, events: [{ at, event: "e" }] } },
  });
  const success: TaskRecord = { ...record, status: "SUCCESS", event: "e" };
  assertEquals(taskWrite(success), taskUpsert(success));
});

Deno.test("a final status says when it came, the others do not", () => {
  for (const status of ["SUCCESS", "FAILED", "RETURNED"] as const) {
    assertEquals(task(status).update.$set?.finished_at, at, status);
  }
  assert(!("finished_at" in task("RETRYING").update.$set!));
  assert(!("finished_at" in task("PENDING").update.$setOnInsert!));
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
