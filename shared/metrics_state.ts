// Metrics of what stands just now, read when the metrics are asked for: the process, a worker's state, the streams in Redis.
import process from "node:process";
import { type Beats, isAlive, type WorkerBeat } from "./beats.ts";
import type { Clock } from "./clock.ts";
import { type DocumentType, documentTypes } from "./document.ts";
import type { Metrics } from "./metrics.ts";
import type { OperatorSource } from "./operator/source.ts";
import { clockAt } from "./redis_clock.ts";
import type { RedisClient } from "./script.ts";
import { blockedShopsKey, group, streamKeys } from "./stream_keys.ts";
import type { BlockedShops } from "./token_store.ts";

/** How often the lateness of a timer is measured, ms. */
const delayEveryMs = 500;
/** Rows are counted in SQL Server so often at most, ms. */
const countEveryMs = 60_000;
const breakerStates = ["closed", "open", "half_open"] as const;

/** CPU, memory and lateness of this process. Ends with the signal. */
export function readProcess(metrics: Metrics, clock: Clock, signal: AbortSignal): void {
  metrics.started.set(clock.now() / 1000);
  let worstMs = 0;
  measureDelay(clock, signal, (lateMs) => worstMs = Math.max(worstMs, lateMs));
  let countedSeconds = 0;
  metrics.onRead(() => {
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1_000_000;
    metrics.cpu.inc(Math.max(0, seconds - countedSeconds));
    countedSeconds = seconds;
    const { rss, heapUsed } = Deno.memoryUsage();
    metrics.memory.set(rss);
    metrics.heap.set(heapUsed);
    metrics.loopDelay.set(worstMs / 1000);
    worstMs = 0;
  });
}

async function measureDelay(
  clock: Clock,
  signal: AbortSignal,
  tell: (lateMs: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const beganMs = clock.now();
    await clock.sleep(delayEveryMs, signal);
    tell(Math.max(0, clock.now() - beganMs - delayEveryMs));
  }
}

/** What a worker says of itself (Worker.state). */
export function readWorker(
  metrics: Metrics,
  type: DocumentType,
  state: () => Omit<WorkerBeat, "atMs" | "startedAtMs">,
): void {
  metrics.onRead(() => {
    const now = state();
    for (const each of breakerStates) {
      metrics.breaker.set({ type, state: each }, now.breaker === each ? 1 : 0);
    }
    for (const step of ["waiting", "calling", "writing"] as const) {
      metrics.inHand.set({ type, step }, now[step]);
    }
    metrics.lastResult.set({ type }, now.lastResultAtMs / 1000);
  });
}

/** What waits in SQL Server, of all types; what it cannot be asked for is left out. */
export function readPending(
  metrics: Metrics,
  source: Pick<OperatorSource, "countPending" | "oldestPendingMs">,
  clock: Clock,
): void {
  const { pendingRows, oldestPending } = metrics;
  let countedAtMs = -Infinity;
  metrics.onRead(async () => {
    if (clock.now() - countedAtMs < countEveryMs) return;
    countedAtMs = clock.now();
    for (const gauge of [pendingRows, oldestPending]) gauge.reset();
    for (const type of documentTypes) {
      pendingRows.set({ type }, (await source.countPending(type)).count);
      oldestPending.set({ type }, (await source.oldestPendingMs(type) ?? 0) / 1000);
    }
  });
}

/** The streams of all types, as the scheduler sees them: workers come and go, and each would say the same. */
export function readStreams(metrics: Metrics, parts: {
  redis: RedisClient;
  prefix: string;
  beats: Pick<Beats, "workers">;
  blockedShops: Pick<BlockedShops, "list">;
  leader: { readonly leads: boolean };
}): void {
  const { redis, blockedShops, leader } = parts;
  metrics.onRead(() => metrics.leads.set(leader.leads ? 1 : 0));
  metrics.onRead(async () => {
    // What Redis cannot be asked for is left out, rather than told as it was.
    const { backlog, dueLater, oldest, dead, workers, paused } = metrics;
    for (const gauge of [backlog, dueLater, oldest, dead, workers, paused]) gauge.reset();
    metrics.shopsBlocked.remove();
    const nowMs = await clockAt(redis, blockedShopsKey(parts.prefix));
    metrics.shopsBlocked.set((await blockedShops.list(nowMs)).size);
    await Promise.all(documentTypes.map((type) => readStream(metrics, type, nowMs, parts)));
  });
}

async function readStream(
  metrics: Metrics,
  type: DocumentType,
  nowMs: number,
  { redis, prefix, beats }: { redis: RedisClient; prefix: string; beats: Pick<Beats, "workers"> },
): Promise<void> {
  const { stream, dead, paused } = streamKeys(prefix, type);
  const [backlog, pending, first, buried, isPaused, workers] = await Promise.all([
    redis.xlen(stream),
    // NOGROUP: no worker of this type has ever run.
    redis.xpending(stream, group).then(([count]) => Number(count), () => 0),
    redis.xrange(stream, "-", "+", "COUNT", 1),
    redis.xlen(dead),
    redis.exists(paused),
    beats.workers(type, nowMs),
  ]);
  const alive = [...workers.values()].filter((beat) => isAlive(beat, nowMs));
  const held = alive.reduce((sum, beat) => sum + beat.waiting + beat.calling + beat.writing, 0);
  metrics.backlog.set({ type }, backlog);
  metrics.dueLater.set({ type }, Math.max(0, pending - held));
  metrics.oldest.set({ type }, ageSeconds(first[0]?.[0], nowMs));
  metrics.dead.set({ type }, buried);
  metrics.paused.set({ type }, isPaused);
  metrics.workers.set({ type }, alive.length);
}

/** The first part of a stream id is when the entry was added, ms by the Redis clock. */
function ageSeconds(id: string | undefined, nowMs: number): number {
  return id === undefined ? 0 : Math.max(0, nowMs - Number(id.split("-")[0])) / 1000;
}
