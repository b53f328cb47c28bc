// Redis loses what it holds while documents are in flight: the source has the truth, so every document gets through, and none twice
// without need.
import { assert, assertEquals } from "@std/assert";
import { group } from "../../shared/stream_keys.ts";
import { assertAcceptedOnce, goodDocuments, keysOf, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const type = "hoa_don";

/** The events that a worker logged about the trouble. */
type Events = readonly string[];

Deno.test("documents survive FLUSHALL in mid-flight", async () => {
  const events = await runThrough(async (stack) => {
    await stack.redisServers.askMasters((master) => master.flushall());
  });
  assert(events.includes("stream.recreated"), `the worker logged ${events}`);
});

Deno.test("documents survive a Redis that is killed and comes back without its data", async () => {
  const events = await runThrough(async (stack) => {
    await stack.signalService("redis", "SIGKILL");
    await stack.restartRedis({ withData: false });
  });
  assert(events.includes("redis.lost"), `the worker logged ${events}`);
  assert(events.includes("redis.back"), `the worker logged ${events}`);
});

Deno.test("documents survive a Redis that is killed and comes back with its data", async () => {
  const events = await runThrough(async (stack) => {
    await stack.signalService("redis", "SIGKILL");
    await stack.restartRedis();
  });
  assert(events.includes("redis.back"), `the worker logged ${events}`);
});

Deno.test("documents survive XGROUP DESTROY in mid-flight", async () => {
  const events = await runThrough(async (stack) => {
    await stack.redis.xgroup("DESTROY", keysOf(stack, type).stream, group);
  });
  assert(events.includes("stream.recreated"), `the worker logged ${events}`);
});

/** Sixty documents, four at a time; the fault strikes when a third of them is accepted. Returns what the worker logged. */
async function runThrough(fault: (stack: Stack) => Promise<void>): Promise<Events> {
  await using stack = await startStack({ env: { WORKER_CONCURRENCY: "4" }, partner: { latencyMs: 100 } });
  const samples = goodDocuments(type, 60);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  const isUnderWay = async () => (await stack.partnerDocuments()).length >= 20;
  await stack.waitFor(isUnderWay, {
    deadlineMs: startsWithinMs,
    what: "a third of the documents to be accepted",
  });
  await fault(stack);
  await waitUntilDrained(stack, endsWithinMs);
  await assertAcceptedOnce(stack, samples);
  assertEquals(worker.logLines().filter(({ event }) => event === "document.buried"), []);
  return worker.logLines().map(({ event }) => event);
}
