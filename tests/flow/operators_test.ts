// What an operator sees with redis-cli, and does with it, while documents are in flight.
import { assert, assertEquals } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import { dueIdleMs } from "../../shared/stream.ts";
import { assertAcceptedOnce, goodDocuments, keysOf, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const type = "phieu_nhap";

Deno.test("XPENDING shows who holds an entry, when it is due, and its deliveries", async () => {
  await using stack = await startStack();
  await stack.fault([
    { kind: "slow", delayMs: 6_000, match: { code: "0000|0001" } },
    { kind: "status", status: 500, times: 1, match: { code: "0002" } },
  ]);
  const samples = goodDocuments(type, 3);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  const retried = await worker.waitForEvent("document.retried", startsWithinMs);
  const { worker: name } = await worker.waitForEvent("process.started", startsWithinMs);
  // The one that failed is due when its backoff is over: 2 s and a fifth at most.
  const putOff = async () => {
    const shown = await xpending(stack);
    const isPutOff = ({ id, idleMs }: Shown) => id === retried.entry && idleMs >= dueIdleMs - 2_400;
    return shown.some(isPutOff) ? shown : null;
  };
  const entries = await stack.waitFor(putOff, {
    deadlineMs: 5_000,
    what: "the one that failed to be put off",
  });
  assertEquals(entries.length, 3);
  for (const { id, consumer, idleMs, deliveries } of entries) {
    assertEquals([consumer, deliveries], [name, 1], id);
    // Those that are held are due when their lease of 5 s runs out.
    const isInBounds = idleMs >= dueIdleMs - 5_000 && idleMs <= dueIdleMs;
    assert(isInBounds, `${id} has been idle for ${idleMs} ms`);
  }
  const again = async () => (await xpending(stack)).find(({ id }) => id === retried.entry)?.deliveries !== 1;
  await stack.waitFor(again, { deadlineMs: 5_000, what: "the entry that failed to be delivered again" });
  await waitUntilDrained(stack, endsWithinMs);
  await assertAcceptedOnce(stack, samples);
  assertEquals(await xpending(stack), []);
});

Deno.test("a paused type takes nothing new while the others go on", async () => {
  await using stack = await startStack();
  await stack.redis.set(keysOf(stack, type).paused, "1");
  const samples = documentTypes.flatMap((each) => goodDocuments(each, 5));
  await stack.insert(samples);
  stack.startScheduler();
  for (const each of documentTypes) stack.startWorker(each);
  const others = async () => (await stack.partnerDocuments()).length === 10;
  await stack.waitFor(others, { deadlineMs: startsWithinMs, what: "the other types to be synced" });
  const counts = await stack.counts();
  assertEquals([counts[type].PENDING_SYNC, counts[type].inStream], [5, 5]);
  const waiting = async () =>
    await stack.mongo.collection("task_logs").countDocuments({ document_type: type, status: "PENDING" }) ===
      5;
  await stack.waitFor(waiting, { deadlineMs: startsWithinMs, what: "the journal to know what waits" });
  await stack.redis.del(keysOf(stack, type).paused);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

Deno.test("an entry that a stranger wrote is buried, and the documents behind it flow", async () => {
  await using stack = await startStack();
  await stack.redis.xadd(keysOf(stack, type).stream, "*", "hello", "world");
  const samples = goodDocuments(type, 2);
  await stack.insert(samples);
  stack.startScheduler();
  stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  const dead = await stack.redis.xrange(keysOf(stack, type).dead, "-", "+");
  assertEquals(dead.map(([, fields]) => fields.slice(0, 2)), [["hello", "world"]]);
  assert(dead[0]?.[1].includes("unreadable"));
  assertEquals((await stack.partnerDocuments()).map(({ posts }) => posts), [1, 1]);
});

interface Shown {
  readonly id: string;
  readonly consumer: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

/** As the operator types it. */
async function xpending(stack: Stack): Promise<Shown[]> {
  const { port } = await stack.redisServers.masterOf("hermes:{phieu_nhap}:stream");
  const { stdout } = await new Deno.Command("redis-cli", {
    args: ["-p", String(port), "XPENDING", "hermes:{phieu_nhap}:stream", "workers", "-", "+", "10"],
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.flatMap((id, at) =>
    at % 4 === 0
      ? [{
        id,
        consumer: lines[at + 1] ?? "",
        idleMs: Number(lines[at + 2]),
        deliveries: Number(lines[at + 3]),
      }]
      : []
  );
}
