// What people see from outside: the health pages and metrics of running processes, one trace for each document, and what is counted by the
// minute. Each is compared with what rows, partner and Redis say themselves.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { percentile, readMinuteStats, sumOf } from "../../shared/minute_stats.ts";
import { goodDocuments, keysOf, waitUntilDrained } from "../support/flow.ts";
import { OtlpCollector } from "../support/otlp.ts";
import { startStack } from "../support/stack.ts";

const type = "phieu_nhap";
const startsWithinMs = 20_000;
const endsWithinMs = 40_000;

Deno.test("one document has the spans scan, enqueue, deliver, call, write-back and settle in one trace", async () => {
  await using collector = new OtlpCollector();
  await using stack = await startStack({ env: collector.env });
  const samples = goodDocuments(type, 3);
  await stack.insert(samples);
  stack.startScheduler();
  stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  const code = samples[0]!.code;
  const trace = await stack.waitFor(() => {
    const spans = collector.traceOf(code);
    return spans.length >= 6 ? spans : null;
  }, { deadlineMs: 10_000, what: "the spans to be exported" });
  assertEquals(trace.map(({ name }) => name), ["scan", "enqueue", "deliver", "call", "write-back", "settle"]);
  const by = new Map(trace.map((span) => [span.name, span]));
  const parentOf = (name: string) => trace.find(({ spanId }) => spanId === by.get(name)?.parentSpanId)?.name;
  assertEquals(
    ["scan", "enqueue", "deliver", "call", "write-back", "settle"].map(parentOf),
    [undefined, "scan", "enqueue", "deliver", "deliver", "deliver"],
  );
  const processes = trace.map(({ attributes }) => attributes["hermes.process"]);
  assertEquals([...new Set(processes)], ["scheduler", `worker:${type}`]);
  assertEquals(by.get("deliver")?.attributes["hermes.decision"], "accepted");
  assertEquals(by.get("call")?.attributes["hermes.outcome"], "accepted");
  for (const { name, startTimeUnixNano, endTimeUnixNano } of trace) {
    assert(endTimeUnixNano >= startTimeUnixNano, `${name} ends before it begins`);
  }
  assertEquals(collector.traces().size, samples.length, "traces");
});

Deno.test("a document that is delivered twice has both deliveries in its trace, and the failed call shows", async () => {
  await using collector = new OtlpCollector();
  await using stack = await startStack({ env: collector.env });
  const [sample] = goodDocuments(type, 1);
  await stack.fault({ kind: "status", status: 500, times: 1, match: { login: false } });
  await stack.insert([sample!]);
  stack.startScheduler();
  stack.startWorker(type);
  await waitUntilDrained(stack, endsWithinMs);
  const trace = await stack.waitFor(() => {
    const spans = collector.traceOf(sample!.code);
    return spans.some(({ name }) => name === "settle") ? spans : null;
  }, { deadlineMs: 10_000, what: "the spans to be exported" });
  const told = trace.filter(({ name }) => name === "deliver" || name === "call")
    .map(({ attributes }) => attributes["hermes.decision"] ?? attributes["hermes.outcome"]);
  assertEquals(told, ["retry", "trouble", "accepted", "accepted"]);
  assertEquals(trace.filter(({ status }) => status.code === 2).map(({ name }) => name), ["call"]);
});

Deno.test("health page and metrics tell what is going on, as Redis, rows and partner have it", async () => {
  await using stack = await startStack();
  const [schedulerPort, workerPort] = [freePort(), freePort()];
  await stack.fault({ kind: "refuse", match: { code: "-0003$" } });
  const samples = goodDocuments(type, 10);
  await stack.insert(samples);
  const scheduler = stack.startScheduler({ HEALTH_PORT: String(schedulerPort) });
  const worker = stack.startWorker(type, { HEALTH_PORT: String(workerPort) });
  await scheduler.waitForEvent("health.listening", startsWithinMs);
  await worker.waitForEvent("health.listening", startsWithinMs);
  await waitUntilDrained(stack, endsWithinMs);
  for (const port of [schedulerPort, workerPort]) {
    const [health, ready] = [await get(port, "/healthz"), await get(port, "/readyz")];
    assertMatch(health.text, /^the (reading|scan) loop turned \d s ago\n$/);
    assertMatch(ready.text, /^redis answered \d s ago\nsqlserver answered \d s ago\n$/);
    assertEquals([health.status, ready.status], [200, 200]);
  }
  const of = await samplesOf(workerPort);
  assertEquals(of(`hermes_documents_total{type="${type}",result="accepted"}`), 9);
  assertEquals(of(`hermes_documents_total{type="${type}",result="refused"}`), 1);
  assertEquals(of(`hermes_call_seconds_count{type="${type}",method="POST",outcome="accepted"}`), 9);
  assertEquals(of(`hermes_write_back_documents_sum{type="${type}"}`), 10);
  assertEquals(of(`hermes_breaker_state{type="${type}",state="closed"}`), 1);
  assertEquals(of(`hermes_documents_in_hand{type="${type}",step="calling"}`), 0);
  // The gateway has no login, and nothing to count.
  assertEquals(of(`hermes_logins_total{result="succeeded"}`) ?? 0, await loginsOf(stack));
  assertEquals(of(`hermes_scheduler_leads`), undefined);
  await stack.waitFor(
    async () => (await samplesOf(schedulerPort))(`hermes_workers_alive{type="${type}"}`) === 1,
    {
      deadlineMs: 5_000,
      what: "the scheduler to see the worker",
    },
  );
  const seen = await samplesOf(schedulerPort);
  assertEquals(seen(`hermes_rows_total{type="${type}",result="enqueued"}`), 10);
  assertEquals(seen(`hermes_dead_letters{type="${type}"}`), await stack.redis.xlen(keysOf(stack, type).dead));
  assertEquals([seen(`hermes_backlog{type="${type}"}`), seen(`hermes_due_later{type="${type}"}`)], [0, 0]);
  assertEquals(seen(`hermes_pending_rows{type="${type}"}`), 0);
  assertEquals([seen("hermes_scheduler_leads"), seen("hermes_shops_blocked")], [1, 0]);
});

Deno.test("what is put off shows as due later, and an outage opens the breaker", async () => {
  await using stack = await startStack();
  const [schedulerPort, workerPort] = [freePort(), freePort()];
  await stack.fault({ kind: "outage" });
  await stack.insert(goodDocuments(type, 30));
  stack.startScheduler({ HEALTH_PORT: String(schedulerPort) });
  stack.startWorker(type, { HEALTH_PORT: String(workerPort) });
  const open = `hermes_breaker_state{type="${type}",state="open"}`;
  await stack.waitFor(async () => (await samplesOf(workerPort))(open) === 1, {
    deadlineMs: startsWithinMs,
    what: "the breaker to open",
  });
  await stack.waitFor(async () => {
    const of = await samplesOf(schedulerPort);
    const [backlog, later] = [of(`hermes_backlog{type="${type}"}`), of(`hermes_due_later{type="${type}"}`)];
    const age = of(`hermes_oldest_entry_age_seconds{type="${type}"}`) ?? 0;
    return backlog === 30 && (later ?? 0) > 0 && age > 0;
  }, { deadlineMs: 10_000, what: "what is put off to show" });
});

Deno.test("while Redis or SQL Server is away the process is alive but not ready, and says why", async () => {
  await using stack = await startStack();
  const port = freePort();
  const worker = stack.startWorker(type, { HEALTH_PORT: String(port) });
  await worker.waitForEvent("health.listening", startsWithinMs);
  const readyIs = async (status: number, words: RegExp) => {
    const ready = await get(port, "/readyz");
    return ready.status === status && words.test(ready.text);
  };
  const waiting = (what: string) => ({ deadlineMs: 40_000, what });
  await stack.waitFor(() => readyIs(200, /^/), waiting("the worker to be ready"));
  await stack.control("sqlserver", "POST down");
  await stack.signalService("redis", "SIGKILL");
  await stack.waitFor(
    () => readyIs(503, /redis answered \d+ s ago: .+\nsqlserver answered \d+ s ago: .+/),
    waiting("the worker not to be ready"),
  );
  assertEquals((await get(port, "/healthz")).status, 200);
  const of = await samplesOf(port);
  assertEquals([of(`hermes_service_up{service="redis"}`), of(`hermes_service_up{service="sqlserver"}`)], [
    0,
    0,
  ]);
  await stack.control("sqlserver", "POST up");
  await stack.restartRedis();
  await stack.waitFor(() => readyIs(200, /^/), waiting("the worker to be ready again"));
});

Deno.test("a health port that is taken is logged, and the documents flow", async () => {
  await using stack = await startStack();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const env = { HEALTH_PORT: String(taken.addr.port) };
  await stack.insert(goodDocuments(type, 2));
  stack.startScheduler();
  const worker = stack.startWorker(type, env);
  const { message } = await worker.waitForEvent("health.failed", startsWithinMs);
  assertStringIncludes(message, `127.0.0.1:${taken.addr.port}`);
  await waitUntilDrained(stack, endsWithinMs);
  taken.close();
});

Deno.test("minute_stats has every document once, by shop, whichever worker sent it", async () => {
  await using stack = await startStack();
  await stack.fault({ kind: "refuse", match: { code: "-0003$" } });
  const samples = goodDocuments(type, 20);
  await stack.insert(samples);
  const from = new Date(Date.now() - 60_000);
  stack.startScheduler();
  const workers = [stack.startWorker(type), stack.startWorker(type)];
  await waitUntilDrained(stack, endsWithinMs);
  // What is not written yet is written when a worker ends.
  await Promise.all(workers.map((worker) => worker.kill("SIGTERM")));
  const query = { from, to: new Date(Date.now() + 60_000), type } as const;
  const found = await readMinuteStats(stack.mongo, query);
  const all = sumOf("all", found);
  assertEquals([all.synced, all.failed, all.returned], [19, 1, 0]);
  assertEquals(all.latency.reduce((sum, [, documents]) => sum + documents, 0), 20);
  assert((percentile(all.latency, 0.95) ?? 0) > 0);
  const shops = Map.groupBy(await stack.rows(type), ({ shop }) => shop);
  for (const [shop, rows] of shops) {
    const of = sumOf(shop, await readMinuteStats(stack.mongo, { ...query, shop }));
    assertEquals(of.synced + of.failed, rows.length, shop);
  }
});

async function get(port: number, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

/** The metrics of a process: the value of a series as it is written, undefined when there is none. */
async function samplesOf(port: number): Promise<(series: string) => number | undefined> {
  const { text } = await get(port, "/metrics");
  const values = new Map(
    text.split("\n").map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
  return (series) => values.get(series);
}

async function loginsOf(stack: Awaited<ReturnType<typeof startStack>>): Promise<number> {
  return (await stack.partnerCalls()).filter(({ path }) => path.includes("dang_nhap")).length;
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
