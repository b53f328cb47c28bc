// Write-back: results are collected, then UPDATE, journal, settle, in this order; what SQL Server refuses, and while it is away.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SourceError } from "../../shared/errors.ts";
import type { RowResult } from "../../shared/document.ts";
import type { Burial } from "../../shared/stream.ts";
import { Hand } from "../../workers/hand.ts";
import { nextBatch, type Result, WriteBack } from "../../workers/write_back.ts";
import { HandClock } from "../support/clock.ts";
import { claimOf } from "../support/documents.ts";
import { RecordingLog } from "../support/recording_log.ts";

const away = new SourceError("SQL Server, writing results", { cause: new Error("ECONNRESET") });
const impossible = new SourceError("SQL Server, writing results", {
  cause: new Error("truncated"),
  number: 2628,
});

/** A write-back over a source, a journal and a stream that write down in `steps` what is asked of them. */
function bundle() {
  const steps: string[] = [];
  const postponed: { id: string; delayMs: number; deliveries: number }[] = [];
  /** What the source and the stream throw next. */
  const trouble: { update: (keys: string[]) => Error | null; end: Error | null } = {
    update: () => null,
    end: null,
  };
  const keysOf = (entries: { key: string }[]) => entries.map(({ key }) => key).join(" ");
  const source = {
    writeResults(_type: string, rows: RowResult[]): Promise<number> {
      const error = trouble.update(rows.map(({ key }) => key));
      steps.push(`${error ? "no " : ""}update ${keysOf(rows)}`);
      return error ? Promise.reject(error) : Promise.resolve(rows.length);
    },
  };
  const end = (step: string) => {
    steps.push(step);
    return trouble.end ? Promise.reject(trouble.end) : Promise.resolve();
  };
  const stream = {
    settle: (entries: { id: string; key: string }[]) => end(`settle ${keysOf(entries)}`),
    bury: (burials: Burial[]) => end(`bury ${keysOf(burials.map(({ entry }) => entry))}`),
    postpone: (entries: typeof postponed) => Promise.resolve(void postponed.push(...entries)),
  };
  const journal = {
    write(records: { key: string }[]): Promise<void> {
      steps.push(`journal ${keysOf(records)}`);
      return Promise.resolve();
    },
  };
  const [clock, hand, log] = [new HandClock(), new Hand(), new RecordingLog()];
  const parts = { source, stream, journal, hand, clock, log, random: () => 0.5 };
  const writeBack = new WriteBack({ type: "phieu_nhap", ...parts });
  const add = (key: string, more: Partial<Parameters<typeof resultOf>[2]> = {}) =>
    writeBack.add(resultOf(hand, key, more));
  return { steps, postponed, trouble, clock, hand, log, writeBack, add };
}

function resultOf(
  hand: Hand,
  key: string,
  more: { id?: string; buried?: boolean; deliveries?: number },
): Result {
  const { buried = false, ...changes } = more;
  const held = hand.add(claimOf(key, changes), 0);
  const { entry, deliveries } = held.claim;
  const record = { kind: "task" as const, taskId: entry.id, queue: "q", type: "phieu_nhap" as const };
  const what = { status: buried ? "FAILED" as const : "SUCCESS" as const, event: "x", atMs: 0 };
  return {
    held,
    row: { key, status: buried ? "SYNC_FAILED" : "SYNC_SUCCESS", nationalCode: null, message: "m" },
    burial: buried ? { entry, reason: "refused", detail: "d", deliveries } : null,
    records: [{ ...record, key, code: entry.code, shop: entry.shop, ...what }],
  };
}

Deno.test("results of 25 ms go together: one UPDATE, one journal write, one settle, in this order", async () => {
  const { steps, clock, hand, add, log } = bundle();
  add("1");
  await clock.advance(20);
  add("2");
  await clock.advance(4);
  assertEquals([steps, hand.count("writing")], [[], 2]);
  await clock.advance(1);
  assertEquals(steps, ["update 1 2", "journal 1 2", "settle 1 2"]);
  assertEquals(hand.all(), []);
  assertEquals(log.names, ["document.settled", "document.settled"]);
});

Deno.test("what is refused is buried after its row says so, beside what is settled", async () => {
  const { steps, clock, add } = bundle();
  add("1", { buried: true });
  add("2");
  await clock.advance(25);
  assertEquals(steps, ["update 1 2", "journal 1 2", "settle 2", "bury 1"]);
});

Deno.test("a hundred results are written at once, without waiting", async () => {
  const { steps, clock, add } = bundle();
  const keys = Array.from({ length: 100 }, (_, key) => String(key));
  for (const key of keys) add(key);
  await clock.idle();
  assertEquals(steps[0], `update ${keys.join(" ")}`);
  assertEquals(clock.sleeping, 0);
});

Deno.test("two results of one row are never in one UPDATE", async () => {
  const { steps, clock, add } = bundle();
  add("1", { id: "5-0" });
  add("2");
  add("1", { id: "6-0" });
  await clock.advance(25);
  assertEquals(steps, ["update 1 2", "journal 1 2", "settle 1 2"]);
  await clock.advance(25);
  assertEquals(steps.slice(3), ["update 1", "journal 1", "settle 1"]);
});

Deno.test("while SQL Server is away results are kept and tried again, and nothing is settled", async () => {
  const { steps, clock, add, writeBack, trouble, log, hand } = bundle();
  trouble.update = () => away;
  add("1");
  await clock.advance(25);
  assertEquals([steps, writeBack.sourceLost], [["no update 1"], true]);
  await clock.advance(60_000);
  assert(steps.length > 10 && steps.every((step) => step === "no update 1"));
  assertEquals([hand.count("writing"), log.names], [1, ["source.lost"]]);
  trouble.update = () => null;
  await clock.advance(5_000);
  assertEquals(steps.slice(-3), ["update 1", "journal 1", "settle 1"]);
  assertEquals([writeBack.sourceLost, hand.all(), log.names.slice(1)], [false, [], [
    "source.back",
    "document.settled",
  ]]);
});

Deno.test("what comes in while SQL Server is away is written after it, none lost", async () => {
  const { steps, clock, add, trouble, hand } = bundle();
  trouble.update = () => away;
  for (let key = 0; key < 250; key++) add(String(key));
  await clock.advance(10_000);
  trouble.update = () => null;
  await clock.advance(10_000);
  const written = steps.filter((step) => step.startsWith("update")).map((step) => step.split(" ").length - 1);
  assertEquals([written, hand.all().length], [[100, 100, 50], 0]);
});

Deno.test("a result that SQL Server will never take is found, put off uncounted, and holds no other up", async () => {
  const { steps, clock, add, trouble, postponed, log, hand, writeBack } = bundle();
  trouble.update = (keys) => keys.includes("3") ? impossible : null;
  for (const key of ["1", "2", "3", "4", "5"]) add(key, { deliveries: 2 });
  await clock.advance(25);
  assertEquals(steps.at(-1), "settle 1 2 4 5");
  const id = claimOf("3").entry.id;
  assertEquals(postponed, [{ id, delayMs: 290_000, deliveries: 1 }]);
  assertEquals(log.of("result.unwritable"), [{
    type: "phieu_nhap",
    entry: id,
    code: "PN3",
    shop: "S1",
    error: impossible,
  }]);
  assertEquals([hand.all(), writeBack.sourceLost], [[], false]);
});

Deno.test("a batch that is cut in two while SQL Server goes away waits for it all the same", async () => {
  const { steps, clock, add, trouble } = bundle();
  let updates = 0;
  trouble.update = (keys) =>
    ++updates === 2 ? away : keys.length > 1 && keys.includes("2") ? impossible : null;
  for (const key of ["1", "2"]) add(key);
  await clock.advance(10_000);
  assertEquals(steps, ["no update 1 2", "no update 1", "update 1", "update 2", "journal 1 2", "settle 1 2"]);
});

Deno.test("an error that is not SQL Server's is tried again too", async () => {
  const { steps, clock, add, trouble } = bundle();
  let updates = 0;
  trouble.update = () => ++updates < 3 ? new TypeError("pool is closed") : null;
  add("1");
  await clock.advance(10_000);
  assertEquals(steps.slice(0, 3), ["no update 1", "no update 1", "update 1"]);
});

Deno.test("a settlement that Redis did not answer is made again", async () => {
  const { steps, clock, add, trouble, log, hand } = bundle();
  trouble.end = new Error("Command timed out");
  add("1");
  await clock.advance(25);
  assertEquals([log.names, hand.all().length], [["settle.failed"], 1]);
  trouble.end = null;
  await clock.advance(1_000);
  assertEquals([steps.at(-1), hand.all()], ["settle 1", []]);
});

Deno.test("trouble with Redis is left to redelivery after the third time, and the next batch goes on", async () => {
  const { steps, clock, add, trouble, log, hand } = bundle();
  trouble.end = new Error("connection lost");
  add("1");
  await clock.advance(25);
  await clock.advance(1_000);
  await clock.advance(1_000);
  assertEquals([log.names, hand.all()], [["settle.failed", "settle.failed", "settle.failed"], []]);
  trouble.end = null;
  add("2");
  await clock.advance(25);
  assertEquals(steps.at(-1), "settle 2");
});

Deno.test("finish() writes what is collected at once", async () => {
  const { steps, clock, add, writeBack } = bundle();
  add("1");
  const finishing = writeBack.finish(10_000);
  await clock.idle();
  await finishing;
  assertEquals(steps, ["update 1", "journal 1", "settle 1"]);
});

Deno.test("finish() gives up in time while SQL Server is away, and settles nothing", async () => {
  const { steps, clock, add, writeBack, trouble } = bundle();
  trouble.update = () => away;
  add("1");
  let finished = false;
  const finishing = writeBack.finish(10_000).then(() => finished = true);
  await clock.advance(9_999);
  assertEquals(finished, false);
  await clock.advance(1);
  await finishing;
  assert(!steps.some((step) => step.startsWith("settle")), steps.join());
});

Deno.test("finish() with nothing to write ends at once", async () => {
  const { writeBack, steps } = bundle();
  await writeBack.finish(10_000);
  assertEquals(steps, []);
});

Deno.test("a result that comes in at the very moment when a batch ends is written too", async () => {
  for (let microtasks = 0; microtasks < 25; microtasks++) {
    const { steps, clock, add, trouble } = bundle();
    let late: Promise<void> | null = null;
    trouble.update = (keys) => {
      if (keys.includes("1")) late = addLater(microtasks, () => add("2"));
      return null;
    };
    add("1");
    await clock.advance(25);
    await late;
    await clock.advance(1_000);
    assert(steps.includes("settle 2") || steps.includes("settle 1 2"), `after ${microtasks}: ${steps}`);
  }
});

async function addLater(microtasks: number, add: () => void): Promise<void> {
  for (let microtask = 0; microtask < microtasks; microtask++) await null;
  add();
}

Deno.test("property: nextBatch() takes the first of each row, a hundred at most, and leaves the others in order", () => {
  const keys = fc.array(fc.nat(150).map(String), { maxLength: 300 });
  fc.assert(fc.property(keys, (keys) => {
    const results = keys.map((key, index) => resultOf(new Hand(), key, { id: `${index}-0` }));
    const { batch, rest } = nextBatch(results);
    const taken = batch.map(({ row }) => row.key);
    assertEquals(taken.length, Math.min(100, new Set(keys).size));
    assertEquals(new Set(taken).size, taken.length);
    assertEquals([...batch, ...rest].length, results.length);
    assertEquals(rest, results.filter((result) => !batch.includes(result)));
    for (const [index, key] of taken.entries()) assertEquals(batch[index], results[keys.indexOf(key)]);
  }));
});
