// `minute_stats` in MongoDB: what became of documents, by minute, type, worker and shop. Written by tally.ts; read here, for reports and
// charts: they cost a few thousand small documents a day, whatever the number of documents sent.
import type { Collection, Db } from "mongodb";
import type { DocumentType } from "./document.ts";

export const minuteMs = 60_000;
/** How long a minute is kept, s. */
const keepSeconds = 90 * 24 * 3600;

/** Upper bounds of the latency's classes, ms: 10, 15, 20, 30, 50, 70, 100 … to some twelve days. What is above counts as the last. */
export const latencyBoundsMs: readonly number[] = Array.from(
  { length: 8 },
  (_, decade) => [1, 1.5, 2, 3, 5, 7].map((step) => step * 10 ** (decade + 1)),
).flat().concat(1_000_000_000);

/** How many documents took at most `[0]` ms (and more than the next lower bound), for bounds that have any; in their order. */
export type Latency = [boundMs: number, documents: number][];

/** What became of the documents of one shop. */
export interface ShopStats {
  shop: string;
  synced: number;
  failed: number;
  /** Given back because the shop's login is refused; they come again. */
  returned: number;
  /** From the scan that found them to their result in SQL Server, of synced and failed ones. */
  latency: Latency;
}

/** One document of the collection. Counts are those of the whole minute so far, so that writing it again does no harm. */
export interface MinuteStats {
  /** Minute, type and worker. */
  _id: string;
  minute: Date;
  document_type: DocumentType;
  worker: string;
  shops: ShopStats[];
}

export function minuteStatsOf(db: Db): Collection<MinuteStats> {
  return db.collection("minute_stats");
}

export async function ensureMinuteStatsIndex(db: Db): Promise<void> {
  await minuteStatsOf(db).createIndex({ minute: 1 }, { expireAfterSeconds: keepSeconds });
}

export interface StatsQuery {
  /** First minute. */
  from: Date;
  /** The end: no minute at or after it. */
  to: Date;
  type?: DocumentType;
  shop?: string;
  /** Minutes are put together in steps of so many ms, counted from `from`; one minute when left out. */
  stepMs?: number;
}

/** One step of one shop and type, over all workers. */
export interface StatsRow extends ShopStats {
  /** When the step begins. */
  at: Date;
  type: DocumentType;
}

/** What became of documents between two times, by step, type and shop, in the order of time. Throws MongoDB's errors. */
export async function readMinuteStats(db: Db, query: StatsQuery): Promise<StatsRow[]> {
  const { from, to, type, shop, stepMs = minuteMs } = query;
  const filter = {
    minute: { $gte: from, $lt: to },
    ...(type === undefined ? {} : { document_type: type }),
    ...(shop === undefined ? {} : { "shops.shop": shop }),
  };
  const rows = new Map<string, StatsRow>();
  for await (const found of minuteStatsOf(db).find(filter).sort({ minute: 1 })) {
    const step = Math.floor((found.minute.getTime() - from.getTime()) / stepMs);
    const at = new Date(from.getTime() + step * stepMs);
    for (const stats of found.shops) {
      if (shop !== undefined && stats.shop !== shop) continue;
      const key = JSON.stringify([step, found.document_type, stats.shop]);
      const row = rows.get(key) ?? { at, type: found.document_type, ...noStats(stats.shop) };
      rows.set(key, { ...row, ...sumOf(stats.shop, [row, stats]) });
    }
  }
  return [...rows.values()];
}

/** Several put together, under one name. */
export function sumOf(shop: string, several: readonly ShopStats[]): ShopStats {
  const sum = noStats(shop);
  const latency = new Map<number, number>();
  for (const one of several) {
    sum.synced += one.synced;
    sum.failed += one.failed;
    sum.returned += one.returned;
    for (const [boundMs, documents] of one.latency) {
      latency.set(boundMs, (latency.get(boundMs) ?? 0) + documents);
    }
  }
  return { ...sum, latency: [...latency].sort(([a], [b]) => a - b) };
}

/**
 * About how long the fastest `share` (0 to 1) of the documents took at most, ms; null without any. Right within the width of a
 * class, so by a third.
 */
export function percentile(latency: Latency, share: number): number | null {
  const total = latency.reduce((sum, [, documents]) => sum + documents, 0);
  if (total === 0) return null;
  const wanted = Math.max(share * total, Number.MIN_VALUE);
  let below = 0;
  for (const [boundMs, documents] of latency) {
    if (below + documents >= wanted) {
      const fromMs = lowerBoundMs(boundMs);
      return fromMs + (boundMs - fromMs) * (wanted - below) / documents;
    }
    below += documents;
  }
  return latency.at(-1)?.[0] ?? null;
}

function lowerBoundMs(boundMs: number): number {
  return latencyBoundsMs[latencyBoundsMs.indexOf(boundMs) - 1] ?? 0;
}

function noStats(shop: string): ShopStats {
  return { shop, synced: 0, failed: 0, returned: 0, latency: [] };
}
