// What the scheduler tells the journal of documents that wait: only those that are still in flight some seconds later.
import { assertEquals } from "@std/assert";
import { EnqueuedRecords } from "../../shared/enqueued_records.ts";
import { pendingAfterMs, type TaskRecord } from "../../shared/journal_records.ts";
import { HandClock } from "../support/clock.ts";

function bundle() {
  const clock = new HandClock();
  const inFlight = new Set<string>();
  const told: string[] = [];
  const stream = {
    inFlight: (keys: string[]) => Promise.resolve(new Set(keys.filter((key) => inFlight.has(key)))),
  };
  const journal = {
    write: (records: { key: string }[]) => Promise.resolve(void told.push(...records.map(({ key }) => key))),
  };
  const add = (records: EnqueuedRecords, ...keys: string[]) => {
    for (const key of keys) inFlight.add(key);
    records.add(keys.map((key) => record(key, clock.now())));
  };
  return { clock, inFlight, told, stream, journal, add };
}

function record(key: string, atMs: number): TaskRecord {
  const base = { kind: "task", taskId: `${atMs}-0`, queue: "q", type: "hoa_don", shop: "S1" } as const;
  return { ...base, key, code: `HD${key}`, status: "PENDING", event: "enqueued", deliveries: 0, atMs };
}

Deno.test("a document that is settled within seconds costs the journal no record of the scheduler's", async () => {
  const { clock, inFlight, told, stream, journal, add } = bundle();
  const records = new EnqueuedRecords({ stream, journal, clock });
  const stop = new AbortController();
  const kept = records.keep(stop.signal);
  add(records, "1", "2", "3");
  inFlight.delete("2");
  await clock.advance(pendingAfterMs - 1);
  assertEquals(told, []);
  add(records, "4");
  await clock.advance(2_000);
  assertEquals(told, ["1", "3"]);
  stop.abort();
  await kept;
});

Deno.test("at its end the scheduler tells of all that are still in flight", async () => {
  const { clock, inFlight, told, stream, journal, add } = bundle();
  const records = new EnqueuedRecords({ stream, journal, clock });
  add(records, "1", "2");
  inFlight.delete("1");
  await records.finish();
  await records.finish();
  assertEquals(told, ["2"]);
});

Deno.test("without Redis every document that has waited is told of", async () => {
  const { clock, told, journal, add } = bundle();
  const records = new EnqueuedRecords({
    stream: { inFlight: () => Promise.reject(new Error("away")) },
    journal,
    clock,
  });
  add(records, "1", "2");
  await records.finish();
  assertEquals(told, ["1", "2"]);
});
