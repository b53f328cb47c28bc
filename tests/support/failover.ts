// What holds when the master that holds a stream dies while documents are on their way, of a cluster as under sentinels: nothing is lost,
// and the partner is told of no document twice.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { documentTypes } from "../../shared/document.ts";
import { assertAcceptedOnce, goodDocuments, keysOf, waitUntilDrained } from "./flow.ts";
import type { RedisKind } from "./redis_kinds.ts";
import { type Stack, startStack } from "./stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 60_000;
const type = "hoa_don";

/** How the master dies, and what is left of it; the signal is sent to it. */
export type Death = "SIGKILL" | "SIGSTOP";

/**
 * Documents of all three types, two workers for one of them; its master dies when a third is accepted, and some are in call. Ends when all
 * are settled.
 */
export async function assertSurvivesFailover(
  redis: Exclude<RedisKind, "single">,
  death: Death,
): Promise<void> {
  await using stack = await startStack({
    redis,
    env: { WORKER_CONCURRENCY: "4" },
    partner: { latencyMs: 200 },
  });
  const samples = documentTypes.flatMap((each) => goodDocuments(each, each === type ? 60 : 20));
  await stack.insert(samples);
  const processes = [stack.startScheduler(), ...documentTypes.map((each) => stack.startWorker(each))];
  const workers = [stack.startWorker(type), ...processes.filter(({ role }) => role === `worker:${type}`)];
  await stack.waitFor(async () => (await accepted(stack)) >= 20, {
    deadlineMs: startsWithinMs,
    what: "a third of the documents to be accepted",
  });
  const master = await stack.redisServers.masterOf(keysOf(stack, type).stream);
  await master.signal(death);
  const late = goodDocuments(type, 10, 1_000);
  await stack.insert(late);
  await waitUntilDrained(stack, endsWithinMs);
  const next = await stack.redisServers.masterOf(keysOf(stack, type).stream);
  assertNotEquals(next.port, master.port, "another server holds the stream");
  assertEquals(await assertAcceptedOnce(stack, [...samples, ...late]), [], "documents that were sent again");
  for (const worker of workers) {
    assert(worker.isRunning);
    assert(worker.logLines().some(({ event }) => event === "redis.changed"), worker.describe());
  }
  const events = [...processes, ...workers].flatMap((process) => process.logLines());
  assert(!events.some(({ event }) => event === "document.buried"), "nothing is buried");
}

async function accepted(stack: Stack): Promise<number> {
  return (await stack.partnerDocuments()).filter(({ code }) => code.startsWith(type.toUpperCase())).length;
}
