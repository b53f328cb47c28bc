// The health page: alive while the loop turns, ready while Redis and SQL Server answer; what it says when not.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Health, judgeLoop } from "../../shared/health.ts";
import { Metrics } from "../../shared/metrics.ts";
import { Reachability } from "../../shared/reachability.ts";
import { HandClock } from "../support/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";

function bundle(port = 9) {
  const [clock, log, stop, metrics] = [
    new HandClock(),
    new RecordingLog(),
    new AbortController(),
    new Metrics(),
  ];
  const verdict = { ok: true, text: "redis answered 1 s ago" };
  const health = new Health({
    host: "127.0.0.1",
    port,
    metrics,
    reachability: { judge: () => verdict },
    clock,
    log,
    signal: stop.signal,
  });
  const ask = async (path: string, method = "GET") => {
    const response = await health.answer(new Request(`http://localhost${path}`, { method }));
    return [response.status, (await response.text()).trimEnd()];
  };
  return { clock, log, stop, metrics, verdict, health, ask };
}

/** Reachability of two services; `trouble` is what each of them does. */
function services() {
  const [clock, metrics, stop] = [new HandClock(), new Metrics(), new AbortController()];
  const trouble: Record<string, Promise<unknown> | null> = { redis: null, sqlserver: null };
  const asked = { redis: 0, sqlserver: 0 };
  const ask = (name: "redis" | "sqlserver") => () => {
    asked[name]++;
    return trouble[name] ?? Promise.resolve();
  };
  const asks = { redis: ask("redis"), sqlserver: ask("sqlserver") };
  const reachability = new Reachability(asks, { clock, metrics });
  reachability.keep(stop.signal);
  const judge = () => reachability.judge(clock.now());
  return { clock, metrics, stop, trouble, asked, judge };
}

Deno.test("a process is alive while its loop has turned within the limit", async () => {
  const { clock, health, ask } = bundle();
  let turnedAtMs = clock.now();
  health.watch({ name: "the reading loop", turnedAtMs: () => turnedAtMs, limitMs: 30_000 });
  await clock.advance(30_000);
  assertEquals(await ask("/healthz"), [200, "the reading loop turned 30 s ago"]);
  await clock.advance(1_000);
  assertEquals(await ask("/healthz"), [503, "the reading loop turned 31 s ago: the limit is 30 s"]);
  turnedAtMs = clock.now();
  assertEquals(await ask("/healthz"), [200, "the reading loop turned 0 s ago"]);
});

Deno.test("before its loop has turned a process has the limit's time from its start", () => {
  const loop = { name: "the scan loop", turnedAtMs: () => 0, limitMs: 30_000 };
  assertEquals(judgeLoop(loop, 100_000, 120_000), {
    ok: true,
    text: "the scan loop has not turned since the start, 20 s ago",
  });
  assertEquals(judgeLoop(loop, 100_000, 131_000).ok, false);
});

Deno.test("a process that never comes to a loop is not alive after a minute", async () => {
  const { clock, ask } = bundle();
  assertEquals((await ask("/healthz"))[0], 200);
  await clock.advance(61_000);
  assertEquals((await ask("/healthz"))[0], 503);
});

Deno.test("a process that is ending is alive and not ready", async () => {
  const { clock, stop, ask } = bundle();
  await clock.advance(3_600_000);
  stop.abort();
  assertEquals(await ask("/healthz"), [200, "the process is ending"]);
  assertEquals(await ask("/readyz"), [503, "the process is ending and takes nothing new"]);
});

Deno.test("readiness is what the services answer", async () => {
  const { verdict, ask } = bundle();
  assertEquals(await ask("/readyz"), [200, "redis answered 1 s ago"]);
  verdict.ok = false;
  assertEquals((await ask("/readyz"))[0], 503);
});

Deno.test("metrics are in Prometheus' text format, and say when the loop turned", async () => {
  const { health, ask } = bundle();
  health.watch({ name: "the reading loop", turnedAtMs: () => 5_000, limitMs: 30_000 });
  const response = await health.answer(new Request("http://localhost/metrics"));
  assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assertStringIncludes(await response.text(), "\nhermes_loop_turned_timestamp_seconds 5\n");
  assertEquals(await ask("/other"), [404, "there are /healthz, /readyz and /metrics"]);
  assertEquals(await ask("/metrics", "POST"), [405, "only GET"]);
});

Deno.test("a port that is taken is an event, and no error", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { health, log, ask } = bundle(taken.addr.port);
  health.listen();
  taken.close();
  assertEquals(log.names, ["health.failed"]);
  assertEquals((await ask("/healthz"))[0], 200);
});

Deno.test("services that answer every five seconds are reachable", async () => {
  const { clock, stop, asked, judge } = services();
  assertEquals(judge(), {
    ok: false,
    text:
      "redis has not answered yet: has not been asked yet\nsqlserver has not answered yet: has not been asked yet",
  });
  await clock.advance(12_000);
  assertEquals(judge(), { ok: true, text: "redis answered 2 s ago\nsqlserver answered 2 s ago" });
  assertEquals(asked, { redis: 3, sqlserver: 3 });
  stop.abort();
});

Deno.test("a service that fails makes a process unready after 15 s, with what went wrong", async () => {
  const { clock, metrics, stop, trouble, judge } = services();
  await clock.advance(1_000);
  trouble.redis = Promise.reject(new Error("ECONNREFUSED 127.0.0.1:6379"));
  trouble.redis.catch(() => {});
  await clock.advance(13_000);
  assertEquals([judge().ok, judge().text.split("\n")[0]], [
    true,
    "redis answered 14 s ago: ECONNREFUSED 127.0.0.1:6379",
  ]);
  assertStringIncludes(await metrics.text(), 'hermes_service_up{service="redis"} 0');
  await clock.advance(2_000);
  assertEquals(judge().ok, false);
  trouble.redis = null;
  await clock.advance(5_000);
  assertEquals(judge().ok, true);
  stop.abort();
});

Deno.test("a service that hangs is told after 3 s, and is not asked again until it has answered", async () => {
  const { clock, stop, trouble, asked, judge } = services();
  const hanging = Promise.withResolvers<void>();
  await clock.advance(1_000);
  trouble.sqlserver = hanging.promise;
  await clock.advance(40_000);
  assertEquals([judge().ok, judge().text.split("\n")[1]], [
    false,
    "sqlserver answered 41 s ago: no answer within 3 s",
  ]);
  assertEquals(asked.sqlserver, 2);
  hanging.resolve();
  trouble.sqlserver = null;
  await clock.advance(10_000);
  assertEquals([judge().ok, asked.sqlserver > 2], [true, true]);
  stop.abort();
});
