// The worker's order of steps, with a stream that hands out what a test gives it: receipt before write-back, what is sent and what
// is not, and what waits for the breaker.
import { assert, assertEquals } from "@std/assert";
import type { Outcome } from "../../shared/answers.ts";
import type { Claim, RowResult } from "../../shared/document.ts";
import type { DocumentCall } from "../../shared/partner.ts";
import type { Burial, StreamDelivery } from "../../shared/stream.ts";
import type { Authorization } from "../../shared/sessions.ts";
import { Worker } from "../../workers/worker.ts";
import { HandClock } from "../support/clock.ts";
import { claimOf } from "../support/documents.ts";
import { RecordingLog } from "../support/recording_log.ts";

const accepted: Outcome = { kind: "accepted", nationalCode: "PN_QG_1", message: "Thành công" };
const trouble: Outcome = { kind: "trouble", status: 502, message: "Bad Gateway" };

/** Writes down what is done to the stream; `claims` is what it hands out, one take after the other. */
function streamOf(steps: string[], lost: Set<string>) {
  const claims: Claim[] = [];
  const newer: number[] = [];
  const keysOf = (entries: { key: string }[]) => entries.map(({ key }) => key).join(" ");
  const done = (step: string): Promise<void> => Promise.resolve(void steps.push(step));
  const stream: StreamDelivery = {
    take: ({ due, fresh }) => {
      const taken = claims.splice(0, Math.max(due, fresh));
      return Promise.resolve({
        paused: false,
        lastDeliveredId: "0-0",
        claims: taken,
        unreadable: [],
        newer: newer.shift() ?? 0,
      });
    },
    renew: (held) => Promise.resolve(held.map(({ key }) => !lost.has(key))),
    recordReceipts: (receipts) => done(`receipt ${keysOf(receipts)}`),
    settle: (entries) => done(`settle ${keysOf(entries)}`),
    bury: (burials: Burial[]) => done(`bury ${burials.map(({ entry, reason }) => `${entry.key} ${reason}`)}`),
    postpone: (entries) =>
      done(
        `postpone ${entries.map(({ id, delayMs, deliveries }) => `${keyOf(id)} ${delayMs} ${deliveries}`)}`,
      ),
    giveBack: (entries) => done(`give back ${keysOf(entries)}`),
    ensureGroup: () => Promise.resolve(false),
    removeConsumers: () => Promise.resolve([]),
  };
  return { stream, claims, newer };
}

/** The key of an entry of claimOf(). */
function keyOf(id: string): string {
  return id.split("-")[1] ?? "";
}

/** A worker with two slots whose partner answers by the document's key, `accepted` unless said otherwise. */
function bundle() {
  const steps: string[] = [];
  const lost = new Set<string>();
  const answers = new Map<string, Outcome>();
  const statuses = new Map<string, string>();
  const hangs = new Set<string>();
  const login = { says: null as Authorization | null, freezesMs: 0 };
  const { stream, claims, newer } = streamOf(steps, lost);
  const [clock, log] = [new HandClock(), new RecordingLog()];
  const token: Authorization = { kind: "authorized", header: "bearer t", account: "hermes", token: "t" };
  const send = ({ method, body }: DocumentCall) => {
    const key = String(JSON.parse(body).ma_phieu).slice(2);
    steps.push(`${method} ${key}`);
    return hangs.has(key) ? new Promise<Outcome>(() => {}) : Promise.resolve(answers.get(key) ?? accepted);
  };
  const worker = new Worker({
    type: "phieu_nhap",
    queue: "q",
    stream,
    waiter: { wait: (_after, ms, signal) => clock.sleep(ms, signal) },
    source: {
      writeResults: (_type: string, rows: RowResult[]) =>
        Promise.resolve(steps.push(`update ${rows.map(({ key, status }) => `${key} ${status}`)}`)),
      readStatuses: (_type: string, keys: string[]) =>
        Promise.resolve(new Map(keys.map((key) => [key, statuses.get(key) ?? "PENDING_SYNC"]))),
    },
    partner: { send },
    sessions: {
      authorize: () => {
        clock.jump(login.freezesMs);
        return Promise.resolve(login.says ?? token);
      },
      expire: () => Promise.resolve(),
      refuse: () => Promise.resolve(token),
    },
    blockedShops: { block: (shop) => Promise.resolve(void steps.push(`block ${shop}`)) },
    journal: { write: () => Promise.resolve() },
    ...{ log, clock, random: () => 0, replaces: true },
    limits: { concurrency: 2, deliveriesMax: 3, leaseMs: 5_000 },
  });
  return { steps, lost, answers, hangs, statuses, login, claims, newer, clock, log, worker };
}

/** Runs a worker for so long, then stops it; what it does at its end is among the steps. */
async function run({ worker, clock }: ReturnType<typeof bundle>, forMs: number): Promise<void> {
  const stop = new AbortController();
  const running = worker.run(stop.signal);
  await clock.advance(forMs);
  stop.abort();
  await clock.advance(1_000);
  await running;
}

Deno.test("an accepted document: call, receipt, row, settle, in this order", async () => {
  const made = bundle();
  made.claims.push(claimOf("1"));
  await run(made, 100);
  assertEquals(made.steps, ["POST 1", "receipt 1", "update 1 SYNC_SUCCESS", "settle 1"]);
});

Deno.test("a refused document: its row says so before it is buried", async () => {
  const made = bundle();
  made.answers.set("1", { kind: "refused", status: 400, message: "Sai mã cơ sở" });
  made.claims.push(claimOf("1"));
  await run(made, 100);
  assertEquals(made.steps, ["POST 1", "update 1 SYNC_FAILED", "bury 1 refused"]);
});

Deno.test("a redelivered document with a receipt is not sent again", async () => {
  const made = bundle();
  made.claims.push(claimOf("1", { deliveries: 2, receipt: { nationalCode: "PN_QG_1", message: "m" } }));
  await run(made, 100);
  assertEquals(made.steps, ["update 1 SYNC_SUCCESS", "settle 1"]);
});

Deno.test("a redelivered document is sent only if its row still wants it", async () => {
  const made = bundle();
  for (const [key, status] of [["1", "SYNC_SUCCESS"], ["2", "SYNC_FAILED"], ["3", "DRAFT"]] as const) {
    made.statuses.set(key, status);
    made.claims.push(claimOf(key, { deliveries: 2 }));
  }
  await run(made, 100);
  assertEquals(made.steps.toSorted(), ["bury 2 refused", "settle 1", "settle 3"]);
});

Deno.test("a failed document is due again after the backoff, and buried after its last delivery", async () => {
  const made = bundle();
  made.answers.set("1", { ...trouble, status: 500 }).set("2", { ...trouble, status: 500 });
  made.claims.push(claimOf("1"), claimOf("2", { deliveries: 3 }));
  await run(made, 100);
  assertEquals(made.steps.slice(0, 3).toSorted(), ["POST 1", "POST 2", "postpone 1 1600 1"]);
  assertEquals(made.steps.slice(3), ["update 2 SYNC_FAILED", "bury 2 deliveries_used_up"]);
});

Deno.test("an entry that was lost while the process was frozen is not sent", async () => {
  const made = bundle();
  made.login.freezesMs = 10_000;
  made.lost.add("1");
  made.claims.push(claimOf("1"), claimOf("2"));
  await run(made, 100);
  assertEquals(made.steps, ["POST 2", "receipt 2", "update 2 SYNC_SUCCESS", "settle 2"]);
  assertEquals(made.log.of("document.lost").length, 1);
});

Deno.test("a refused login gives the document back and blocks its shop", async () => {
  const made = bundle();
  made.login.says = { kind: "login_refused", account: "hermes", message: "m", untilMs: 9 };
  made.claims.push(claimOf("1"));
  await run(made, 100);
  assertEquals(made.steps, ["block S1", "give back 1"]);
});

Deno.test("a busy partner is not asked again for the account, and nothing is counted", async () => {
  const made = bundle();
  made.answers.set("1", { kind: "busy", status: 429, retryAfterMs: 7_000, message: "m" });
  made.claims.push(claimOf("1"));
  const running = run(made, 1_100);
  await made.clock.idle();
  made.claims.push(claimOf("2"));
  await running;
  assert(made.steps.includes("postpone 1 7000 0"), made.steps.join());
  assert(!made.steps.includes("POST 2"), made.steps.join());
});

Deno.test("a row that is in hand under another entry is not sent twice at once", async () => {
  const made = bundle();
  made.claims.push(claimOf("1"), { ...claimOf("1"), entry: { ...claimOf("1").entry, id: "9-1" } });
  await run(made, 100);
  assertEquals(made.steps.filter((step) => step === "POST 1").length, 1);
  assert(made.steps.includes("postpone 1 5000 1"), made.steps.join());
});

/** Ten troubles open the breaker, and what was called beside the tenth waits for it: as sent once, for its call may have arrived. */
async function withOpenBreaker(
  made: ReturnType<typeof bundle>,
  ...behind: string[]
): Promise<AbortController> {
  const stop = new AbortController();
  const keys = ["20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30"];
  for (const key of keys) made.answers.set(key, trouble);
  made.claims.push(...[...keys, ...behind].map((key) => claimOf(key)));
  made.worker.run(stop.signal);
  await made.clock.advance(100);
  assertEquals(made.worker.state.breaker, "open");
  return stop;
}

Deno.test("what waits for the breaker is due as soon as the partner is back", async () => {
  const made = bundle();
  const stop = await withOpenBreaker(made);
  assert(made.steps.some((step) => /^postpone \d+ 5000 1$/.test(step)), made.steps.join());
  made.claims.push(claimOf("1"));
  await made.clock.advance(6_000);
  assertEquals(made.worker.state.breaker, "closed");
  assert(made.steps.some((step) => /^postpone \d+ 0 1/.test(step)), made.steps.join());
  stop.abort();
  await made.clock.advance(1_000);
});

Deno.test("what the open breaker kept from being called waits as never sent", async () => {
  const made = bundle();
  const stop = await withOpenBreaker(made, "40");
  assertEquals(made.steps.filter((step) => step.includes(" 40")), ["postpone 40 5000 0"]);
  stop.abort();
  await made.clock.advance(1_000);
});

Deno.test("a document that waited and is the probe itself is not made due while it is in hand", async () => {
  const made = bundle();
  const stop = await withOpenBreaker(made);
  const waited = made.steps.find((step) => /^postpone \d+ 5000 1$/.test(step))?.split(" ")[1] ?? "";
  made.answers.delete(waited);
  made.claims.push(claimOf(waited));
  await made.clock.advance(6_000);
  assertEquals(made.worker.state.breaker, "closed");
  const dueNow = made.steps.filter((step) =>
    step.startsWith("postpone") && ` ${step.slice(9)}`.includes(` ${waited} 0 `)
  );
  assertEquals(dueNow, [], "another worker could take it and send it a second time");
  stop.abort();
  await made.clock.advance(1_000);
});

Deno.test("at its end a worker gives up what it has not sent, uncounted, and after 30 s what hangs, counted", async () => {
  const made = bundle();
  const stop = new AbortController();
  for (const key of ["1", "2"]) made.hangs.add(key);
  made.claims.push(claimOf("1"), claimOf("2"), claimOf("3"));
  const running = made.worker.run(stop.signal);
  await made.clock.advance(100);
  stop.abort();
  await made.clock.advance(29_000);
  assertEquals(made.steps, ["POST 1", "POST 2", "postpone 3 0 0"]);
  await made.clock.advance(2_000);
  await running;
  assertEquals(made.steps.slice(3), ["postpone 1 0 1,2 0 1"]);
});

Deno.test("at its end a worker writes back what comes in, and settles it", async () => {
  const made = bundle();
  const stop = new AbortController();
  made.claims.push(claimOf("1"));
  const running = made.worker.run(stop.signal);
  await made.clock.idle();
  stop.abort();
  await made.clock.advance(1_000);
  await running;
  assertEquals(made.steps.at(-1), "settle 1");
});

Deno.test("entries of a newer version are told of once a minute, all that were met since", async () => {
  const made = bundle();
  made.newer.push(2, 500, 0, 7);
  await run(made, 61_000);
  const version = { type: "phieu_nhap", version: "1" };
  assertEquals(made.log.of("entry.newer"), [{ ...version, count: 2 }, { ...version, count: 507 }]);
  assertEquals(made.steps, []);
});
