// Several of each process at once: nothing is enqueued or sent twice, and when the scheduler that leads dies, another takes over.
import { assert, assertEquals } from "@std/assert";
import type { TaskLog } from "../../shared/journal_records.ts";
import { leaderKey } from "../../shared/stream_keys.ts";
import { assertAcceptedOnce, goodDocuments, partnerStats, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";
import type { ProductProcess } from "../support/stack_product.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const takeoverWithinMs = 15_000;
const type = "phieu_nhap";

Deno.test("two schedulers and three workers send 300 documents once each, and survive the leader's death", async () => {
  await using stack = await startStack({ env: { WORKER_CONCURRENCY: "8" }, partner: { latencyMs: 20 } });
  const samples = goodDocuments(type, 300);
  await stack.insert(samples.slice(0, 250));
  const schedulers = [stack.startScheduler(), stack.startScheduler()];
  const workers = [stack.startWorker(type), stack.startWorker(type), stack.startWorker(type)];
  await Promise.all(
    [...schedulers, ...workers].map((each) => each.waitForEvent("process.started", startsWithinMs)),
  );
  const [leader, follower] = await leaderFirst(stack, schedulers);
  assert(leader && follower);
  const isUnderWay = async () => (await stack.partnerDocuments()).length > 50;
  await stack.waitFor(isUnderWay, { deadlineMs: startsWithinMs, what: "documents to be accepted" });
  await leader.kill("SIGKILL");
  const killedAtMs = Date.now();
  await stack.insert(samples.slice(250));
  await follower.waitForEvent("scan.lead_taken", takeoverWithinMs);
  await waitUntilDrained(stack, endsWithinMs);
  assert(Date.now() - killedAtMs <= takeoverWithinMs + 5_000);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
  const { by_outcome } = await partnerStats(stack);
  assertEquals([by_outcome.accepted, by_outcome.exists], [300, undefined]);
  const enqueued = await stack.mongo.collection<TaskLog>("task_logs").countDocuments();
  assertEquals(enqueued, 300, "entries that were enqueued");
  const shares = workers.map((worker) =>
    worker.logLines().filter(({ event }) => event === "document.accepted").length
  );
  assert(shares.every((share) => share > 0), `a worker had nothing to do: ${shares}`);
});

Deno.test("a scheduler that gets SIGTERM hands the lead over at once and exits 0", async () => {
  await using stack = await startStack();
  const schedulers = [stack.startScheduler(), stack.startScheduler()];
  stack.startWorker(type);
  await Promise.all(schedulers.map((each) => each.waitForEvent("process.started", startsWithinMs)));
  const [leader, follower] = await leaderFirst(stack, schedulers);
  assert(leader && follower);
  await leader.kill("SIGTERM");
  assertEquals((await leader.stopped).code, 0);
  await follower.waitForEvent("scan.lead_taken", 5_000);
  const samples = goodDocuments(type, 3);
  await stack.insert(samples);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

/** The schedulers, the one that Redis says leads before the others. */
async function leaderFirst(stack: Stack, schedulers: readonly ProductProcess[]): Promise<ProductProcess[]> {
  const key = leaderKey(stack.settings.redis.keyPrefix);
  const name = await stack.waitFor(() => stack.redis.get(key), {
    deadlineMs: startsWithinMs,
    what: "a leader",
  });
  const isLeader = (each: ProductProcess) =>
    each.logLines().some(({ event, worker }) => event === "process.started" && worker === name);
  return [...schedulers.filter(isLeader), ...schedulers.filter((each) => !isLeader(each))];
}
