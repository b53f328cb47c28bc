// When scans run: a sweep every few seconds until the next tick, refills between them while there is more, only for the leader.
import { assert, assertEquals } from "@std/assert";
import type { ScanResult } from "../../shared/scan.ts";
import { ScanLoop } from "../../shared/scan_loop.ts";
import { HandClock } from "../support/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";

const nothing: ScanResult = { found: 0, enqueued: 0, invalid: 0, more: false };

/** A loop that sweeps every 5 s; `came` is when each step was made, ms after the beginning. */
function bundle() {
  const clock = new HandClock();
  const beganMs = clock.now();
  const came: string[] = [];
  const answers = { sweep: nothing, refill: nothing, error: null as Error | null, takesMs: 0 };
  const scan = (kind: "sweep" | "refill") => async () => {
    came.push(`${kind} ${clock.now() - beganMs}`);
    await clock.sleep(answers.takesMs);
    if (answers.error) throw answers.error;
    return answers[kind];
  };
  const repairs: Map<string, string>[] = [];
  const repaired: { removed: string[]; suspects: Map<string, string> } = { removed: [], suspects: new Map() };
  const leader = { leads: true };
  const log = new RecordingLog();
  const loop = new ScanLoop({
    type: "hoa_don",
    scan: { sweep: scan("sweep"), refill: scan("refill") },
    stream: { repairInFlight: (suspects) => Promise.resolve((repairs.push(suspects), repaired)) },
    leader,
    clock,
    log,
    everyMs: 5_000,
  });
  const stop = new AbortController();
  const run = (forMs: number) => loop.runUntil(clock.now() + forMs, stop.signal);
  return { clock, beganMs, came, answers, repairs, repaired, leader, log, loop, stop, run };
}

Deno.test("it sweeps every 5 s until its time is up", async () => {
  const { clock, came, run } = bundle();
  const running = run(20_000);
  await clock.advance(20_000);
  await running;
  assertEquals(came, ["sweep 0", "sweep 5000", "sweep 10000", "sweep 15000"]);
});

Deno.test("a tick that comes while a sweep runs makes it go on for another minute", async () => {
  const { clock, came, answers, run } = bundle();
  answers.takesMs = 7_000;
  const running = run(5_000);
  await clock.advance(6_000);
  const again = run(14_000);
  await clock.advance(30_000);
  await Promise.all([running, again]);
  assertEquals(came, ["sweep 0", "sweep 7000", "sweep 14000"]);
});

Deno.test("a tick that comes after the time is up begins anew", async () => {
  const { clock, came, stop, run } = bundle();
  const running = run(5_000);
  await clock.advance(5_000);
  await running;
  const again = run(5_000);
  await clock.advance(5_000);
  await again;
  stop.abort();
  await run(5_000);
  assertEquals(came, ["sweep 0", "sweep 5000"]);
});

Deno.test("while rows are left it refills every tenth of a second, and sweeps when it is due", async () => {
  const { clock, came, answers, run } = bundle();
  answers.sweep = answers.refill = { ...nothing, found: 1, more: true };
  const running = run(6_000);
  await clock.advance(250);
  assertEquals(came, ["sweep 0", "refill 100", "refill 200"]);
  await clock.advance(5_750);
  await running;
  assertEquals(came.filter((step) => step.startsWith("sweep")), ["sweep 0", "sweep 5000"]);
  answers.refill = nothing;
});

Deno.test("a refill that finds no more ends the refilling until the next sweep", async () => {
  const { clock, came, answers, run } = bundle();
  answers.sweep = { ...nothing, more: true };
  const running = run(5_000);
  await clock.advance(5_000);
  await running;
  assertEquals(came, ["sweep 0", "refill 100"]);
});

Deno.test("a sweep that fails is logged, and the next one tries again", async () => {
  const { clock, came, answers, run, log } = bundle();
  answers.error = new Error("SQL Server is away");
  const running = run(10_000);
  await clock.advance(10_000);
  await running;
  assertEquals(came, ["sweep 0", "sweep 5000"]);
  assertEquals(log.names, ["scan.failed", "scan.failed"]);
});

Deno.test("a sweep that takes longer than its time is followed by the next at once, never by two", async () => {
  const { clock, came, answers, run } = bundle();
  answers.takesMs = 7_000;
  const running = run(14_000);
  await clock.advance(14_000);
  await running;
  assertEquals(came, ["sweep 0", "sweep 7000"]);
});

Deno.test("only the leader scans; the others stay awake", async () => {
  const { clock, came, leader, run, loop } = bundle();
  leader.leads = false;
  const running = run(15_000);
  await clock.advance(7_000);
  leader.leads = true;
  await clock.advance(8_000);
  await running;
  assertEquals([came, loop.turnedAtMs > 0], [["sweep 10000"], true]);
});

Deno.test("the signal ends the loop at once, also between refills", async () => {
  for (const more of [false, true]) {
    const { clock, answers, run, stop, came } = bundle();
    answers.sweep = answers.refill = { ...nothing, more };
    const running = run(60_000);
    await clock.advance(1_100);
    stop.abort();
    await running;
    const steps = came.length;
    await clock.advance(60_000);
    assertEquals(came.length, steps);
  }
});

Deno.test("a stopped loop does not begin", async () => {
  const { run, stop, came } = bundle();
  stop.abort();
  await run(60_000);
  assertEquals(came, []);
});

Deno.test("inflight records are looked through every two minutes, with the suspects of the last time", async () => {
  const { clock, repairs, repaired, run, log } = bundle();
  repaired.suspects = new Map([["7", "5-0"]]);
  const running = run(300_000);
  await clock.advance(245_000);
  assertEquals(repairs, [new Map(), repaired.suspects]);
  assert(!log.names.includes("inflight.repaired"));
  repaired.removed = ["7"];
  await clock.advance(60_000);
  await running;
  assertEquals(repairs.length, 2);
});

Deno.test("records that were removed are logged with their number", async () => {
  const { clock, repaired, run, log } = bundle();
  repaired.removed = ["7", "8"];
  const running = run(130_000);
  await clock.advance(130_000);
  await running;
  assertEquals(log.of("inflight.repaired"), [{ type: "hoa_don", count: 2 }]);
});

Deno.test("health: the loop says when it last turned", async () => {
  const { clock, loop, run, beganMs } = bundle();
  assertEquals(loop.turnedAtMs, 0);
  const running = run(10_000);
  await clock.advance(10_000);
  await running;
  assertEquals(loop.turnedAtMs, beganMs + 5_000);
});
