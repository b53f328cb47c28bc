// What a process thinks of the Redis under it (shared/footing.ts): the rule alone, then the reading loop's view of it.
import { assertEquals, assertRejects } from "@std/assert";
import { type Footing, type Ground, groundAt, StreamFooting } from "../../shared/footing.ts";
import type { Holder, Sight } from "../../shared/redis_holder.ts";
import { HandClock } from "../support/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";

const now = { nowMs: 1_000, quietMs: 5_000, waited: false };
const first: Ground = { server: "A", quietUntilMs: 0, doubtBeforeMs: 90_000 };

Deno.test("the first server that a process meets is taken as it is, and what was scanned before that is doubted", () => {
  assertEquals(groundAt(null, { server: "A", nowMs: 99_000 }, now), {
    server: "A",
    quietUntilMs: 1_000,
    doubtBeforeMs: 99_000,
  });
});

Deno.test("a first server that had to be waited for may have died just now: nothing is taken for a while", () => {
  assertEquals(groundAt(null, { server: "A", nowMs: 99_000 }, { ...now, waited: true }), {
    server: "A",
    quietUntilMs: 6_000,
    doubtBeforeMs: 104_000,
  });
});

Deno.test("the same server over a new connection changes nothing, however long it was away", () => {
  assertEquals(groundAt(first, { server: "A", nowMs: 99_000 }, { ...now, waited: true }), first);
});

Deno.test("another server is left alone for a while, and what was scanned before its end is doubted", () => {
  assertEquals(groundAt(first, { server: "B", nowMs: 99_000 }, now), {
    server: "B",
    quietUntilMs: 6_000,
    doubtBeforeMs: 104_000,
  });
});

/** A Redis whose server and connection the test changes; null: it cannot be reached. */
class StageSight implements Sight {
  holder: Holder | null = { connection: {}, server: "A", nowMs: 50_000 };
  looks = 0;

  connection(): object | null {
    return this.holder?.connection ?? null;
  }

  look(): Promise<Holder> {
    this.looks++;
    return this.holder ? Promise.resolve(this.holder) : Promise.reject(new Error("Connection is closed."));
  }
}

function stage() {
  const [sight, clock, log] = [new StageSight(), new HandClock(), new RecordingLog()];
  const footing: Footing = new StreamFooting({ type: "hoa_don", sight, clock, log, leaseMs: 5_000 });
  return { sight, clock, log, footing };
}

Deno.test("a footing that holds asks the server nothing, however often it is asked itself", async () => {
  const { sight, footing, log } = stage();
  for (let i = 0; i < 100; i++) assertEquals(await footing.isFirm(), true);
  assertEquals([sight.looks, footing.moved, log.names], [1, false, []]);
  assertEquals([footing.doubts(49_999), footing.doubts(50_000)], [true, false]);
});

Deno.test("a connection that broke to the same server is firm again at once", async () => {
  const { sight, footing } = stage();
  await footing.isFirm();
  sight.holder = null;
  assertEquals(footing.moved, true);
  await assertRejects(() => footing.isFirm());
  sight.holder = { connection: {}, server: "A", nowMs: 60_000 };
  assertEquals(await footing.isFirm(), true);
  assertEquals(footing.doubts(55_000), false);
});

Deno.test("after a failover nothing is taken for a lease, and then older entries are doubted", async () => {
  const { sight, footing, clock, log } = stage();
  await footing.isFirm();
  sight.holder = { connection: {}, server: "B", nowMs: 60_000 };
  assertEquals([footing.moved, await footing.isFirm(), footing.moved], [true, false, false]);
  await clock.advance(4_999);
  assertEquals(await footing.isFirm(), false);
  await clock.advance(1);
  assertEquals(await footing.isFirm(), true);
  assertEquals([footing.doubts(64_999), footing.doubts(65_000)], [true, false]);
  assertEquals(log.names, ["redis.changed"]);
});
