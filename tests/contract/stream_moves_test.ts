// The ways of a document out of its stream, on a real Redis: postpone, settle, bury, give back; and what holds after any moves.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Claim } from "../../shared/document.ts";
import type { Burial, RedisStream } from "../../shared/stream.ts";
import { type StreamBench, withStream } from "../support/stream.ts";

function burialOf({ entry, deliveries }: Claim): Burial {
  return { entry, reason: "refused", detail: "Sai mã cơ sở", deliveries };
}

/** Enqueues and takes one document for worker "a". */
async function takeOne(bench: StreamBench, key = "1"): Promise<Claim> {
  await bench.enqueue(key);
  const [claim] = await bench.takeAll();
  assert(claim);
  return claim;
}

Deno.test("a retry shows in XPENDING: due after the delay, its delivery counted", () =>
  withStream(async (bench) => {
    const { entry: { id } } = await takeOne(bench);
    await bench.a.postpone([{ id, delayMs: 32_000, deliveries: 1 }]);
    await bench.assertDueIn(id, 32_000);
    await bench.makeDue(id);
    const [again] = await bench.takeAll(bench.worker("b"));
    assertEquals([again?.entry.id, again?.deliveries], [id, 2]);
  }));

Deno.test("a wait is not counted: the next delivery has the same number", () =>
  withStream(async (bench) => {
    const { entry: { id } } = await takeOne(bench);
    for (let round = 0; round < 3; round++) {
      await bench.a.postpone([{ id, delayMs: 0, deliveries: 0 }]);
      assertEquals((await bench.pending())[0]?.deliveries, 0);
      const [again] = await bench.takeAll();
      assertEquals(again?.deliveries, 1);
    }
  }));

Deno.test("what is given up at shutdown is due at once, for anybody", () =>
  withStream(async (bench) => {
    const { entry: { id } } = await takeOne(bench);
    await bench.a.postpone([{ id, delayMs: 0, deliveries: 1 }]);
    const [claim] = await bench.takeAll(bench.worker("b"));
    assertEquals([claim?.entry.id, (await bench.pending())[0]?.consumer], [id, "b"]);
  }));

Deno.test("a delay longer than the threshold is as long as the threshold; parts of a millisecond are rounded", () =>
  withStream(async (bench) => {
    const { entry: { id } } = await takeOne(bench);
    await bench.a.postpone([{ id, delayMs: 900_000, deliveries: 1 }]);
    await bench.assertDueIn(id, 300_000);
    await bench.a.postpone([{ id, delayMs: 2_000.4, deliveries: 1 }]);
    await bench.assertDueIn(id, 2_000);
  }));

Deno.test("a worker cannot postpone what another one has taken since, nor what is gone", () =>
  withStream(async (bench) => {
    const { entry: { id } } = await takeOne(bench);
    await bench.makeDue(id);
    await bench.takeAll(bench.worker("b"));
    await bench.a.postpone([{ id, delayMs: 0, deliveries: 1 }, { id: "1-0", delayMs: 0, deliveries: 1 }]);
    await bench.assertDueIn(id, 5_000);
    assertEquals((await bench.pending())[0]?.deliveries, 2);
  }));

Deno.test("a settled document leaves nothing behind but the memory that it was", () =>
  withStream(async (bench) => {
    const { entry } = await takeOne(bench);
    await bench.a.recordReceipts([{ ...entry, receipt: { nationalCode: "PN_QG_1", message: "m" } }]);
    const beganMs = await bench.a.now();
    await bench.a.settle([entry]);
    await bench.assertEmpty();
    const score = Number(await bench.redis.zscore(bench.keys.settled, "1"));
    assert(score >= beganMs && score <= beganMs + 5_000, `${score - beganMs}`);
  }));

Deno.test("settling twice, or what FLUSHALL took, is no harm, and the row is remembered all the same", () =>
  withStream(async (bench) => {
    const { entry } = await takeOne(bench);
    await bench.a.settle([entry]);
    await bench.a.settle([entry, { id: "1-0", key: "9" }]);
    await bench.assertEmpty();
    assertEquals(await bench.redis.zrange(bench.keys.settled, 0, "-1"), ["1", "9"]);
  }));

Deno.test("settling an old entry leaves the new one of the same row in flight", () =>
  withStream(async (bench) => {
    const { entry } = await takeOne(bench);
    await bench.redis.del(bench.keys.inflight);
    const [again = ""] = await bench.enqueue("1");
    await bench.a.settle([entry]);
    assertEquals(await bench.redis.hgetall(bench.keys.inflight), { "1": again });
    assertEquals(await bench.entryIds(), [again]);
  }));

Deno.test("settled rows are forgotten after 15 minutes", () =>
  withStream(async (bench) => {
    const nowMs = await bench.a.now();
    await bench.redis.zadd(bench.keys.settled, nowMs - 901_000, "old", nowMs - 890_000, "young");
    await bench.a.settle([(await takeOne(bench)).entry]);
    assertEquals((await bench.redis.zrange(bench.keys.settled, 0, "-1")).toSorted(), ["1", "young"]);
  }));

Deno.test("where very many rows are settled, those older than a page of a scan are forgotten sooner", () =>
  withStream(async (bench) => {
    const nowMs = await bench.a.now();
    const remember = (from: number, count: number, agoMs: number) => {
      const members = Array.from({ length: count }, (_, n) => [nowMs - agoMs, `row ${from + n}`]).flat();
      return bench.redis.zadd(bench.keys.settled, ...members);
    };
    for (let from = 0; from < 100_000; from += 10_000) await remember(from, 10_000, 100_000);
    await remember(100_000, 2, 60_000);
    await bench.a.settle([(await takeOne(bench, "1")).entry]);
    assertEquals(await bench.redis.zcard(bench.keys.settled), 100_003);
    await remember(200_000, 1, 100_000);
    await bench.a.settle([(await takeOne(bench, "2")).entry]);
    const left = (await bench.redis.zrange(bench.keys.settled, 0, "-1")).toSorted();
    assertEquals(left, ["1", "2", "row 100000", "row 100001"]);
  }));

Deno.test("a dead letter has all of the entry's own fields, and what became of it", () =>
  withStream(async (bench) => {
    const claim = await takeOne(bench);
    const { id, body, scannedAtMs } = claim.entry;
    await bench.a.bury([{ ...burialOf(claim), deliveries: 5 }]);
    await bench.assertEmpty();
    const [letter] = await bench.deadLetters();
    const { died_at, ...fields } = letter!;
    assert(Math.abs(Number(died_at) - await bench.a.now()) < 5_000);
    assertEquals(fields, {
      v: "1",
      key: "1",
      code: "PN1",
      shop: "S1",
      body,
      scanned_at: String(scannedAtMs),
      entry_id: id,
      reason: "refused",
      detail: "Sai mã cơ sở",
      deliveries: "5",
      first_scanned_at: String(scannedAtMs),
    });
    assertEquals(await bench.redis.zrange(bench.keys.settled, 0, "-1"), ["1"]);
  }));

Deno.test("burying twice writes one dead letter", () =>
  withStream(async (bench) => {
    const claim = await takeOne(bench);
    await Promise.all([bench.a.bury([burialOf(claim)]), bench.worker("b").bury([burialOf(claim)])]);
    assertEquals((await bench.deadLetters()).length, 1);
  }));

Deno.test("a document whose entry was deleted by hand still gets a dead letter, with what is known of it", () =>
  withStream(async (bench) => {
    const claim = await takeOne(bench);
    await bench.redis.xdel(bench.keys.stream, claim.entry.id);
    await bench.a.bury([burialOf(claim)]);
    const [letter] = await bench.deadLetters();
    assertEquals([letter?.key, letter?.code, letter?.shop, letter?.entry_id], [
      "1",
      "PN1",
      "S1",
      claim.entry.id,
    ]);
    await bench.assertEmpty();
  }));

Deno.test("a stranger's entry is buried with its own fields, and nothing is remembered as settled for it", () =>
  withStream(async (bench) => {
    await bench.redis.xadd(bench.keys.stream, "*", "hello", "world");
    const { unreadable: [stranger] } = await bench.a.take({ due: 1, fresh: 1 });
    const entry = { id: stranger!.id, key: "", code: "", shop: "", scannedAtMs: 0 };
    await bench.a.bury([{ entry, reason: "unreadable", detail: stranger!.problem, deliveries: 1 }]);
    const [letter] = await bench.deadLetters();
    assertEquals([letter?.hello, letter?.reason, letter?.key], ["world", "unreadable", undefined]);
    await bench.assertEmpty();
    assertEquals(await bench.redis.exists(bench.keys.settled), 0);
  }));

Deno.test("a document that is given back is enqueued by scans that begin from then on, and stale ones pass it over", () =>
  withStream(async (bench) => {
    const staleMs = await bench.a.now();
    const { entry } = await takeOne(bench);
    await bench.a.recordReceipts([{ ...entry, receipt: { nationalCode: null, message: "m" } }]);
    await bench.a.giveBack([entry]);
    await bench.assertEmpty();
    assertEquals(await bench.offer(["1"], { scanBeganMs: staleMs }), [{ kind: "known" }]);
    const scanBeganMs = await bench.a.now() + 1;
    assertEquals((await bench.offer(["1"], { scanBeganMs }))[0]?.kind, "added");
  }));

Deno.test("a renewal that comes after its entry was given back does not put the record back", () =>
  withStream(async (bench) => {
    const { entry } = await takeOne(bench);
    await bench.a.giveBack([entry]);
    assertEquals(await bench.a.renew([entry]), [false]);
    await bench.assertEmpty();
  }));

Deno.test("many documents go together in one move", () =>
  withStream(async (bench) => {
    const keys = Array.from({ length: 100 }, (_, key) => String(key));
    await bench.enqueue(...keys);
    const claims = await bench.takeAll();
    await bench.a.recordReceipts(
      claims.map(({ entry }) => ({ ...entry, receipt: { nationalCode: null, message: "m" } })),
    );
    assertEquals(await bench.redis.hlen(bench.keys.receipts), 100);
    await bench.a.settle(claims.slice(0, 50).map(({ entry }) => entry));
    await bench.a.bury(claims.slice(50).map(burialOf));
    await bench.assertEmpty();
    assertEquals((await bench.deadLetters()).length, 50);
  }));

Deno.test("what a worker read before a FLUSHALL it can end after it, and nothing comes back", () =>
  withStream(async (bench) => {
    await bench.enqueue("1", "2", "3");
    const [settled, buried, given] = await bench.takeAll();
    await bench.redis.flushall();
    await bench.a.ensureGroup();
    await bench.a.settle([settled!.entry]);
    await bench.a.bury([burialOf(buried!)]);
    await bench.a.giveBack([given!.entry]);
    await bench.a.postpone([{ id: given!.entry.id, delayMs: 0, deliveries: 1 }]);
    await bench.assertEmpty();
    assertEquals(await bench.takeAll(), []);
  }, { own: true }));

type Move =
  | { kind: "enqueue"; keys: string[] }
  | { kind: "take"; by: number; due: number; fresh: number }
  | { kind: "receipt" | "settle" | "bury" | "giveBack" | "renew" | "makeDue"; by: number; which: number }
  | { kind: "postpone"; by: number; which: number; delayMs: number; deliveries: number };

const by = fc.nat(1);
const which = fc.nat(20);
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant("enqueue" as const),
    keys: fc.array(fc.nat(9).map(String), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("take" as const), by, due: fc.nat(3), fresh: fc.nat(3) }),
  fc.record({
    kind: fc.constantFrom("receipt", "settle", "bury", "giveBack", "renew", "makeDue"),
    by,
    which,
  }),
  fc.record({
    kind: fc.constant("postpone" as const),
    by,
    which,
    delayMs: fc.constantFrom(0, 2_000, 290_000),
    deliveries: fc.integer({ min: 0, max: 5 }),
  }),
);

/** Makes the moves with two workers. Each remembers what it took for ever, so that it also acts on what it has long lost. */
async function makeMoves(bench: StreamBench, moves: Move[]): Promise<void> {
  const workers = [bench.a, bench.worker("b")];
  const hands: Claim[][] = [[], []];
  for (const move of moves) {
    if (move.kind === "enqueue") await bench.offer(move.keys);
    else if (move.kind === "take") hands[move.by]!.push(...(await workers[move.by]!.take(move)).claims);
    else {
      const hand = hands[move.by]!;
      const claim = hand[move.which % Math.max(1, hand.length)];
      if (claim) await act(bench, workers[move.by]!, claim, move);
    }
    await assertWhole(bench);
  }
}

async function act(
  bench: StreamBench,
  worker: RedisStream,
  claim: Claim,
  move: Exclude<Move, { kind: "enqueue" | "take" }>,
): Promise<void> {
  const { entry } = claim;
  switch (move.kind) {
    case "receipt":
      return await worker.recordReceipts([{ ...entry, receipt: { nationalCode: null, message: "m" } }]);
    case "settle":
      return await worker.settle([entry]);
    case "bury":
      return await worker.bury([burialOf(claim)]);
    case "giveBack":
      return await worker.giveBack([entry]);
    case "renew":
      // Only what is still there: renewing what is gone puts its record back on purpose (renew.lua, FLUSHALL).
      if ((await bench.entryIds()).includes(entry.id)) await worker.renew([entry]);
      return;
    case "makeDue":
      return await bench.makeDue(entry.id);
    case "postpone":
      return await worker.postpone([{ id: entry.id, delayMs: move.delayMs, deliveries: move.deliveries }]);
  }
}

/** What holds after every move: entries and inflight records belong together, and nothing outlives its entry. */
async function assertWhole(bench: StreamBench): Promise<void> {
  const entries = await bench.redis.xrange(bench.keys.stream, "-", "+");
  const ids = entries.map(([id]) => id);
  const byKey = Object.fromEntries(entries.map(([id, flat]) => [flat[flat.indexOf("key") + 1] ?? "", id]));
  assertEquals(await bench.redis.hgetall(bench.keys.inflight), byKey, "entries and records belong together");
  const receipts = await bench.redis.hkeys(bench.keys.receipts);
  assertEquals(receipts.filter((id) => !ids.includes(id)), [], "a receipt outlived its entry");
  const { lastDeliveredId } = await bench.a.take({ due: 0, fresh: 0 });
  const read = ids.filter((id) => !isAfter(id, lastDeliveredId));
  assertEquals((await bench.pending()).map(({ id }) => id), read, "an entry is either unread or pending");
  const dead = (await bench.deadLetters()).map(({ entry_id }) => entry_id);
  assertEquals(new Set(dead).size, dead.length, "an entry died twice");
}

function isAfter(id: string, other: string): boolean {
  const [ms = 0, sequence = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && sequence > otherSequence);
}

Deno.test("property: after any moves of two workers, entries, records, receipts and the pending list agree", () =>
  withStream(async (bench) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMove, { maxLength: 30 }), async (moves) => {
        await bench.redis.del(...Object.values(bench.keys));
        await bench.a.ensureGroup();
        await makeMoves(bench, moves);
      }),
      { numRuns: 40 },
    );
  }));

Deno.test("property: whatever was moved before, the stream can be worked off to nothing", () =>
  withStream(async (bench) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMove, { maxLength: 20 }), async (moves) => {
        await bench.redis.del(...Object.values(bench.keys));
        await bench.a.ensureGroup();
        await makeMoves(bench, moves);
        await bench.makeDue(...await bench.entryIds());
        const claims = await bench.takeAll(bench.worker("c"));
        assertEquals(claims.map(({ entry }) => entry.id).toSorted(), (await bench.entryIds()).toSorted());
        await bench.a.settle(claims.map(({ entry }) => entry));
        await bench.assertEmpty();
      }),
      { numRuns: 25 },
    );
  }));
