// What a day came to, per shop and type: counts from SQL Server, latencies from the journal.
import { type DocumentType, documentTypes } from "../document.ts";
import { percentile, type ShopStats, type StatsRow, sumOf } from "../minute_stats.ts";
import type { JournalReader } from "./journal_reader.ts";
import type { DayCount, OperatorSource } from "./source.ts";
import { Troubles } from "./troubles.ts";
import type { Report, ReportRow } from "./types.ts";

export interface ReportParts {
  source: Pick<OperatorSource, "clock" | "reportDay">;
  journal: Pick<JournalReader, "stats">;
}

/** Throws SourceError without SQL Server: there is no report without counts. */
export async function report(
  { source, journal }: ReportParts,
  options: { day?: string; by?: "shop" | "type" },
): Promise<Report> {
  const troubles = new Troubles();
  const { today, utcOffsetMinutes } = await source.clock();
  const { by = "shop" } = options;
  const day = options.day === "yesterday" ? dayBefore(today) : options.day ?? today;
  // The day of SQL Server's clock, which the pharmacy lives by, on the journal's, which is UTC.
  const fromMs = Date.parse(`${day}T00:00:00Z`) - utcOffsetMinutes * 60_000;
  const [counts, stats] = await Promise.all([
    Promise.all(documentTypes.map(async (type) => ({ type, rows: await source.reportDay(type, day) }))),
    troubles.ask("mongodb", () => journal.stats(fromMs, fromMs + 86_400_000)),
  ]);
  const rows = rowsOf(counts, stats ?? [], by);
  return { day, by, rows, total: totalOf(rows, stats ?? []), troubles: troubles.list() };
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** Pure. Rows in the order of shop, then type; `by` type leaves the shop empty. */
export function rowsOf(
  counts: readonly { type: DocumentType; rows: readonly DayCount[] }[],
  stats: readonly StatsRow[],
  by: "shop" | "type",
): ReportRow[] {
  const rows = new Map<string, ReportRow>();
  const shopOf = (shop: string) => by === "shop" ? shop : "";
  for (const { type, rows: found } of counts) {
    for (const { shop, status, documents } of found) {
      const id = `${shopOf(shop)}\n${type}`;
      const row = rows.get(id) ??
        { shop: shopOf(shop), type, synced: 0, failed: 0, waiting: 0, p50Ms: null, p95Ms: null };
      rows.set(id, row);
      if (status === "SYNC_SUCCESS") row.synced += documents;
      else if (status === "SYNC_FAILED") row.failed += documents;
      else row.waiting += documents;
    }
  }
  const times = Map.groupBy(stats, ({ shop, type }) => `${shopOf(shop)}\n${type}`);
  for (const [id, row] of rows) Object.assign(row, percentiles(times.get(id) ?? []));
  return [...rows.values()].sort((a, b) => a.shop.localeCompare(b.shop) || a.type.localeCompare(b.type));
}

function totalOf(rows: readonly ReportRow[], stats: readonly ShopStats[]): Report["total"] {
  const sum = (of: "synced" | "failed" | "waiting") => rows.reduce((total, row) => total + row[of], 0);
  return { synced: sum("synced"), failed: sum("failed"), waiting: sum("waiting"), ...percentiles(stats) };
}

function percentiles(stats: readonly ShopStats[]): { p50Ms: number | null; p95Ms: number | null } {
  const { latency } = sumOf("", stats);
  return { p50Ms: rounded(percentile(latency, 0.5)), p95Ms: rounded(percentile(latency, 0.95)) };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
