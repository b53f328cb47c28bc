// The one sentence about a document: what is the matter and what to do, for every state that a document can be in.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { FlightFacts, RowFacts, VerdictName } from "../../shared/operator/types.ts";
import { type VerdictFacts, verdictOf } from "../../shared/operator/verdict.ts";

const nowMs = Date.UTC(2026, 10, 22, 3);

const row: RowFacts = {
  key: "7",
  code: "HD7",
  shop: "NT001",
  status: "PENDING_SYNC",
  nationalCode: null,
  message: null,
  lines: 2,
  createdAtMs: nowMs - 60_000,
  updatedAtMs: nowMs - 60_000,
};
const flight: FlightFacts = {
  entryId: `${nowMs - 50_000}-0`,
  enqueuedAtMs: nowMs - 50_000,
  state: "fresh",
  deliveries: 0,
  worker: null,
  workerAlive: false,
  dueAtMs: null,
  receipt: null,
};
const postponed: FlightFacts = {
  ...flight,
  state: "later",
  deliveries: 2,
  worker: "w1",
  workerAlive: true,
  dueAtMs: nowMs + 90_000,
};
const quiet: VerdictFacts = {
  type: "hoa_don",
  key: "7",
  code: "HD7",
  shop: "NT001",
  row,
  flight: null,
  deadLetters: [],
  lastFailure: null,
  blocked: null,
  paused: null,
  workersAlive: 1,
  breakerOpen: null,
  nextDeliveryAtMs: null,
  leader: "s1",
  lastScan: { atMs: nowMs, by: "s1", found: 0, enqueued: 0, invalid: 0, more: false, ms: 5, error: null },
  nowMs,
  sourceAway: false,
  redisAway: false,
};
const refused = "Dược Quốc gia từ chối (400): Mã thuốc DQG1 không tồn tại trong danh mục";
const usedUp = "Gửi 5 lần không thành công (500): Lỗi. Kiểm tra rồi đồng bộ lại.";

/** What differs from a document that wants syncing in a system at rest, the verdict, and words that its sentence has to say. */
const cases: [string, Partial<VerdictFacts>, VerdictName, string[]][] = [
  ["synced", { row: { ...row, status: "SYNC_SUCCESS", nationalCode: "HD_QG_1" } }, "synced", ["HD_QG_1"]],
  ["refused", { row: { ...row, status: "SYNC_FAILED", message: refused } }, "refused", [
    "DQG1",
    "hermes retry HD7",
  ]],
  [
    "failed five times",
    { row: { ...row, status: "SYNC_FAILED", message: usedUp } },
    "deliveries_used_up",
    ["Lỗi"],
  ],
  [
    "broke a rule",
    {
      row: {
        ...row,
        status: "SYNC_FAILED",
        message: "Chứng từ chưa hợp lệ, chưa gửi: Ghi chú: bắt buộc, đang trống",
      },
    },
    "invalid",
    ["Ghi chú"],
  ],
  ["another status", { row: { ...row, status: "DRAFT" } }, "other_status", ["DRAFT"]],
  ["no row", { row: null }, "row_gone", []],
  [
    "shop blocked",
    { blocked: { shop: "NT001", untilMs: nowMs + 600_000, why: "sai mật khẩu" } },
    "shop_blocked",
    ["sai mật khẩu", "hermes shops unblock NT001"],
  ],
  ["no scheduler", { leader: null }, "no_scheduler", []],
  [
    "scan fails",
    { lastScan: { ...quiet.lastScan!, error: "Login failed" } },
    "not_scanned",
    ["Login failed"],
  ],
  ["no lines yet", { row: { ...row, lines: 0 } }, "waiting_for_lines", ["10"]],
  ["paused, not in Redis", { paused: { by: "an@pc", atMs: nowMs } }, "paused", [
    "an@pc",
    "hermes resume hoa_don",
  ]],
  ["waits for the scan", {}, "not_scanned", ["hermes scan"]],
  ["in the stream", { flight }, "queued", []],
  ["in the stream, paused", { flight, paused: { by: "", atMs: null } }, "paused", ["hermes resume hoa_don"]],
  ["in the stream, no worker", { flight, workersAlive: 0 }, "queued_no_worker", ["worker:hoa_don"]],
  [
    "due, no worker",
    { flight: { ...postponed, state: "due" }, workersAlive: 0 },
    "due_no_worker",
    ["worker:hoa_don"],
  ],
  ["in hand", { flight: { ...postponed, state: "held" } }, "in_hand", ["w1"]],
  [
    "retried later",
    {
      flight: postponed,
      lastFailure: { kind: "retrying", status: 500, message: "Lỗi hệ thống", deliveries: 2, atMs: nowMs },
    },
    "retry_later",
    ["Lỗi hệ thống", "1", "hermes retry HD7"],
  ],
  ["partner away", { flight: postponed, breakerOpen: { probeAtMs: nowMs + 5_000 } }, "breaker_open", []],
  [
    "accepted, not written",
    { flight: { ...postponed, receipt: { nationalCode: "X", message: "" } } },
    "written_soon",
    [],
  ],
  ["entry of a newer version", { flight: { ...postponed, worker: "newer:2" } }, "needs_newer_worker", [
    "worker",
  ]],
  ["entry deleted by hand", { flight: { ...flight, state: "lost" } }, "lost_entry", ["5"]],
  ["SQL Server away", { row: null, sourceAway: true }, "unknown", ["SQL Server"]],
  ["Redis away", { redisAway: true }, "unknown", ["Redis"]],
];

for (const [what, facts, name, words] of cases) {
  Deno.test(`the verdict on a document tells: ${what}`, () => {
    const verdict = verdictOf({ ...quiet, ...facts });
    assertEquals(verdict.name, name);
    for (const word of words) {
      assertStringIncludes(verdict.vi, word);
      assertStringIncludes(verdict.en, word);
    }
    assert(verdict.vi !== verdict.en && verdict.vi.endsWith(".") && verdict.en.endsWith("."));
  });
}

Deno.test("an outage of the partner is no error of the document: nobody is told to do anything", () => {
  const { severity, en } = verdictOf({ ...quiet, flight: postponed, breakerOpen: { probeAtMs: null } });
  assertEquals(severity, "warning");
  assertStringIncludes(en, "Nothing is to be done");
});
