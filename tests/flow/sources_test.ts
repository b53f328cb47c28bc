// SQL Server and MongoDB away, at the start or in mid-flight: what the partner has accepted is kept until it can be written.
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { TaskLog } from "../../shared/journal_records.ts";
import { forbid } from "../support/by_hand.ts";
import { assertAcceptedOnce, goodDocuments, keysOf, rowsByCode, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const startsWithinMs = 20_000;
const endsWithinMs = 40_000;
const type = "phieu_xuat";
const updates = "UPDATE h";

Deno.test("delivery goes on without MongoDB, and its records arrive when it is there", async () => {
  await using stack = await startStack();
  await stack.control("mongodb", "POST down");
  const [first, second] = [goodDocuments(type, 20), goodDocuments(type, 20, 20)];
  await stack.insert(first);
  const scheduler = stack.startScheduler();
  await scheduler.waitForEvent("journal.lost", startsWithinMs); // of documents that wait for a worker
  const worker = stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  const lost = await worker.waitForEvent("journal.lost", startsWithinMs);
  assertStringIncludes(String(lost.error), new URL(stack.settings.mongo.uri).host);
  await stack.control("mongodb", "POST up");
  await Promise.all([scheduler, worker].map((each) => each.waitForEvent("journal.back", startsWithinMs)));
  await stack.insert(second);
  const isUnderWay = async () => (await stack.partnerDocuments()).length > 20;
  await stack.waitFor(isUnderWay, { deadlineMs: startsWithinMs, what: "later documents to be accepted" });
  await stack.control("mongodb", "POST down");
  await waitUntilDrained(stack, endsWithinMs);
  await stack.control("mongodb", "POST up");
  await assertAcceptedOnce(stack, [...first, ...second]);
  await journalIsWhole(stack, 40);
});

Deno.test("delivery goes on while MongoDB is frozen", async () => {
  await using stack = await startStack();
  const samples = goodDocuments(type, 20);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  await stack.insert(samples.slice(0, 5));
  await waitUntilDrained(stack, endsWithinMs);
  await stack.signalService("mongodb", "SIGSTOP");
  await stack.insert(samples.slice(5));
  await waitUntilDrained(stack, endsWithinMs);
  await stack.signalService("mongodb", "SIGCONT");
  await worker.waitForEvent("journal.back", startsWithinMs);
  await assertAcceptedOnce(stack, samples);
  await journalIsWhole(stack, 20);
});

Deno.test("results are kept while SQL Server is away, and written when it is back", async () => {
  await using stack = await startStack();
  await stack.fault({ kind: "slow", delayMs: 1_500, times: 16 });
  const samples = goodDocuments(type, 30);
  await stack.insert(samples);
  const scheduler = stack.startScheduler();
  const worker = stack.startWorker(type);
  const called = async () => (await stack.partnerDocuments()).length >= 16;
  await stack.waitFor(called, { deadlineMs: startsWithinMs, what: "calls to be out" });
  await stack.control("sqlserver", "POST down");
  await worker.waitForEvent("source.lost", startsWithinMs);
  await scheduler.waitForEvent("scan.failed", startsWithinMs);
  await stack.control("sqlserver", "POST up");
  await worker.waitForEvent("source.back", startsWithinMs);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
});

Deno.test("a write-back that is a deadlock's victim, or whose answer is cut off, is done again", async () => {
  await using stack = await startStack();
  for (const fault of [{ error: { number: 1205 }, times: 2 }, { cutAfter: true }, { cutBefore: true }]) {
    await stack.control("sqlserver", "POST faults", { match: updates, ...fault });
  }
  const samples = goodDocuments(type, 20);
  await stack.insert(samples);
  stack.startScheduler();
  const worker = stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals(await assertAcceptedOnce(stack, samples), []);
  const lost = await worker.waitForEvent("source.lost", startsWithinMs);
  assertStringIncludes(lost.message, "writing results of phieu_xuat");
  assertStringIncludes(lost.message, "deadlocked");
  assertEquals(lost.error_code, "1205");
});

Deno.test("a result that SQL Server will never take holds up no other, and its document is not sent again", async () => {
  await using stack = await startStack();
  await forbid(stack, { type, code: "PHIEU_XUAT-0003" }, "SYNC_SUCCESS");
  await stack.insert(goodDocuments(type, 10));
  stack.startScheduler();
  const worker = stack.startWorker(type);
  const event = await worker.waitForEvent("result.unwritable", startsWithinMs);
  assertEquals(event.code, "PHIEU_XUAT-0003");
  const others = async () =>
    [...(await rowsByCode(stack)).values()].filter(({ status }) => status === "SYNC_SUCCESS").length === 9;
  await stack.waitFor(others, { deadlineMs: endsWithinMs, what: "the other results to be written" });
  assertEquals((await stack.partnerDocuments()).map(({ posts }) => posts), Array(10).fill(1));
  const left = async () => await stack.redis.hlen(keysOf(stack, type).receipts) === 1;
  await stack.waitFor(left, { deadlineMs: endsWithinMs, what: "its receipt alone to be left" });
});

/** One record of each document, with the scheduler's word and the end that it came to. */
async function journalIsWhole(stack: Stack, count: number): Promise<void> {
  const logs = stack.mongo.collection<TaskLog>("task_logs");
  const whole = async () =>
    await logs.countDocuments({ status: "SUCCESS", "events.event": "enqueued" }) === count;
  await stack.waitFor(whole, { deadlineMs: startsWithinMs, what: `${count} whole records in task_logs` });
  assertEquals(await logs.countDocuments(), count);
}
