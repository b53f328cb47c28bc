import { assertEquals, assert } from "@std/assert";
import { makeSamples } from "/work/main/dev/samples/samples.ts";
import { documentTypes } from "/work/main/shared/document.ts";
import { startStack } from "/work/main/tests/support/stack.ts";
import { totalAt } from "/work/main/dev/stack/counts.ts";
const types = documentTypes;
Deno.test("kill worker", async () => {
  await using stack = await startStack({ env: { LEASE_SECONDS: "2" }, partner: { latencyMs: 200 } });
  await stack.insert(makeSamples({ count: 100, seed: 7, startNumber: 0, now: new Date() }));
  stack.startScheduler();
  const workers = types.map((t) => stack.startWorker(t));
  await workers[2]!.waitForEvent("document.accepted", 20000);
  await workers[2]!.kill("SIGKILL");
  const w = stack.startWorker("hoa_don");
  await stack.waitUntilIdle(30000);
  console.log(w.logLines().length, (await stack.partnerCalls()).length, await stack.mongo.collection("task_logs").countDocuments());
  const r = await stack.sql.request().query("SELECT COUNT(*) AS n FROM SalesInvoices"); console.log(r.recordset);
});
Deno.test("kill redis", async () => {
  await using stack = await startStack({ env: { LEASE_SECONDS: "2" }, partner: { latencyMs: 100 } });
  await stack.insert(makeSamples({ count: 200, seed: 7, startNumber: 0, now: new Date() }));
  stack.startScheduler();
  const workers = types.map((t) => stack.startWorker(t));
  await workers[2]!.waitForEvent("document.accepted", 20000);
  await stack.signalService("redis", "SIGKILL");
  await stack.restartRedis();
  await workers[2]!.kill("SIGSTOP");
  await stack.control("sqlserver", "POST down");
  await new Promise((r) => setTimeout(r, 1000));
  await stack.control("sqlserver", "POST up");
  await workers[2]!.kill("SIGCONT");
  await stack.fault({ kind: "reset_after", times: 3 });
  await stack.waitUntilIdle(40000);
  const docs = await stack.partnerDocuments();
  console.log(docs.length, docs.filter((d) => d.posts + d.puts > 1).length);
});
Deno.test("waitFor says", async () => {
  await using stack = await startStack();
  await stack.insert(makeSamples({ count: 3, seed: 7, startNumber: 0, now: new Date() }));
  const s = stack.startScheduler();
  try { await s.waitForEvent("nope", 1500); } catch (e) { console.log(String(e)); }
  await stack.signalService("redis", "SIGSTOP");
  try { await stack.waitFor(async () => totalAt(await stack.counts(), "SYNC_SUCCESS") > 0, { deadlineMs: 1500, what: "a sync" }); } catch (e) { console.log(String(e), (e as Error).cause); }
});
