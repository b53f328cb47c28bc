// Workers that end: killed in mid-flight, asked to stop, asked twice. What they held goes to another worker, and nothing is sent twice
// without need.
import { assert, assertEquals } from "@std/assert";
import { group } from "../../shared/stream_keys.ts";
import {
  assertAcceptedOnce,
  canReplace,
  goodDocuments,
  keysOf,
  onThisMachine,
  type Pending,
  pending,
  waitUntilDrained,
} from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const type = "phieu_nhap";

Deno.test("the documents of a worker killed with kill -9 in mid-flight are taken by another within 8 s", async () => {
  await using stack = await startStack();
  await stack.fault({ kind: "slow", delayMs: onThisMachine(25_000), times: 16 });
  const samples = goodDocuments(type, 30);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  const held = await waitUntilHolding(stack, 24);
  await callsAre(stack, 16);
  const other = stack.startWorker(type);
  await waitsForEntries(stack);
  await worker.kill("SIGKILL");
  const moved = async () => (await pending(stack, type)).every(({ worker }) => worker !== held[0]?.worker);
  await stack.waitFor(moved, { deadlineMs: onThisMachine(8_000), what: "the other worker to take over" });
  await waitUntilDrained(stack, endsWithinMs);
  const again = await assertAcceptedOnce(stack, samples);
  // Their calls had arrived, and the answers were lost with the worker.
  assertEquals(again.length, 16);
  const replaced = other.logLines().filter(({ event }) => event === "document.replaced").length;
  assertEquals(replaced, canReplace(stack) ? 16 : 0);
});

Deno.test("a worker that gets SIGTERM finishes its calls, gives up the rest, leaves the group and exits 0", async () => {
  await using stack = await startStack();
  await stack.fault({ kind: "slow", delayMs: onThisMachine(4_000), times: 16 });
  const samples = goodDocuments(type, 24);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  const [first] = await waitUntilHolding(stack, 24);
  await callsAre(stack, 16);
  const other = stack.startWorker(type);
  await waitsForEntries(stack);
  const ended = worker.kill("SIGTERM");
  const taken = async () =>
    (await pending(stack, type)).filter((entry) => entry.worker === first?.worker).length <= 16;
  await stack.waitFor(taken, {
    deadlineMs: onThisMachine(1_000),
    what: "the other worker to take what was given up",
  });
  assert(worker.isRunning, "the worker has ended before its calls came back");
  await ended;
  assertEquals((await worker.stopped).code, 0);
  assert(!(await consumers(stack)).includes(first?.worker ?? ""), "the worker is still in the group");
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
  const accepted = [worker, other].map((each) =>
    each.logLines().filter(({ event }) => event === "document.accepted").length
  );
  assertEquals(accepted, [16, 8]);
  assertEquals(worker.logLines().at(-1)?.event, "process.stopped");
});

Deno.test("a second SIGTERM ends a worker at once, and its document goes to another", async () => {
  await using stack = await startStack({ env: { LEASE_SECONDS: "2" } });
  await stack.fault({ kind: "hang", times: 1 });
  const samples = goodDocuments(type, 1);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  await callsAre(stack, 1);
  worker.kill("SIGTERM");
  await worker.waitForEvent("process.stopping", startsWithinMs);
  assert(worker.isRunning);
  // One that comes within half a second of the first counts as the same.
  const ended = () => {
    worker.kill("SIGTERM");
    return !worker.isRunning;
  };
  await stack.waitFor(ended, {
    deadlineMs: onThisMachine(2_000),
    what: "a second SIGTERM to end the worker",
  });
  assertEquals((await worker.stopped).code, 1);
  stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

/** Waits until so many entries are in workers' hands, and returns them. */
function waitUntilHolding(stack: Stack, count: number): Promise<Pending[]> {
  const holding = async () => {
    const found = await pending(stack, type);
    return found.length >= count ? found : null;
  };
  return stack.waitFor(holding, { deadlineMs: startsWithinMs, what: `a worker to hold ${count} entries` });
}

/** Waits until a worker reads from the stream. Another one that has no room does not. */
async function waitsForEntries(stack: Stack): Promise<void> {
  const reads = async () => {
    const lists = await stack.redisServers.askMasters((master) => master.client("LIST"));
    return /\bcmd=xread\b/.test(lists.join("\n"));
  };
  await stack.waitFor(reads, { deadlineMs: startsWithinMs, what: "a worker to wait for entries" });
}

async function callsAre(stack: Stack, count: number): Promise<void> {
  const arrived = async () => (await stack.partnerCalls()).filter(({ login }) => !login).length === count;
  await stack.waitFor(arrived, { deadlineMs: startsWithinMs, what: `${count} calls to arrive` });
}

async function consumers(stack: Stack): Promise<string[]> {
  const found = await stack.redis.xinfo("CONSUMERS", keysOf(stack, type).stream, group);
  return Array.isArray(found) ? found.map((each) => String(each[1])) : [];
}
