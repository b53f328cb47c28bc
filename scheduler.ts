// The scheduler: finds documents that want syncing and puts them into their streams. Entry; shared/scan_loop.ts and shared/scan.ts do the
// work, one loop for each type of document, so that trouble with one never stops the others.
import { Beats } from "./shared/beats.ts";
import { systemClock } from "./shared/clock.ts";
import { documentTypes } from "./shared/document.ts";
import { Leader } from "./shared/leader.ts";
import { readStreams } from "./shared/metrics_state.ts";
import { runProcess, type Services } from "./shared/process.ts";
import { Scan } from "./shared/scan.ts";
import { ScanLoop } from "./shared/scan_loop.ts";
import { RedisStream } from "./shared/stream.ts";
import { RedisBlockedShops } from "./shared/token_store.ts";

const minuteMs = 60_000;
/** One page of a scan may take so long, ms: two statements of 30 s at most, and a connection. */
const pageLimitMs = 90_000;

let wakeUp: (() => Promise<void>) | null = null;

// At the top level, where Deno wants it. A tick sweeps until the next tick. The handler never throws: Deno would run it again.
Deno.cron("scan", "* * * * *", () => wakeUp?.());

await runProcess("scheduler", async (services) => {
  const { log, redis, settings, name, signal, health } = services;
  const prefix = settings.redis.keyPrefix;
  const leader = new Leader({ redis, prefix, name, clock: systemClock, log });
  await leader.attempt();
  const leading = leader.keep(signal);
  const loops = documentTypes.map((type) => loopFor(type, services, leader));
  const turnedAtMs = () => Math.min(...loops.map((loop) => loop.turnedAtMs));
  health?.watch({ name: "the scan loop", turnedAtMs, limitMs: settings.scan.everyMs + pageLimitMs });
  const [beats, blockedShops] = [new Beats(redis, prefix), new RedisBlockedShops(redis, prefix)];
  if (health) readStreams(health.metrics, { redis, prefix, beats, blockedShops, leader });
  const sweepUntilNextTick = once(() => {
    const untilMs = systemClock.now() + minuteMs - systemClock.now() % minuteMs;
    return Promise.all(loops.map((loop) => loop.runUntil(untilMs, signal)));
  });
  wakeUp = sweepUntilNextTick;
  await sweepUntilNextTick();
  await new Promise((resolve) => signal.aborted ? resolve(null) : signal.addEventListener("abort", resolve));
  await sweepUntilNextTick();
  await leading;
});

function loopFor(type: typeof documentTypes[number], services: Services, leader: Leader): ScanLoop {
  const { redis, settings, source, journal, log } = services;
  const prefix = settings.redis.keyPrefix;
  const stream = new RedisStream(redis, { prefix, type });
  const { backlogMax, everyMs } = settings.scan;
  const blockedShops = new RedisBlockedShops(redis, prefix);
  const queue = stream.keys.stream;
  const scan = new Scan({
    type,
    queue,
    source,
    stream,
    blockedShops,
    journal,
    log,
    observer: services.observe(type),
    clock: systemClock,
    backlogMax,
    bodyMaxBytes: settings.partner.maxBodyBytes,
  });
  const beats = new Beats(redis, prefix);
  return new ScanLoop({
    type,
    scan,
    stream,
    leader,
    clock: systemClock,
    log,
    everyMs,
    onScan: (beat) => void beats.scan(type, { ...beat, by: services.name }).catch(() => {}),
  });
}

/** Runs one at a time: who calls while it runs waits for that run. */
function once(run: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => running ??= run().then(() => {}).finally(() => running = null);
}
