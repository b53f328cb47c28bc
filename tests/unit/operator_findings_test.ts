// What stands out in a status: the first thing that is read at night.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import { findingsOf } from "../../shared/operator/findings.ts";
import type { Status, TypeStatus, WorkerStatus } from "../../shared/operator/types.ts";

const atMs = Date.UTC(2026, 10, 22, 3);

const worker: WorkerStatus = {
  name: "w1",
  alive: true,
  startedAtMs: atMs - 3_600_000,
  lastBeatAtMs: atMs - 500,
  turnedAtMs: atMs - 500,
  lastResultAtMs: atMs - 1_000,
  breaker: "closed",
  probeAtMs: null,
  waiting: 0,
  calling: 0,
  writing: 0,
  entryVersion: 1,
};

function typeStatus(type: TypeStatus["type"], changes: Partial<TypeStatus> = {}): TypeStatus {
  return {
    type,
    pending: { count: 0, more: false },
    inStream: 0,
    waiting: 0,
    inCall: 0,
    writing: 0,
    dueLater: 0,
    nextDueAtMs: null,
    newer: 0,
    newerVersion: null,
    fresh: 0,
    dead: 0,
    ratePerMinute: 0,
    oldestWaitingMs: null,
    paused: null,
    workers: [worker],
    lastScan: {
      atMs: atMs - 2_000,
      by: "s1",
      found: 0,
      enqueued: 0,
      invalid: 0,
      more: false,
      ms: 5,
      error: null,
    },
    ...changes,
  };
}

function status(
  changes: Partial<TypeStatus> = {},
  whole: Partial<Omit<Status, "types">> = {},
): Omit<Status, "findings"> {
  const types = documentTypes.map((type) => typeStatus(type, type === "hoa_don" ? changes : {}));
  return { atMs, types, blockedShops: [], leader: "s1", troubles: [], ...whole };
}

const names = (given: Omit<Status, "findings">) =>
  findingsOf(given).map(({ severity, name }) => `${severity} ${name}`);

Deno.test("a system at rest has nothing that stands out", () => {
  assertEquals(names(status()), []);
});

const cases: [string, Omit<Status, "findings">, string[]][] = [
  ["a paused type", status({ paused: { by: "an@pc", atMs } }), ["warning paused"]],
  ["entries too new for every worker", status({ newer: 3, newerVersion: 2 }), ["error entries_newer"]],
  [
    "entries too new for one worker of two",
    status({ newer: 3, newerVersion: 2, workers: [worker, { ...worker, name: "w2", entryVersion: 2 }] }),
    ["note entries_newer"],
  ],
  [
    "entries that a newer worker is about to take",
    status({ newer: 3, newerVersion: 2, workers: [{ ...worker, entryVersion: 2 }] }),
    [],
  ],
  ["no worker while documents wait", status({ workers: [], inStream: 3 }), ["error no_worker"]],
  ["no worker and nothing to do", status({ workers: [] }), ["warning no_worker"]],
  ["a killed worker beside a living one", status({ workers: [worker, { ...worker, alive: false }] }), [
    "note worker_silent",
  ]],
  [
    "an open breaker",
    status({ workers: [{ ...worker, breaker: "open", probeAtMs: atMs + 30_000 }] }),
    ["error breaker_open"],
  ],
  [
    "a worker alive whose loop does not turn",
    status({ workers: [{ ...worker, turnedAtMs: atMs - 120_000 }] }),
    ["error worker_stuck"],
  ],
  ["dead letters", status({ dead: 4 }), ["note dead_letters"]],
  [
    "documents that wait while nothing is done",
    status({ oldestWaitingMs: 600_000, dead: 1 }),
    ["warning stalled", "note dead_letters"],
  ],
  ["no scheduler", status({}, { leader: null }), ["error no_scheduler"]],
  [
    "a scan that fails",
    status({ lastScan: { ...typeStatus("hoa_don").lastScan!, error: "Login failed" } }),
    ["error scan_failing"],
  ],
  ["a scan long ago", status({ lastScan: { ...typeStatus("hoa_don").lastScan!, atMs: atMs - 200_000 } }), [
    "warning scan_late",
  ]],
  [
    "a blocked shop",
    status({}, { blockedShops: [{ shop: "NT004", untilMs: atMs + 60_000, why: "sai mật khẩu" }] }),
    ["warning shop_blocked"],
  ],
  [
    "services away, worst first, and nothing is guessed from what they did not say",
    status({ pending: null, inStream: null, workers: [], lastScan: null }, {
      leader: null,
      troubles: [{ service: "mongodb", message: "x" }, { service: "redis", message: "y" }],
    }),
    ["error redis_away", "warning mongodb_away"],
  ],
];

for (const [what, given, expected] of cases) {
  Deno.test(`a status points at: ${what}`, () => assertEquals(names(given), expected));
}

Deno.test("a finding about a blocked shop names the shop, the reason, and the command that helps", () => {
  const [finding] = findingsOf(
    status({}, { blockedShops: [{ shop: "NT004", untilMs: atMs + 60_000, why: "sai mật khẩu" }] }),
  );
  for (const words of [finding?.vi ?? "", finding?.en ?? ""]) {
    assertStringIncludes(words, "sai mật khẩu");
    assertStringIncludes(words, "hermes shops unblock NT004");
  }
});
