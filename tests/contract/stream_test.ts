// The way of a document into its stream and to a worker, on a real Redis: enqueue, take, renew, consumers, repair.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { withStream } from "../support/stream.ts";

Deno.test("an enqueued document is one entry with all its fields, and is in flight", () =>
  withStream(async ({ a, redis }) => {
    const scanBeganMs = await a.now();
    const document = {
      key: "7",
      code: "PN7",
      shop: "S1",
      body: `{"ten":"Thuốc ho"}`,
      traceparent: "00-a-b-01",
    };
    const [answer] = await a.enqueue([document], { scanBeganMs, backlogMax: 10 });
    assert(answer?.kind === "added");
    const entries = await redis.xrange(a.keys.stream, "-", "+");
    const fields = ["v", "1", "key", "7", "code", "PN7", "shop", "S1", "body", document.body];
    assertEquals(entries, [[answer.id, [
      ...fields,
      "scanned_at",
      String(scanBeganMs),
      "traceparent",
      "00-a-b-01",
    ]]]);
    assertEquals(await redis.hgetall(a.keys.inflight), { "7": answer.id });
    assertEquals([await a.backlog(), await a.inFlight(["6", "7", "8"])], [1, new Set(["7"])]);
  }));

Deno.test("a document in flight is not enqueued again, and one key only once in a call", () =>
  withStream(async (bench) => {
    await bench.enqueue("1");
    const answers = await bench.offer(["1", "2", "2"]);
    assertEquals(answers.map(({ kind }) => kind), ["known", "added", "known"]);
    assertEquals((await bench.entryIds()).length, 2);
  }));

Deno.test("two schedulers that offer the same documents at once enqueue each of them once", () =>
  withStream(async (bench) => {
    const keys = Array.from({ length: 200 }, (_, key) => String(key));
    const both = await Promise.all([bench.offer(keys), bench.offer(keys.toReversed())]);
    assertEquals(both.flat().filter(({ kind }) => kind === "added").length, 200);
    assertEquals((await bench.entryIds()).length, 200);
  }));

Deno.test("a document that was settled after the scan began is not enqueued: the row that was read is stale", () =>
  withStream(async (bench) => {
    const scanBeganMs = await bench.a.now();
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await bench.a.settle([{ id, key: "1" }]);
    assertEquals(await bench.offer(["1"], { scanBeganMs }), [{ kind: "known" }]);
    const settledMs = Number(await bench.redis.zscore(bench.keys.settled, "1"));
    assertEquals(await bench.offer(["1"], { scanBeganMs: settledMs }), [{ kind: "known" }]);
    assertEquals((await bench.offer(["1"], { scanBeganMs: settledMs + 1 }))[0]?.kind, "added");
  }));

Deno.test("a stream that is full says so for each document, and takes what still fits", () =>
  withStream(async (bench) => {
    const answers = await bench.offer(["1", "2", "3", "4"], { backlogMax: 2 });
    assertEquals(answers.map(({ kind }) => kind), ["added", "added", "full", "full"]);
    assertEquals((await bench.offer(["1", "3"], { backlogMax: 2 })).map(({ kind }) => kind), [
      "known",
      "full",
    ]);
    assertEquals(await bench.offer([]), []);
  }));

Deno.test("new entries are taken in order, once, with one delivery each, and are due again after the lease", () =>
  withStream(async (bench) => {
    const ids = await bench.enqueue("1", "2", "3");
    const { claims, lastDeliveredId } = await bench.a.take({ due: 5, fresh: 2 });
    assertEquals(claims.map(({ entry, deliveries, receipt }) => [entry.id, entry.key, deliveries, receipt]), [
      [ids[0]!, "1", 1, null],
      [ids[1]!, "2", 1, null],
    ]);
    assertEquals([claims[0]?.entry.body, lastDeliveredId], [`{"ma_phieu":"PN1","ten":"Thuốc"}`, ids[1]]);
    for (const id of ids.slice(0, 2)) await bench.assertDueIn(id, 5_000);
    assertEquals((await bench.takeAll(bench.worker("b"))).map(({ entry }) => entry.key), ["3"]);
  }));

Deno.test("what is not due is nobody's to take; what is due goes to any worker, with its deliveries counted", () =>
  withStream(async (bench) => {
    const b = bench.worker("b");
    const [first = "", second = ""] = await bench.enqueue("1", "2");
    await bench.takeAll();
    assertEquals(await bench.takeAll(b), []);
    await bench.makeDue(first);
    const claims = await bench.takeAll(b);
    assertEquals(claims.map(({ entry, deliveries }) => [entry.id, deliveries]), [[first, 2]]);
    const owners = (await bench.pending()).map(({ id, consumer, deliveries }) => [id, consumer, deliveries]);
    assertEquals(owners, [[first, "b", 2], [second, "a", 1]]);
    await bench.assertDueIn(first, 5_000);
  }));

Deno.test("due entries come before new ones, both within what was asked for", () =>
  withStream(async (bench) => {
    const ids = await bench.enqueue("1", "2", "3");
    await bench.takeAll();
    await bench.makeDue(...ids);
    await bench.enqueue("4", "5");
    const keysOf = async (want: { due: number; fresh: number }) =>
      (await bench.a.take(want)).claims.map(({ entry }) => entry.key);
    assertEquals(await keysOf({ due: 2, fresh: 3 }), ["1", "2", "4"]);
    assertEquals(await keysOf({ due: 0, fresh: 1 }), ["5"]);
    assertEquals(await keysOf({ due: 1, fresh: 0 }), ["3"]);
  }));

Deno.test("a paused stream gives nothing out, neither new nor due, until it goes on", () =>
  withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await bench.makeDue(id);
    await bench.enqueue("2");
    await bench.redis.set(bench.keys.paused, "1");
    const { paused, claims } = await bench.a.take({ due: 5, fresh: 5 });
    assertEquals([paused, claims], [true, []]);
    await bench.redis.del(bench.keys.paused);
    assertEquals((await bench.takeAll()).length, 2);
  }));

Deno.test("a redelivered entry brings its receipt along", () =>
  withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    const receipt = { nationalCode: "PN_QG_1", message: "Thành công" };
    await bench.a.recordReceipts([{ id, key: "1", receipt }]);
    await bench.makeDue(id);
    const [claim] = await bench.takeAll(bench.worker("b"));
    assertEquals([claim?.receipt, claim?.deliveries], [receipt, 2]);
  }));

Deno.test("a receipt for an entry that is settled by now is not kept", () =>
  withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await bench.a.settle([{ id, key: "1" }]);
    await bench.a.recordReceipts([{ id, key: "1", receipt: { nationalCode: null, message: "m" } }]);
    await bench.assertEmpty();
  }));

Deno.test("an entry that was deleted by hand is passed over when it is due, and no longer pending then", () =>
  withStream(async (bench) => {
    const [gone = "", kept = ""] = await bench.enqueue("1", "2");
    await bench.takeAll();
    await bench.redis.xdel(bench.keys.stream, gone);
    await bench.makeDue(gone, kept);
    assertEquals((await bench.takeAll(bench.worker("b"))).map(({ entry }) => entry.id), [kept]);
    assertEquals((await bench.pending()).map(({ id }) => id), [kept]);
  }));

Deno.test("a stranger's entry is taken as unreadable, and others beside it as usual", () =>
  withStream(async (bench) => {
    const id = await bench.redis.xadd(bench.keys.stream, "*", "hello", "world");
    await bench.enqueue("1");
    const { claims, unreadable } = await bench.a.take({ due: 5, fresh: 5 });
    assertEquals([claims.length, unreadable.length, unreadable[0]?.id], [1, 1, id]);
    assertEquals(unreadable[0]?.fields, { hello: "world" });
  }));

Deno.test("an entry that names a row of ours but was enqueued by a stranger is not sent", () =>
  withStream(async (bench) => {
    const [ours = ""] = await bench.enqueue("7");
    const [[, flat]] = await bench.redis.xrange(bench.keys.stream, ours, ours) as [[string, string[]]];
    const copy = await bench.redis.xadd(bench.keys.stream, "*", ...flat);
    const { claims, unreadable } = await bench.a.take({ due: 5, fresh: 5 });
    assertEquals([claims.map(({ entry }) => entry.id), unreadable.map(({ id }) => id)], [[ours], [copy]]);
  }));

Deno.test("two workers that take at once never get the same entry, new or due", () =>
  withStream(async (bench) => {
    const ids = await bench.enqueue(...Array.from({ length: 100 }, (_, key) => String(key)));
    const [a, b] = [bench.a, bench.worker("b")];
    for (const round of [1, 2]) {
      const taken: string[] = [];
      while (taken.length < 100) {
        const both = await Promise.all([a, b, a, b].map((worker) => worker.take({ due: 7, fresh: 7 })));
        taken.push(...both.flatMap(({ claims }) => claims.map(({ entry }) => entry.id)));
      }
      assertEquals(taken.toSorted(), ids.toSorted(), `round ${round}`);
      await bench.makeDue(...ids);
    }
  }));

Deno.test("renewing puts the due time off and counts no delivery, as often as it is done", () =>
  withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    await bench.takeAll();
    await bench.makeDue(id);
    for (let round = 0; round < 3; round++) assertEquals(await bench.a.renew([{ id, key: "1" }]), [true]);
    await bench.assertDueIn(id, 5_000);
    assertEquals((await bench.pending())[0]?.deliveries, 1);
  }));

Deno.test("renewing reports what another worker owns, and what was settled", () =>
  withStream(async (bench) => {
    const ids = await bench.enqueue("1", "2", "3");
    await bench.takeAll();
    const claims = ids.map((id, index) => ({ id, key: String(index + 1) }));
    await bench.makeDue(ids[1]!);
    await bench.takeAll(bench.worker("b"));
    await bench.a.settle([claims[2]!]);
    assertEquals(await bench.a.renew(claims), [true, false, false]);
    assertEquals(await bench.a.renew([]), []);
    await bench.assertDueIn(ids[1]!, 5_000);
  }));

Deno.test("after a FLUSHALL a call that is out keeps its row out of the next scan, and a row enqueued since is another's", () =>
  withStream(async (bench) => {
    const [first = "", second = ""] = await bench.enqueue("1", "2");
    await bench.takeAll();
    await bench.redis.flushall();
    await bench.a.ensureGroup();
    // An empty stream gives out the ids of the same millisecond once more.
    while (await bench.a.now() <= Number(second.split("-")[0])) continue;
    const [again = ""] = await bench.enqueue("2");
    assertEquals(await bench.a.renew([{ id: first, key: "1" }, { id: second, key: "2" }]), [true, false]);
    assertEquals((await bench.offer(["1"]))[0]?.kind, "known");
    assertEquals((await bench.takeAll()).map(({ entry }) => entry.id), [again]);
    await bench.a.settle([{ id: first, key: "1" }, { id: again, key: "2" }]);
    await bench.assertEmpty();
  }, { own: true }));

Deno.test("a missing group is told as NOGROUP, and made anew from the beginning: no entry is passed over", () =>
  withStream(async (bench) => {
    assertEquals(await bench.a.ensureGroup(), false);
    await bench.enqueue("1");
    await bench.takeAll();
    await bench.redis.xgroup("DESTROY", bench.keys.stream, "workers");
    const error = await assertRejects(() => bench.a.take({ due: 1, fresh: 1 }), Error);
    assert(error.message.includes("NOGROUP"), error.message);
    assertEquals(await bench.a.ensureGroup(), true);
    assertEquals((await bench.takeAll()).map(({ entry, deliveries }) => [entry.key, deliveries]), [["1", 1]]);
  }));

Deno.test("a missing stream is told as NOGROUP too", () =>
  withStream(async (bench) => {
    await bench.redis.del(bench.keys.stream);
    const error = await assertRejects(() => bench.a.take({ due: 1, fresh: 1 }), Error);
    assert(error.message.includes("NOGROUP"), error.message);
    assertEquals(await bench.a.ensureGroup(), true);
  }));

Deno.test("silent consumers are removed, but never one that holds entries", () =>
  withStream(async (bench) => {
    for (const [name, key] of [["b", "2"], ["c", "3"]] as const) {
      const [id = ""] = await bench.enqueue(key);
      await bench.takeAll(bench.worker(name));
      await bench.a.settle([{ id, key }]);
    }
    await bench.enqueue("1");
    await bench.takeAll();
    assertEquals(await bench.a.removeConsumers({ forMs: 3_600_000 }), []);
    assertEquals(await bench.a.removeConsumers({ forMs: 0, only: "b" }), ["b"]);
    assertEquals(await bench.a.removeConsumers({ forMs: 0 }), ["c"]);
    assertEquals(await bench.a.removeConsumers({ forMs: 0, only: "a" }), []);
    assertEquals((await bench.pending()).map(({ consumer }) => consumer), ["a"]);
  }));

Deno.test("an inflight record without an entry is removed at the second look, and not while its worker puts it back", () =>
  withStream(async (bench) => {
    const [gone = "", kept = ""] = await bench.enqueue("1", "2");
    await bench.a.recordReceipts([{ id: gone, key: "1", receipt: { nationalCode: null, message: "m" } }]);
    await bench.redis.xdel(bench.keys.stream, gone);
    const first = await bench.a.repairInFlight(new Map());
    assertEquals(first, { removed: [], suspects: new Map([["1", gone]]) });
    const second = await bench.a.repairInFlight(first.suspects);
    assertEquals(second, { removed: ["1"], suspects: new Map() });
    assertEquals(await bench.redis.hgetall(bench.keys.inflight), { "2": kept });
    assertEquals(await bench.redis.hlen(bench.keys.receipts), 0);
    assertEquals((await bench.offer(["1"]))[0]?.kind, "added");
  }));

Deno.test("a record that was made anew since the first look is no suspect any more", () =>
  withStream(async (bench) => {
    const [gone = ""] = await bench.enqueue("1");
    await bench.redis.xdel(bench.keys.stream, gone);
    const { suspects } = await bench.a.repairInFlight(new Map());
    await bench.redis.hdel(bench.keys.inflight, "1");
    const [again = ""] = await bench.enqueue("1");
    assertEquals(await bench.a.repairInFlight(suspects), { removed: [], suspects: new Map() });
    assertEquals(await bench.redis.hget(bench.keys.inflight, "1"), again);
  }));
