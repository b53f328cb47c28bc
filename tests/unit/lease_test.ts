// The lease: what a worker holds does not come due, and a process that was frozen drops what it has lost before it acts.
import { assert, assertEquals } from "@std/assert";
import { Hand } from "../../workers/hand.ts";
import { Lease } from "../../workers/lease.ts";
import { HandClock } from "../support/clock.ts";
import { claimOf } from "../support/documents.ts";
import { RecordingLog } from "../support/recording_log.ts";

/** A lease of 5 s over a stream in which some entries belong to others. */
function bundle() {
  const asked: string[][] = [];
  const lost = new Set<string>();
  const redis = { away: false };
  const stream = {
    renew(claims: { id: string; key: string }[]): Promise<boolean[]> {
      asked.push(claims.map(({ key }) => key));
      if (redis.away) return Promise.reject(new Error("connection lost"));
      return Promise.resolve(claims.map(({ key }) => !lost.has(key)));
    },
  };
  const clock = new HandClock();
  const hand = new Hand();
  const log = new RecordingLog();
  return {
    asked,
    lost,
    redis,
    clock,
    hand,
    log,
    lease: new Lease({ stream, hand, clock, log, leaseMs: 5_000 }),
  };
}

Deno.test("everything in hand is renewed every fifth of the lease, until the signal", async () => {
  const { lease, hand, clock, asked } = bundle();
  const stop = new AbortController();
  hand.add(claimOf("1"), clock.now());
  const keeping = lease.keep(stop.signal);
  await clock.advance(1_000);
  hand.add(claimOf("2"), clock.now());
  await clock.advance(2_000);
  assertEquals(asked, [["1"], ["1", "2"], ["1", "2"]]);
  stop.abort();
  await keeping;
});

Deno.test("an entry that others own now is lost, logged once, and never confirmed again", async () => {
  const { lease, hand, clock, lost, log } = bundle();
  const held = hand.add(claimOf("1"), clock.now());
  lost.add("1");
  await lease.renew(hand.all());
  await lease.renew(hand.all());
  lost.clear();
  assertEquals([held.lost, await lease.confirm(held)], [true, false]);
  assertEquals(log.of("document.lost"), [{ entry: held.claim.entry.id, code: "PN1", shop: "S1" }]);
});

Deno.test("a fresh word from Redis is not asked for again", async () => {
  const { lease, hand, clock, asked } = bundle();
  const held = hand.add(claimOf("1"), clock.now());
  clock.jump(3_999);
  assert(await lease.confirm(held));
  assertEquals(asked, []);
});

Deno.test("a process that was frozen asks before it acts, and drops what others took meanwhile", async () => {
  const { lease, hand, clock, lost } = bundle();
  const [ours, theirs] = [hand.add(claimOf("1"), clock.now()), hand.add(claimOf("2"), clock.now())];
  lost.add("2");
  clock.jump(60_000);
  assertEquals([await lease.confirm(ours), await lease.confirm(theirs)], [true, false]);
  assertEquals(ours.confirmedAtMs, clock.now());
});

Deno.test("an entry whose row is written is not told as lost: its settlement was faster than the question", async () => {
  const { lease, hand, clock, lost, log } = bundle();
  const held = hand.add(claimOf("1"), clock.now());
  held.written = true;
  lost.add("1");
  await lease.renew(hand.all());
  assertEquals([held.lost, log.names], [false, []]);
});

Deno.test("without Redis an old word is not good enough", async () => {
  const { lease, hand, clock, redis } = bundle();
  const held = hand.add(claimOf("1"), clock.now());
  redis.away = true;
  clock.jump(4_000);
  assertEquals(await lease.confirm(held), false);
  redis.away = false;
  assertEquals([held.lost, await lease.confirm(held)], [false, true]);
});

Deno.test("an answer counts as of when it was asked for: a process frozen while it waited asks again", async () => {
  const { hand, clock, log } = bundle();
  const stream = {
    renew: (claims: unknown[]) => {
      clock.jump(10_000);
      return Promise.resolve(claims.map(() => true));
    },
  };
  const lease = new Lease({ stream, hand, clock, log, leaseMs: 5_000 });
  const held = hand.add(claimOf("1"), clock.now() - 10_000);
  assertEquals(await lease.confirm(held), false);
});

Deno.test("trouble with Redis does not end the renewing", async () => {
  const { lease, hand, clock, redis, asked } = bundle();
  const stop = new AbortController();
  const held = hand.add(claimOf("1"), clock.now());
  redis.away = true;
  const keeping = lease.keep(stop.signal);
  await clock.advance(2_000);
  redis.away = false;
  await clock.advance(1_000);
  assertEquals([asked.length, held.confirmedAtMs], [3, clock.now()]);
  stop.abort();
  await keeping;
});

Deno.test("what has left the hand while it was asked for is not called lost", async () => {
  const { lease, hand, clock, lost, log } = bundle();
  const held = hand.add(claimOf("1"), clock.now());
  lost.add("1");
  const renewing = lease.renew([held]);
  hand.remove(held);
  await renewing;
  assertEquals(log.names, []);
});

Deno.test("many entries are renewed 500 at a time", async () => {
  const { lease, hand, clock, asked } = bundle();
  for (let key = 0; key < 1_001; key++) hand.add(claimOf(String(key)), clock.now());
  await lease.renew(hand.all());
  assertEquals(asked.map(({ length }) => length), [500, 500, 1]);
});
