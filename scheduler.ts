// The scheduler: finds documents that want syncing and puts them into their streams. Entry; shared/scan_loop.ts and shared/scan.ts do the
// work, one loop for each type of document, so that trouble with one never stops the others.
import { Beats } from "./shared/beats.ts";
import { systemClock } from "./shared/clock.ts";
import { dialects } from "./shared/dialects.ts";
import { type DocumentType, documentTypes } from "./shared/document.ts";
import { EnqueuedRecords } from "./shared/enqueued_records.ts";
import { StreamFooting } from "./shared/footing.ts";
import { Leader } from "./shared/leader.ts";
import type { Metrics } from "./shared/metrics.ts";
import { readPending, readStreams } from "./shared/metrics_state.ts";
import { OperatorSource } from "./shared/operator/source.ts";
import { runProcess, type Services } from "./shared/process.ts";
import { KeySight } from "./shared/redis_holder.ts";
import { Scan } from "./shared/scan.ts";
import { ScanLoop } from "./shared/scan_loop.ts";
import { RedisStream } from "./shared/stream.ts";
import { RedisBlockedShops } from "./shared/token_store.ts";

const minuteMs = 60_000;
/** One page of a scan may take so long, ms: two statements of 30 s at most, and a connection. */
const pageLimitMs = 90_000;

/** A tick sweeps for so long beyond the next one, ms, which may come late. */
const tickLateMs = 10_000;

/**
 * The handler of a tick stays for so long, ms: a platform that starts this program for a tick may end it when the handler returns
 * (docs/deno-deploy.md). Before the next tick it is back: Deno leaves out those that come while it runs.
 */
const tickStaysMs = 50_000;

const ready = Promise.withResolvers<(beganMs: number) => Promise<void>>();

// At the top level, where Deno wants it, before anything else. It never throws: Deno would run it again.
Deno.cron("scan", "* * * * *", async () => {
  const beganMs = systemClock.now();
  const tick = await ready.promise;
  await tick(beganMs);
});

// Not awaited: who loads this module only to see its cron jobs shall come to its end.
void runProcess("scheduler", async (services) => {
  const { log, redis, settings, name, signal, health } = services;
  const leader = new Leader({ redis, prefix: settings.redis.keyPrefix, name, clock: systemClock, log });
  await leader.attempt();
  const leading = leader.keep(signal);
  const works = documentTypes.map((type) => workFor(type, services, leader));
  const loops = works.map(({ loop }) => loop);
  const telling = works.map(({ enqueued }) => enqueued.keep(signal));
  const turnedAtMs = () => Math.min(...loops.map((loop) => loop.turnedAtMs));
  health?.watch({ name: "the scan loop", turnedAtMs, limitMs: settings.scan.everyMs + pageLimitMs });
  if (health) readOverview(health.metrics, services, leader);
  const sweepUntil = (untilMs: number) => Promise.all(loops.map((loop) => loop.runUntil(untilMs, signal)));
  const tick = async (beganMs: number) => {
    void sweepUntil(systemClock.now() + minuteMs + tickLateMs);
    await systemClock.sleep(Math.max(0, beganMs + tickStaysMs - systemClock.now()), signal);
  };
  void tick(systemClock.now());
  ready.resolve(tick);
  await new Promise((resolve) => signal.aborted ? resolve(null) : signal.addEventListener("abort", resolve));
  await sweepUntil(0);
  await Promise.all([leading, ...telling]);
  for (const { enqueued } of works) await enqueued.finish();
});

/** What the scheduler does for one type of document. */
interface Work {
  loop: ScanLoop;
  enqueued: EnqueuedRecords;
}

function workFor(type: DocumentType, services: Services, leader: Leader): Work {
  const { redis, settings, source, journal, log } = services;
  const prefix = settings.redis.keyPrefix;
  const stream = new RedisStream(redis, { prefix, type });
  const { backlogMax, everyMs } = settings.scan;
  const blockedShops = new RedisBlockedShops(redis, prefix);
  const queue = stream.keys.stream;
  const enqueued = new EnqueuedRecords({ stream, journal, clock: systemClock });
  const scan = new Scan({
    type,
    queue,
    source,
    stream,
    blockedShops,
    enqueued,
    journal,
    log,
    observer: services.observe(type),
    clock: systemClock,
    backlogMax,
    bodyMaxBytes: settings.partner.maxBodyBytes,
    dialect: dialects[settings.partner.dialect],
  });
  const beats = new Beats(redis, prefix);
  const { leaseMs } = settings.worker;
  const sight = new KeySight(redis, queue);
  const loop = new ScanLoop({
    type,
    scan,
    stream,
    leader,
    footing: new StreamFooting({ type, sight, clock: systemClock, log, leaseMs }),
    clock: systemClock,
    log,
    everyMs,
    onScan: (beat) => void beats.scan(type, { ...beat, by: services.name }).catch(() => {}),
  });
  return { loop, enqueued };
}

/** What the scheduler's metrics show besides its own work: streams, workers, and what waits in SQL Server. */
function readOverview(metrics: Metrics, { redis, pool, profile, settings }: Services, leader: Leader): void {
  const prefix = settings.redis.keyPrefix;
  const [beats, blockedShops] = [new Beats(redis, prefix), new RedisBlockedShops(redis, prefix)];
  readStreams(metrics, { redis, prefix, beats, blockedShops, leader });
  const rows = new OperatorSource(() => pool.get(), profile, systemClock.now);
  readPending(metrics, rows, systemClock);
}
