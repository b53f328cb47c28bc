// What the charts show: `minute_stats` of the last hours, put into steps. Read at most every half minute, whoever looks.
import type { Db } from "mongodb";
import type { DocumentType } from "../shared/document.ts";
import { percentile, readMinuteStats, type StatsRow, sumOf } from "../shared/minute_stats.ts";

/** The spans that can be looked at, hours, with their steps, min. */
export const spans = { 1: 1, 6: 5, 24: 20 } as const;
export type Hours = keyof typeof spans;

const minuteMs = 60_000;
const keepMs = 30_000;

/** The last hours by step, the oldest first. */
export interface History {
  hours: Hours;
  fromMs: number;
  stepMs: number;
  steps: number;
  /** Per minute. */
  synced: Record<DocumentType, number[]>;
  failed: Record<DocumentType, number[]>;
  medianMs: (number | null)[];
  p95Ms: (number | null)[];
  /** Whether there is anything at all. */
  isEmpty: boolean;
}

export type ReadHistory = (hours: Hours) => Promise<History>;

/** Reads the history from MongoDB; what came of it, an error too, is kept for half a minute. Throws MongoDB's errors. */
export function historyFrom(db: Db, now: () => number): ReadHistory {
  const kept = new Map<Hours, { atMs: number; reading: Promise<History> }>();
  return (hours) => {
    const known = kept.get(hours);
    if (known && now() - known.atMs < keepMs) return known.reading;
    const reading = read(db, hours, now());
    kept.set(hours, { atMs: now(), reading });
    return reading;
  };
}

export function hoursFrom(text: string | undefined): Hours {
  return text === "6" ? 6 : text === "24" ? 24 : 1;
}

async function read(db: Db, hours: Hours, nowMs: number): Promise<History> {
  const stepMs = spans[hours] * minuteMs;
  const steps = hours * 60 / spans[hours];
  // The last step is the one that is under way.
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  const fromMs = toMs - steps * stepMs;
  const rows = await readMinuteStats(db, { from: new Date(fromMs), to: new Date(toMs), stepMs });
  return inSteps(rows, { hours, fromMs, stepMs, steps });
}

/** Pure. */
export function inSteps(
  rows: readonly StatsRow[],
  { hours, fromMs, stepMs, steps }: Pick<History, "hours" | "fromMs" | "stepMs" | "steps">,
): History {
  const byStep = Array.from({ length: steps }, (): StatsRow[] => []);
  for (const row of rows) byStep[Math.floor((row.at.getTime() - fromMs) / stepMs)]?.push(row);
  const perMinute = stepMs / minuteMs;
  const of = (type: DocumentType, what: "synced" | "failed") =>
    byStep.map((each) => sumOf("", each.filter((row) => row.type === type))[what] / perMinute);
  const byType = (what: "synced" | "failed") => ({
    phieu_nhap: of("phieu_nhap", what),
    phieu_xuat: of("phieu_xuat", what),
    hoa_don: of("hoa_don", what),
  });
  const latencies = byStep.map((each) => sumOf("", each).latency);
  return {
    ...{ hours, fromMs, stepMs, steps },
    synced: byType("synced"),
    failed: byType("failed"),
    medianMs: latencies.map((latency) => percentile(latency, 0.5)),
    p95Ms: latencies.map((latency) => percentile(latency, 0.95)),
    isEmpty: rows.every(({ synced, failed }) => synced + failed === 0),
  };
}
