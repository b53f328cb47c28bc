// Metrics: what events add to, what is read when they are asked for, and that dashboard and alerts use only what there is.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { z } from "zod";
import { SourceError } from "../../shared/errors.ts";
import { Metrics } from "../../shared/metrics.ts";
import { countingLog } from "../../shared/metrics_log.ts";
import { readPending, readProcess, readStreams, readWorker } from "../../shared/metrics_state.ts";
import { HandClock } from "../support/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";

/** The value of a series as it is written; undefined when there is none. */
async function valueOf(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

Deno.test("an event is counted whatever its level, and goes on to the log", async () => {
  const [metrics, plain] = [new Metrics(), new RecordingLog()];
  const log = countingLog(plain, metrics);
  const ids = { type: "hoa_don", code: "HD1" };
  log.event("document.accepted", { ...ids, national_code: "QG1", delivery: 1, ms: 5 });
  log.event("document.accepted", { ...ids, national_code: "QG2", delivery: 1, ms: 5 });
  log.event("document.buried", { ...ids, deliveries: 5, reason: "no answer" });
  log.event("login.refused", { account: "a", answer: "no" });
  log.event("journal.dropped", { count: 40, reason: "full" });
  log.event("process.started");
  assertEquals(await valueOf(metrics, 'hermes_documents_total{type="hoa_don",result="accepted"}'), 2);
  assertEquals(await valueOf(metrics, 'hermes_documents_total{type="hoa_don",result="dead"}'), 1);
  assertEquals(await valueOf(metrics, 'hermes_logins_total{result="refused"}'), 1);
  assertEquals(await valueOf(metrics, "hermes_journal_dropped_total"), 40);
  assertEquals(plain.names.length, 6);
  assertEquals(plain.of("login.refused"), [{ account: "a", answer: "no" }]);
});

Deno.test("scans are counted with their rows, and a failed one with the service that failed", async () => {
  const metrics = new Metrics();
  const log = countingLog(new RecordingLog(), metrics);
  const type = "phieu_xuat";
  log.event("scan.finished", { type, found: 30, enqueued: 20, invalid: 1, ms: 120 });
  log.event("scan.failed", { type, error: new SourceError("SQL Server, reading", { cause: 1 }) });
  log.event("scan.failed", { type, error: new Error("Connection is closed.") });
  const values = {
    'hermes_rows_total{type="phieu_xuat",result="found"}': 30,
    'hermes_rows_total{type="phieu_xuat",result="enqueued"}': 20,
    'hermes_rows_total{type="phieu_xuat",result="invalid"}': 1,
    'hermes_scan_seconds_sum{type="phieu_xuat"}': 0.12,
    'hermes_scans_total{type="phieu_xuat",result="finished"}': 1,
    'hermes_scans_total{type="phieu_xuat",result="failed"}': 2,
    'hermes_service_errors_total{service="sqlserver"}': 1,
    'hermes_service_errors_total{service="redis"}': 1,
  };
  for (const [series, value] of Object.entries(values)) {
    assertEquals(await valueOf(metrics, series), value, series);
  }
});

Deno.test("MongoDB shows as away from the moment the journal loses it until it is back", async () => {
  const metrics = new Metrics();
  const log = countingLog(new RecordingLog(), metrics);
  const up = 'hermes_service_up{service="mongodb"}';
  assertEquals(await valueOf(metrics, up), undefined);
  log.event("journal.lost", { error: new Error("gone") });
  assertEquals(await valueOf(metrics, up), 0);
  log.event("journal.back", { ms: 10 });
  assertEquals(await valueOf(metrics, up), 1);
});

Deno.test("a worker's state shows as it is when asked", async () => {
  const metrics = new Metrics();
  const state = {
    turnedAtMs: 1,
    lastResultAtMs: 2_000,
    probeAtMs: null,
    waiting: 1,
    calling: 16,
    writing: 3,
  };
  let breaker: "closed" | "open" = "closed";
  readWorker(metrics, "hoa_don", () => ({ ...state, breaker }));
  const open = 'hermes_breaker_state{type="hoa_don",state="open"}';
  assertEquals(await valueOf(metrics, open), 0);
  breaker = "open";
  assertEquals(await valueOf(metrics, open), 1);
  assertEquals(await valueOf(metrics, 'hermes_breaker_state{type="hoa_don",state="closed"}'), 0);
  assertEquals(await valueOf(metrics, 'hermes_documents_in_hand{type="hoa_don",step="calling"}'), 16);
  assertEquals(await valueOf(metrics, 'hermes_last_result_timestamp_seconds{type="hoa_don"}'), 2);
});

Deno.test("rows are counted once a minute; while SQL Server cannot be asked their metrics are left out", async () => {
  const [metrics, clock] = [new Metrics(), new HandClock()];
  let [asked, away] = [0, false];
  const countPending = () => {
    asked++;
    return away ? Promise.reject(new Error("away")) : Promise.resolve({ count: 7, more: false });
  };
  readPending(metrics, { countPending, oldestPendingMs: () => Promise.resolve(90_000) }, clock);
  const series = 'hermes_pending_rows{type="hoa_don"}';
  assertEquals(await valueOf(metrics, series), 7);
  assertEquals(await valueOf(metrics, 'hermes_oldest_pending_seconds{type="hoa_don"}'), 90);
  assertEquals(asked, 3, "questions for three types");
  away = true;
  await clock.advance(60_000);
  assertEquals(await valueOf(metrics, series), undefined);
});

Deno.test("what is asked and does not answer keeps nothing else back", async () => {
  const metrics = new Metrics();
  const frozen = Promise.withResolvers<void>();
  metrics.onRead(() => frozen.promise);
  metrics.onRead(() => {
    throw new Error("broken");
  });
  metrics.onRead(() => metrics.leads.set(1));
  const beganMs = Date.now();
  assertEquals(await valueOf(metrics, "hermes_scheduler_leads"), 1);
  assert(Date.now() - beganMs < 4_000, "it took longer than the limit");
  frozen.resolve();
});

Deno.test("while Redis cannot be asked the streams are left out, rather than told as they were", async () => {
  const metrics = new Metrics();
  const redis = { time: () => Promise.reject(new Error("Connection is closed.")) };
  metrics.backlog.set({ type: "hoa_don" }, 5);
  const parts: unknown = { redis, prefix: "h:", beats: {}, blockedShops: {}, leader: { leads: true } };
  readStreams(metrics, parts as Parameters<typeof readStreams>[1]);
  assertEquals(await valueOf(metrics, 'hermes_backlog{type="hoa_don"}'), undefined);
  assertEquals(await valueOf(metrics, "hermes_scheduler_leads"), 1);
});

Deno.test("a process shows its CPU time, memory, and how late its timers are", async () => {
  const [metrics, stop, woken] = [new Metrics(), new AbortController(), Promise.withResolvers<void>()];
  let nowMs = 0;
  readProcess(metrics, { now: () => nowMs, sleep: () => woken.promise }, stop.signal);
  // It slept for 500 ms, and woke 700 ms too late.
  nowMs = 1_200;
  stop.abort();
  woken.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(await valueOf(metrics, "process_event_loop_delay_seconds"), 0.7);
  assertEquals(
    await valueOf(metrics, "process_event_loop_delay_seconds"),
    0,
    "the worst since the last look",
  );
  assert((await valueOf(metrics, "process_cpu_seconds_total") ?? 0) > 0);
  assert((await valueOf(metrics, "process_resident_memory_bytes") ?? 0) > 1e6);
});

Deno.test("every metric says what it is, and has no label with the names of shops or documents", async () => {
  const text = await new Metrics().text();
  const names = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)];
  assert(names.length > 30);
  for (const [, name, help = ""] of names) {
    assertStringIncludes(text, `# TYPE ${name} `);
    assert(help.length > 15, `${name} says too little: ${help}`);
  }
  assert(!/\b(shop|code|key|account|entry)=/.test(text));
});

const expressionsOfAlerts = () => {
  const alerts = z.object({
    groups: z.array(z.object({
      rules: z.array(z.object({
        alert: z.string().regex(/^Hermes\w+$/),
        expr: z.string(),
        for: z.string().regex(/^\d+[mhs]$/).optional(),
        labels: z.object({ severity: z.enum(["critical", "warning", "info"]) }),
        annotations: z.object({ summary: z.string(), summary_vi: z.string() }),
      })),
    })),
  });
  const { groups } = alerts.parse(parse(read("deploy/prometheus/alerts.yaml")));
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr] as const));
};

const expressionsOfDashboard = () => {
  const target = z.object({ expr: z.string() });
  const panel = z.object({ id: z.number(), title: z.string(), targets: z.array(target).optional() });
  const dashboard = z.object({ uid: z.string(), schemaVersion: z.number(), panels: z.array(panel) });
  const { panels } = dashboard.parse(JSON.parse(read("deploy/grafana/hermes.json")));
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length, "ids of panels");
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
};

const labels = ["type", "result", "outcome", "state", "step", "service", "le", "job"];

for (
  const [what, expressions] of [["alert", expressionsOfAlerts], ["panel", expressionsOfDashboard]] as const
) {
  Deno.test(`every ${what} is right PromQL and asks only for metrics that there are`, async () => {
    const known = seriesOf(await new Metrics().text());
    const all = expressions();
    assert(all.length >= 10);
    for (const [name, expr] of all) {
      const plain = expr.replaceAll("$__rate_interval", "5m");
      const { errors, metrics, labelsUsed } = partsOf(plain);
      assertEquals(errors, [], `${name}: ${expr}`);
      assert(metrics.length > 0, `${name} asks for nothing`);
      assertEquals(metrics.filter((metric) => !known.has(metric)), [], `${name}: no such metric`);
      assertEquals(labelsUsed.filter((label) => !labels.includes(label)), [], `${name}: no such label`);
    }
  });
}

Deno.test("the dashboard shows every metric of Hermes", async () => {
  const shown = expressionsOfDashboard().map(([, expr]) => expr).join("\n");
  const names = [...(await new Metrics().text()).matchAll(/^# TYPE (hermes_\w+)/gm)].map(([, name]) =>
    name ?? ""
  );
  assertEquals(names.filter((name) => !shown.includes(name) && name !== "hermes_paused"), []);
});

Deno.test("the example for Prometheus loads the alerts and names a port for each process", () => {
  const { rule_files, scrape_configs } = z.object({
    rule_files: z.array(z.string()),
    scrape_configs: z.array(
      z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
    ),
  }).parse(parse(read("deploy/prometheus/prometheus.yaml")));
  assertEquals(rule_files, ["alerts.yaml"]);
  const targets = scrape_configs.flatMap(({ static_configs }) =>
    static_configs.flatMap(({ targets }) => targets)
  );
  assertEquals(new Set(targets).size, 4);
});

Deno.test({
  name: "promtool finds nothing wrong with the alerts, and each fires when it should",
  ignore: promtool("--version") === null,
  fn() {
    for (const words of [["check", "config", "prometheus.yaml"], ["test", "rules", "alerts_test.yaml"]]) {
      assertEquals(promtool(...words), 0, words.join(" "));
    }
  },
});

/** Prometheus' own tool over deploy/prometheus: its exit code, or null where the machine has none. */
function promtool(...args: string[]): number | null {
  try {
    const cwd = new URL("../../deploy/prometheus/", import.meta.url);
    return new Deno.Command("promtool", { args, cwd, stdout: "null", stderr: "inherit" }).outputSync().code;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The names of series that metrics in Prometheus' text format have: a histogram has three for each. */
function seriesOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", kind]) =>
      kind === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name]
    ),
  );
}

function partsOf(expr: string): { errors: string[]; metrics: string[]; labelsUsed: string[] } {
  const parts = { errors: [] as string[], metrics: [] as string[], labelsUsed: [] as string[] };
  parser.parse(expr).iterate({
    enter({ name, type, from, to, node }) {
      const text = expr.slice(from, to);
      if (type.isError) parts.errors.push(`at ${from}: ${text}`);
      else if (name === "Identifier" && node.parent?.name === "VectorSelector") parts.metrics.push(text);
      else if (name === "LabelName") parts.labelsUsed.push(text);
    },
  });
  return parts;
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
}
