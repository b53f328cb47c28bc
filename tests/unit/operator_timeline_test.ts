// A document's story in order, from the row, the journal, the dead letters and the entry.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { span } from "../../shared/operator/spans.ts";
import { type TimelineFacts, timelineOf } from "../../shared/operator/timeline.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 3, 0, second));
const nowMs = at(60).getTime();
const none: TimelineFacts = { row: null, flight: null, deadLetters: [], tasks: [], failures: [], nowMs };
const ids = { document_type: "hoa_don", row_key: "7", shop: "NT001" } as const;

const buried: TimelineFacts = {
  ...none,
  row: {
    key: "7",
    code: "HD7",
    shop: "NT001",
    status: "SYNC_FAILED",
    nationalCode: null,
    message: "Gửi 2 lần",
    lines: 1,
    createdAtMs: at(0).getTime(),
    updatedAtMs: at(9).getTime(),
  },
  tasks: [{
    ...ids,
    task_id: "1-0",
    status: "FAILED",
    created_at: at(1),
    updated_at: at(8),
    error: "Lỗi hệ thống",
    events: [
      { at: at(1), event: "enqueued" },
      { at: at(3), event: "retry", detail: "again in 2000 ms" },
      { at: at(8), event: "buried", detail: "deliveries_used_up" },
    ],
  }],
  failures: [{
    ...ids,
    task_id: "1-0",
    payload: "{}",
    error: { kind: "deliveries_used_up", status: 500, message: "Lỗi hệ thống" },
    deliveries: 2,
    failed_at: at(8),
  }],
  deadLetters: [{
    id: "9-0",
    type: "hoa_don",
    key: "7",
    code: "HD7",
    shop: "NT001",
    entryId: "1-0",
    reason: "deliveries_used_up",
    detail: "Lỗi hệ thống",
    deliveries: 2,
    firstScannedAtMs: null,
    diedAtMs: at(10).getTime(),
  }],
};

Deno.test("the story of a document that was retried and buried is told once, in order, with the partner's words", () => {
  const events = timelineOf(buried);
  assertEquals(events.map(({ event }) => event), [
    "row_created",
    "enqueued",
    "retry",
    "failed",
    "row_changed",
    "dead_letter",
  ]);
  assertEquals(events.filter(({ detail }) => detail?.includes("Lỗi hệ thống")).length, 1);
});

Deno.test("what is still to come stands last: the next delivery of a postponed entry, told without a journal", () => {
  const events = timelineOf({
    ...none,
    flight: {
      entryId: `${at(5).getTime()}-0`,
      enqueuedAtMs: at(5).getTime(),
      state: "later",
      deliveries: 2,
      worker: "w1",
      workerAlive: true,
      dueAtMs: nowMs + 90_000,
      receipt: null,
    },
  });
  assertEquals(events.map(({ event }) => event), ["enqueued", "next_delivery"]);
  assertStringIncludes(events[1]?.en ?? "", "1 min 30 s");
  assertStringIncludes(events[1]?.vi ?? "", "1 phút 30 giây");
});

Deno.test("a span is told in its largest unit, with the next one below ten", () => {
  const cases: [number, string][] = [
    [-5, "0 s"],
    [400, "0 s"],
    [59_600, "1 min"],
    [95_000, "1 min 35 s"],
    [45 * 60_000, "45 min"],
    [7_500_000, "2 h 5 min"],
    [90_000_000, "1 d 1 h"],
  ];
  for (const [ms, words] of cases) assertEquals(span(ms).en, words);
});
