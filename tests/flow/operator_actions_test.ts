// What an operator does on a running stack, redrive, retry and `hermes db init`, and how long an answer takes.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeSamples } from "../../dev/samples/samples.ts";
import { documentTypes } from "../../shared/document.ts";
import type { Operator } from "../../shared/operator/operator.ts";
import { isOfType, keysOf } from "../support/flow.ts";
import { hermes } from "../support/hermes_command.ts";
import { openFor } from "../support/operator.ts";
import { type Stack, startStack } from "../support/stack.ts";

const deadlineMs = 60_000;

Deno.test("a redrive of one group at 50/s is stopped, taken up again, and ends with all of them synced", async () => {
  await using stack = await startStack();
  await using opened = await openFor(stack);
  const { operator } = opened;
  const invoices = makeSamples({ count: 400, seed: 2, startNumber: 0, now: new Date() })
    .filter(isOfType("hoa_don")).filter(({ flaw }) => flaw === null).slice(0, 120);
  await stack.fault({ kind: "refuse", message: "Sai mã cơ sở", match: { type: "hoa_don" } });
  await stack.insert(invoices);
  stack.startScheduler();
  stack.startWorker("hoa_don");
  await stack.waitUntilIdle(deadlineMs);
  await stack.waitFor(async () => await stack.redis.xlen(keysOf(stack, "hoa_don").dead) === 120, {
    deadlineMs,
    what: "every document to be a dead letter",
  });
  const { groups } = await operator.failures();
  assertEquals(groups.map(({ count }) => count), [120]);
  const id = groups[0]?.id ?? "";
  await stack.control("partner", "DELETE faults");

  await redriveInTwoGoes(operator, id);

  await stack.waitUntilIdle(deadlineMs);
  const rows = await stack.rows("hoa_don");
  assertEquals(rows.filter(({ status }) => status === "SYNC_SUCCESS").length, 120);
  assertEquals(await stack.redis.xlen(keysOf(stack, "hoa_don").dead), 0);
  assertEquals(await operator.redriveGroup(id), null);
  const actions = await operator.actions(10);
  assertEquals(actions.map(({ who, action, target }) => [who, action, target]), [
    ["an@pc", "redrive", `group ${id}`],
    ["an@pc", "redrive", `group ${id}`],
  ]);
  assertMatch(actions[1]?.outcome ?? "", /redriven.*stopped/);
});

async function redriveInTwoGoes(operator: Operator, id: string): Promise<void> {
  const stop = new AbortController();
  const first = await operator.redriveGroup(id, {
    ratePerSecond: 50,
    signal: stop.signal,
    onProgress: ({ done }) => done >= 40 && stop.abort(),
  });
  assertEquals(first?.stopped, true);
  assert(first !== null && first.redriven >= 40 && first.redriven < 80, `${first?.redriven}`);

  const beganMs = Date.now();
  const second = await operator.redriveGroup(id, { ratePerSecond: 50 });
  const tookMs = Date.now() - beganMs;
  assertEquals(first.redriven + (second?.redriven ?? 0), 120);
  const dueMs = ((second?.redriven ?? 0) / 50) * 1000;
  assert(tookMs >= dueMs - 400, `${tookMs} ms for ${second?.redriven} documents`);
}

Deno.test("one document is retried at once, whether it failed or waits for its next delivery", async () => {
  await using stack = await startStack();
  await using opened = await openFor(stack);
  const { operator } = opened;
  const [failing, waiting] = makeSamples({ count: 60, seed: 3, startNumber: 0, now: new Date() })
    .filter(isOfType("hoa_don")).filter(({ flaw }) => flaw === null);
  assert(failing && waiting);
  await stack.fault([
    { kind: "refuse", match: { code: failing.code }, times: 1 },
    { kind: "status", status: 500, match: { code: waiting.code }, times: 3 },
  ]);
  await stack.insert([failing, waiting]);
  stack.startScheduler();
  stack.startWorker("hoa_don");
  await stack.waitFor(async () => {
    const [story] = (await operator.why(waiting.code)).stories;
    const retries = story?.timeline.filter(({ event }) => event === "retry").length;
    return story?.flight?.state === "later" && story.flight.deliveries === 3 && retries === 3;
  }, { deadlineMs, what: "the third delivery to fail" });
  const story = (await operator.why(waiting.code)).stories[0];
  assertEquals(story?.verdict.name, "retry_later");
  assertStringIncludes(story?.verdict.vi ?? "", "Lỗi hệ thống");
  assert((story?.nextDeliveryAtMs ?? 0) > Date.now() + 5_000, "the next delivery is far off");

  assertEquals((await operator.retry(waiting.code)).documents[0]?.outcome, "hastened");
  assertEquals((await operator.retry(failing.code)).documents[0]?.outcome, "redriven");
  await stack.waitUntilIdle(15_000);
  assertEquals((await stack.rows("hoa_don")).map(({ status }) => status), ["SYNC_SUCCESS", "SYNC_SUCCESS"]);
  assertEquals((await operator.retry(waiting.code)).documents[0]?.outcome, "synced");
  assertEquals((await operator.retry("NO-SUCH-CODE")).documents, []);
});

Deno.test("why answers in under 200 ms with 100,000 journal records", async () => {
  await using stack = await startStack();
  await using opened = await openFor(stack);
  const { operator } = opened;
  const samples = makeSamples({ count: 20, seed: 4, startNumber: 0, now: new Date() });
  await stack.insert(samples);
  await operator.scan(); // the journal makes its indexes with its first records
  await fillJournal(stack, 100_000);
  const tookMs: number[] = [];
  for (const { code } of samples) {
    const beganMs = performance.now();
    const { stories } = await operator.why(code);
    tookMs.push(performance.now() - beganMs);
    assertEquals(stories.length, 1, code);
  }
  const median = tookMs.toSorted((a, b) => a - b)[10] ?? Infinity;
  assert(median < 200, `${median} ms`);
});

Deno.test("sample documents of `hermes db init` go into an empty database only, and every one of them is synced", async () => {
  await using stack = await startStack();
  const first = await hermes(stack, "db", "init", "--sample=12", "--json");
  assertEquals([first.code, JSON.parse(first.out).inserted], [0, 12]);
  const again = await hermes(stack, "db", "init", "--sample=12");
  assertEquals(again.code, 1);
  assertStringIncludes(again.out, "12 documents already");
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  await stack.waitUntilIdle(deadlineMs);
  const rows = (await Promise.all(documentTypes.map((type) => stack.rows(type)))).flat();
  assertEquals(rows.map(({ status }) => status), Array(12).fill("SYNC_SUCCESS"));
  // Before it stands the national code where a table has no column for that.
  for (const { message } of rows) assertMatch(message ?? "", /^([A-Z]{2}_QG_\d+: )?Thành công$/);
});

/** As many records as a busy month leaves behind, about other documents. */
async function fillJournal(stack: Stack, records: number): Promise<void> {
  const at = new Date();
  for (let from = 0; from < records; from += 5_000) {
    const tasks = Array.from({ length: 5_000 }, (_, n) => ({
      queue: "old",
      task_id: `${from + n}-0`,
      business_id: `OLD${from + n}`,
      document_type: "hoa_don",
      row_key: String(1_000_000 + from + n),
      shop: "NT001",
      status: "SUCCESS",
      created_at: at,
      updated_at: at,
      events: [{ at, event: "enqueued" }, { at, event: "accepted" }],
    }));
    await stack.mongo.collection("task_logs").insertMany(tasks, { ordered: false });
  }
  assertEquals(await stack.mongo.collection("task_logs").countDocuments({ queue: "old" }), records);
}
