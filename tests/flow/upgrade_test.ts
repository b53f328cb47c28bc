// A rolling upgrade in the wrong order: entries of the next version come while the workers are still old. They are left alone, the old
// ones flow past them, and they are there for the newer worker, which is a stream of the test's own.
import { assert, assertEquals } from "@std/assert";
import { RedisStream } from "../../shared/stream.ts";
import { assertAcceptedOnce, goodDocuments, keysOf, pending } from "../support/flow.ts";
import { enqueueNewer, newerReaders } from "../support/newer.ts";
import { startStack } from "../support/stack.ts";

const type = "phieu_nhap";
const withinMs = 20_000;

Deno.test("a worker leaves entries of a newer version alone, says so once, and sends the older ones behind them", async () => {
  await using stack = await startStack();
  const keys = keysOf(stack, type);
  const newer = Array.from({ length: 30 }, (_, at) => ({
    ...{ key: `${900_000 + at}`, code: `NEWER-${at}`, shop: "S1", body: "{}" },
  }));
  for (const document of newer) await enqueueNewer(stack.redis, keys, document);
  const samples = goodDocuments(type, 5);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  await stack.waitUntilIdle(withinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
  const settled = async () => await stack.redis.xlen(keys.stream) === newer.length;
  await stack.waitFor(settled, { deadlineMs: withinMs, what: "the older entries to be settled" });
  const left = await pending(stack, type);
  assertEquals(new Set(left.map(({ worker }) => worker)), new Set(["newer:2"]));
  assertEquals([left.length, left.every(({ deliveries }) => deliveries === 0)], [30, true]);
  const told = worker.logLines().filter(({ event }) => event === "entry.newer");
  assertEquals(told.map(({ version, type }) => [version, type]), [["1", type]]);
  assertEquals((await stack.partnerCalls()).filter(({ code }) => code?.startsWith("NEWER")), []);

  const { keyPrefix: prefix } = stack.settings.redis;
  const options = { prefix, type, consumer: "newer-worker", leaseMs: 5_000 } as const;
  const upgraded = new RedisStream(stack.redis, { ...options, readers: newerReaders });
  const { claims } = await upgraded.take({ due: 100, fresh: 100 });
  assertEquals(
    claims.map(({ entry, deliveries }) => [entry.code, deliveries]),
    newer.map(({ code }) => [code, 1]),
  );
  await upgraded.settle(claims.map(({ entry }) => entry));
  assertEquals([await stack.redis.xlen(keys.stream), await stack.redis.hlen(keys.inflight)], [0, 0]);
  assert(worker.isRunning);
});
