// Entries of a newer version beside older ones, on a real Redis: an older worker leaves them alone, a newer one takes them at once.
// Both sets of scripts work on the same keys, as they do during a rolling upgrade.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Flights } from "../../shared/operator/flights.ts";
import { RedisStream } from "../../shared/stream.ts";
import { group } from "../../shared/stream_keys.ts";
import { enqueueNewer, newerReaders } from "../support/newer.ts";
import { type StreamBench, withStream } from "../support/stream.ts";

const all = { due: 100, fresh: 100 };

function newerWorker({ redis, prefix }: StreamBench, consumer = "new"): RedisStream {
  const options = { prefix, type: "phieu_nhap", consumer, leaseMs: 5_000 } as const;
  return new RedisStream(redis, { ...options, readers: newerReaders });
}

async function putNewer(bench: StreamBench, ...keys: string[]): Promise<string[]> {
  const documents = keys.map((key) => ({ key, code: `PN${key}`, shop: "S1", body: "{}" }));
  const ids: string[] = [];
  for (const document of documents) ids.push(await enqueueNewer(bench.redis, bench.keys, document));
  return ids;
}

Deno.test("an entry of a newer version is neither given out nor counted nor buried, and stays in flight", () =>
  withStream(async (bench) => {
    const [id = ""] = await putNewer(bench, "1");
    const { claims, unreadable, newer } = await bench.a.take(all);
    assertEquals([claims, unreadable, newer], [[], [], 1]);
    assertEquals((await bench.pending()).map(({ id, consumer, deliveries }) => [id, consumer, deliveries]), [
      [id, "newer:2", 0],
    ]);
    assertEquals([await bench.entryIds(), await bench.deadLetters()], [[id], []]);
    assertEquals(await bench.redis.hgetall(bench.keys.inflight), { "1": id });
    assertEquals(await bench.offer(["1"]), [{ kind: "known" }]);
  }));

Deno.test("older entries behind newer ones are taken in the same move, as many as were wanted", () =>
  withStream(async (bench) => {
    await putNewer(bench, ...Array.from({ length: 60 }, (_, at) => `n${at}`));
    await bench.enqueue("1", "2", "3");
    const { claims, newer } = await bench.a.take({ due: 2, fresh: 2 });
    assertEquals([claims.map(({ entry }) => entry.key), newer], [["1", "2"], 60]);
  }));

Deno.test("due entries that are older come through behind newer ones that are due", () =>
  withStream(async (bench) => {
    const newer = await putNewer(bench, ...Array.from({ length: 30 }, (_, at) => `n${at}`));
    const [old = ""] = await bench.enqueue("1");
    await newerWorker(bench).take(all);
    await bench.makeDue(...newer, old);
    assertEquals((await bench.a.take({ due: 1, fresh: 0 })).claims.map(({ entry }) => entry.id), [old]);
  }));

Deno.test("an older worker does not meet again what it has set aside: no hot loop", () =>
  withStream(async (bench) => {
    await putNewer(bench, "1", "2");
    assertEquals((await bench.a.take(all)).newer, 2);
    const before = await bench.pending();
    assertEquals((await bench.a.take(all)).newer, 0);
    assertEquals((await bench.worker("b").take(all)).newer, 0);
    assertEquals((await bench.pending()).map(({ id }) => id), before.map(({ id }) => id));
  }));

Deno.test("no more than five hundred are set aside in one move, and the rest in the next", () =>
  withStream(async (bench) => {
    await putNewer(bench, ...Array.from({ length: 620 }, (_, at) => `n${at}`));
    assertEquals([(await bench.a.take(all)).newer, (await bench.a.take(all)).newer], [500, 120]);
  }));

Deno.test("a newer worker takes what was set aside at once, as a first delivery, and settles it", () =>
  withStream(async (bench) => {
    const [id = ""] = await putNewer(bench, "1");
    await bench.a.take(all);
    const worker = newerWorker(bench);
    const { claims } = await worker.take(all);
    assertEquals(claims.map(({ entry, deliveries }) => [entry.id, deliveries]), [[id, 1]]);
    await worker.settle([{ id, key: "1" }]);
    await bench.assertEmpty();
  }));

Deno.test("a newer worker understands the version before its own", () =>
  withStream(async (bench) => {
    await bench.enqueue("1");
    await putNewer(bench, "2");
    const { claims } = await newerWorker(bench).take(all);
    assertEquals(claims.map(({ entry }) => entry.key), ["1", "2"]);
  }));

Deno.test("what a newer worker dropped keeps its deliveries and its receipt while an older one sets it aside", () =>
  withStream(async (bench) => {
    const [id = ""] = await putNewer(bench, "1");
    const dead = newerWorker(bench, "dead");
    await dead.take(all);
    const receipt = { nationalCode: "PN_QG_1", message: "Thành công" };
    await dead.recordReceipts([{ id, key: "1", receipt }]);
    await bench.makeDue(id);
    assertEquals((await bench.a.take(all)).newer, 1);
    assertEquals((await bench.pending())[0]?.deliveries, 1);
    const { claims } = await newerWorker(bench).take(all);
    assertEquals(claims.map(({ deliveries, receipt }) => [deliveries, receipt]), [[2, receipt]]);
  }));

Deno.test("an operator sees in XPENDING what waits for a newer worker", () =>
  withStream(async (bench) => {
    await putNewer(bench, "1", "2");
    await bench.a.take(all);
    const [, , , owners] = await bench.redis.xpending(bench.keys.stream, group);
    assertEquals(owners, [["newer:2", "2"]]);
  }));

Deno.test("the operator's sum of a stream tells what waits for a newer worker apart from what workers hold and what is due later", () =>
  withStream(async (bench) => {
    await putNewer(bench, "1", "2");
    const [, postponed = ""] = await bench.enqueue("3", "4");
    await bench.a.take(all);
    await bench.a.postpone([{ id: postponed, delayMs: 60_000, deliveries: 1 }]);
    const flights = new Flights(bench.redis, { prefix: bench.prefix, leaseMs: 5_000 });
    const { inStream, held, dueLater, newer, newerVersion } = await flights.summary("phieu_nhap");
    assertEquals([inStream, held, dueLater, newer, newerVersion], [4, 1, 1, 2, 2]);
  }));

Deno.test("an entry without a version, or with one that is none, is unreadable", () =>
  withStream(async (bench) => {
    const versions = ["", "0", "-1", "1.5", "02", "1000", "v2", "2 "];
    for (const version of versions) {
      const id = await bench.redis.xadd(bench.keys.stream, "*", "v", version, "key", version, "code", "C");
      await bench.redis.hset(bench.keys.inflight, version, id ?? "");
    }
    const { claims, unreadable, newer } = await bench.a.take(all);
    assertEquals([claims, unreadable.length, newer], [[], versions.length, 0]);
    assertStringIncludes(unreadable[0]?.problem ?? "", `no field "v"`);
    assertStringIncludes(unreadable[5]?.problem ?? "", `"1000"`);
  }));

Deno.test("an entry that is too old is unreadable, and its row is enqueued anew once it is buried", () =>
  withStream(async (bench) => {
    const [id = ""] = await bench.enqueue("1");
    const options = { prefix: bench.prefix, type: "phieu_nhap", consumer: "v3", leaseMs: 5_000 } as const;
    const worker = new RedisStream(bench.redis, { ...options, readers: new Map([[3, () => "never"]]) });
    const { claims, unreadable: [old] } = await worker.take(all);
    assertEquals([claims, old?.id], [[], id]);
    assertStringIncludes(old?.problem ?? "", 'version is "1"');
    const entry = { id, key: "", code: "", shop: "", scannedAtMs: 0 };
    await worker.bury([{ entry, reason: "unreadable", detail: old?.problem ?? "", deliveries: 1 }]);
    const { suspects } = await worker.repairInFlight(new Map());
    assertEquals((await worker.repairInFlight(suspects)).removed, ["1"]);
    await bench.enqueue("1");
  }));
