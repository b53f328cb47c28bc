// Counts what becomes of documents, by minute, type and shop, and writes it to `minute_stats` (minute_stats.ts) every ten seconds. Each write
// gives the minute's counts so far: one that is repeated, or lost and made up by the next, does no harm. Delivery never waits for it.
import type { AnyBulkWriteOperation, Db } from "mongodb";
import type { Clock } from "./clock.ts";
import type { DocumentType } from "./document.ts";
import {
  ensureMinuteStatsIndex,
  latencyBoundsMs,
  minuteMs,
  type MinuteStats,
  minuteStatsOf,
  type ShopStats,
} from "./minute_stats.ts";

/** How often it writes, ms. */
const writeEveryMs = 10_000;
/** A minute is kept so long after its end, ms: a clock that is set back a little finds it again. */
const keepEndedMs = 120_000;
/** While MongoDB is away, this many minutes of each type are kept; older ones are forgotten. */
const minutesMax = 240;

export type Ending = "synced" | "failed" | "returned";

interface Counts {
  synced: number;
  failed: number;
  returned: number;
  /** By index of the class. */
  latency: Map<number, number>;
}

interface Minute {
  atMs: number;
  type: DocumentType;
  shops: Map<string, Counts>;
  /** Whether something was counted since the last write. */
  changed: boolean;
}

export class Tally {
  readonly #database: () => Promise<Db>;
  readonly #clock: Clock;
  readonly #worker: string;
  readonly #minutes = new Map<string, Minute>();
  #indexed = false;

  /** `worker` is the process's name among its like: what another writes is not touched. */
  constructor(database: () => Promise<Db>, clock: Clock, worker: string) {
    this.#database = database;
    this.#clock = clock;
    this.#worker = worker;
  }

  /** Counts a document. `latencyMs` is from the scan that found it, where it has come to its end. */
  count(type: DocumentType, shop: string, ending: Ending, latencyMs?: number): void {
    const minute = this.#minute(type);
    let counts = minute.shops.get(shop);
    if (!counts) minute.shops.set(shop, counts = { synced: 0, failed: 0, returned: 0, latency: new Map() });
    counts[ending]++;
    if (latencyMs !== undefined) {
      const index = classOf(latencyMs);
      counts.latency.set(index, (counts.latency.get(index) ?? 0) + 1);
    }
    minute.changed = true;
  }

  /** Writes every ten seconds, until the signal. Never rejects. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(writeEveryMs, signal);
      await this.write();
    }
  }

  /** Writes what has changed, as far as MongoDB takes it; the rest waits for the next time. Never rejects. */
  async write(): Promise<void> {
    const changed = [...this.#minutes.values()].filter((minute) => minute.changed);
    if (changed.length === 0) return;
    for (const minute of changed) minute.changed = false;
    try {
      const db = await this.#database();
      if (!this.#indexed) await ensureMinuteStatsIndex(db);
      this.#indexed = true;
      const upserts = changed.map((minute) => upsertOf(minute, this.#worker));
      await minuteStatsOf(db).bulkWrite(upserts, { ordered: false });
      this.#forgetEnded();
    } catch {
      // The journal writes to the same server, and tells that it is away.
      for (const minute of changed) minute.changed = true;
    }
  }

  #minute(type: DocumentType): Minute {
    const nowMs = this.#clock.now();
    const atMs = nowMs - nowMs % minuteMs;
    const key = `${type} ${atMs}`;
    const known = this.#minutes.get(key);
    if (known) return known;
    const minute = { atMs, type, shops: new Map(), changed: false };
    this.#minutes.set(key, minute);
    const oldest = this.#minutes.keys().next();
    if (this.#minutes.size > minutesMax * 3 && !oldest.done) this.#minutes.delete(oldest.value);
    return minute;
  }

  #forgetEnded(): void {
    for (const [key, minute] of this.#minutes) {
      const endedMs = this.#clock.now() - minute.atMs - minuteMs;
      if (!minute.changed && endedMs >= keepEndedMs) this.#minutes.delete(key);
    }
  }
}

function upsertOf({ atMs, type, shops }: Minute, worker: string): AnyBulkWriteOperation<MinuteStats> {
  const minute = new Date(atMs);
  const $set = { minute, document_type: type, worker, shops: [...shops].map(shopStats) };
  const _id = `${minute.toISOString().slice(0, 16)} ${type} ${worker}`;
  return { updateOne: { filter: { _id }, update: { $set }, upsert: true } };
}

function shopStats([shop, { latency, ...counts }]: [string, Counts]): ShopStats {
  const classes = [...latency].sort(([a], [b]) => a - b);
  return {
    shop,
    ...counts,
    latency: classes.map(([index, documents]) => [latencyBoundsMs[index] ?? 0, documents]),
  };
}

/** The class that a latency belongs to: the first whose bound is not below it. */
function classOf(latencyMs: number): number {
  let low = 0;
  let high = latencyBoundsMs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((latencyBoundsMs[middle] ?? 0) < latencyMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
