// The tally: counts by minute, type and shop, written again and again without harm; and what reports read of it.
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { Db } from "mongodb";
import {
  type Latency,
  latencyBoundsMs,
  minuteStatsOf,
  percentile,
  readMinuteStats,
  type ShopStats,
  sumOf,
} from "../../shared/minute_stats.ts";
import { Tally } from "../../shared/tally.ts";
import { HandClock } from "../support/clock.ts";
import { withMongo } from "../support/mongodb.ts";

const hourMs = 3_600_000;

/** A tally of one worker over a database. */
function tallyOf(db: Db, clock: HandClock, worker = "w1"): Tally {
  return new Tally(() => Promise.resolve(db), clock, worker);
}

/** Everything from an hour before to an hour after now. */
function around(clock: HandClock) {
  return { from: new Date(clock.now() - hourMs), to: new Date(clock.now() + hourMs) };
}

function countsOf({ shop, synced, failed, returned }: ShopStats) {
  return [shop, synced, failed, returned];
}

Deno.test("counts of a minute are written whole, and writing them again changes nothing", async () => {
  await withMongo(async ({ db }) => {
    const clock = new HandClock();
    const tally = tallyOf(db, clock);
    tally.count("hoa_don", "S1", "synced", 40);
    await tally.write();
    tally.count("hoa_don", "S1", "synced", 45);
    tally.count("hoa_don", "S1", "failed", 900);
    tally.count("hoa_don", "S2", "returned");
    await tally.write();
    await tally.write();
    const rows = await readMinuteStats(db, around(clock));
    assertEquals(rows.map(countsOf), [["S1", 2, 1, 0], ["S2", 0, 0, 1]]);
    assertEquals(rows[0]?.latency, [[50, 2], [1_000, 1]]);
    assertEquals(await minuteStatsOf(db).countDocuments(), 1);
  });
});

Deno.test("each minute, type and worker has a document of its own, and they add up", async () => {
  await withMongo(async ({ db }) => {
    const clock = new HandClock();
    const [one, other] = [tallyOf(db, clock, "w1"), tallyOf(db, clock, "w2")];
    one.count("hoa_don", "S1", "synced", 10);
    other.count("hoa_don", "S1", "synced", 10);
    one.count("phieu_xuat", "S1", "failed", 10);
    await clock.advance(60_000);
    one.count("hoa_don", "S1", "synced", 10);
    await Promise.all([one.write(), other.write()]);
    assertEquals(await minuteStatsOf(db).countDocuments(), 4);
    const query = around(clock);
    const rows = await readMinuteStats(db, { ...query, type: "hoa_don" });
    assertEquals(rows.map((row) => row.synced), [2, 1]);
    assertEquals((rows[1]?.at.getTime() ?? 0) - (rows[0]?.at.getTime() ?? 0), 60_000);
    const byHour = await readMinuteStats(db, { ...query, type: "hoa_don", stepMs: 2 * hourMs });
    assertEquals(byHour.map(({ at, synced }) => [at, synced]), [[query.from, 3]]);
    assertEquals((await readMinuteStats(db, { ...query, shop: "S9" })).length, 0);
    assertEquals((await readMinuteStats(db, { ...query, to: query.from })).length, 0);
  });
});

Deno.test("it writes every ten seconds, only what has changed, until the signal", async () => {
  const [clock, stop] = [new HandClock(), new AbortController()];
  let writes = 0;
  const collection = {
    createIndex: () => Promise.resolve("minute_1"),
    bulkWrite: () => Promise.resolve(writes++),
  };
  const db: unknown = { collection: () => collection };
  const tally = tallyOf(db as Db, clock);
  const keeping = tally.keep(stop.signal);
  await clock.advance(30_000);
  assertEquals(writes, 0, "nothing was counted");
  for (let i = 0; i < 1_000; i++) tally.count("hoa_don", "S1", "synced", 5);
  await clock.advance(30_000);
  assertEquals(writes, 1);
  stop.abort();
  await keeping;
});

Deno.test("while MongoDB is away counts are kept, and written when it is back", async () => {
  await withMongo(async ({ db }) => {
    const clock = new HandClock();
    let away = true;
    const database = () => away ? Promise.reject(new Error("away")) : Promise.resolve(db);
    const tally = new Tally(database, clock, "w1");
    for (let minute = 0; minute < 5; minute++) {
      tally.count("hoa_don", "S1", "synced", 5);
      await tally.write();
      await clock.advance(60_000);
    }
    await assertRejects(database, Error, "away");
    away = false;
    await tally.write();
    assertEquals(sumOf("S1", await readMinuteStats(db, around(clock))).synced, 5);
  });
});

Deno.test("while MongoDB is away for days no more than some hours are kept", async () => {
  const clock = new HandClock();
  let taken = 0;
  const collection = {
    createIndex: () => Promise.resolve("minute_1"),
    bulkWrite: (operations: unknown[]) => Promise.resolve(taken += operations.length),
  };
  const db: unknown = { collection: () => collection };
  const tally = tallyOf(db as Db, clock);
  for (let minute = 0; minute < 2_000; minute++) {
    tally.count("hoa_don", "S1", "synced", 5);
    clock.jump(60_000);
  }
  await tally.write();
  assert(taken > 0 && taken <= 720, `${taken} minutes were kept`);
});

Deno.test("minutes go by themselves after 90 days", async () => {
  await withMongo(async ({ db }) => {
    const tally = tallyOf(db, new HandClock());
    tally.count("hoa_don", "S1", "synced", 5);
    await tally.write();
    const indexes = await minuteStatsOf(db).indexes();
    assertEquals(indexes.find(({ key }) => "minute" in key)?.expireAfterSeconds, 90 * 24 * 3600);
  });
});

Deno.test("a percentile is right within the width of its class", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 200 }),
    fc.constantFrom(0.5, 0.95, 0.99, 1),
    (latencies, share) => {
      const exact = latencies.toSorted((a, b) => a - b)[Math.ceil(share * latencies.length) - 1] ?? 0;
      const estimate = percentile(histogramOf(latencies), share) ?? 0;
      const bound = boundOf(exact);
      const below = latencyBoundsMs[latencyBoundsMs.indexOf(bound) - 1] ?? 0;
      return estimate > below && estimate <= bound + 1e-6;
    },
  ));
  assertEquals(percentile([], 0.5), null);
});

Deno.test("sums of parts are the sum of the whole", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 100_000 })), { maxLength: 60 }),
    (documents) => {
      const stats = documents.map(([kind, ms]): ShopStats => ({
        shop: "S1",
        synced: kind === 0 ? 1 : 0,
        failed: kind === 1 ? 1 : 0,
        returned: kind === 2 ? 1 : 0,
        latency: histogramOf([ms]),
      }));
      const half = Math.floor(stats.length / 2);
      const parts = [sumOf("S1", stats.slice(0, half)), sumOf("S1", stats.slice(half))];
      assertEquals(sumOf("S1", parts), sumOf("S1", stats));
      assertEquals(sumOf("S1", stats).latency, histogramOf(documents.map(([, ms]) => ms)));
    },
  ));
});

function boundOf(ms: number): number {
  return latencyBoundsMs.find((bound) => bound >= ms) ?? 0;
}

function histogramOf(latencies: number[]): Latency {
  const counts = Map.groupBy(latencies, boundOf);
  return [...counts].map(([bound, all]): Latency[number] => [bound, all.length]).sort(([a], [b]) => a - b);
}
