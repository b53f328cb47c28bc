// What a day came to: rows of SQL Server and the journal's latencies put together.
import { assert, assertEquals } from "@std/assert";
import { csvOf } from "../../cli/report.ts";
import { report, rowsOf } from "../../shared/operator/report.ts";
import { SourceError } from "../../shared/errors.ts";

const counts = [
  {
    type: "hoa_don" as const,
    rows: [
      { shop: "NT002", status: "SYNC_SUCCESS", documents: 4 },
      { shop: "NT001", status: "SYNC_FAILED", documents: 1 },
      { shop: "NT001", status: "PENDING_SYNC", documents: 2 },
    ],
  },
  { type: "phieu_nhap" as const, rows: [{ shop: "NT001", status: "SYNC_SUCCESS", documents: 3 }] },
];
const stats = [{
  at: new Date(0),
  type: "hoa_don" as const,
  shop: "NT002",
  synced: 4,
  failed: 0,
  returned: 0,
  latency: [[1_000, 3], [20_000, 1]] as [number, number][],
}];

Deno.test("a report has a row for each shop and type, in order, with its counts and latencies", () => {
  const rows = rowsOf(counts, stats, "shop");
  assertEquals(rows.map(({ shop, type, synced, failed, waiting }) => [shop, type, synced, failed, waiting]), [
    ["NT001", "hoa_don", 0, 1, 2],
    ["NT001", "phieu_nhap", 3, 0, 0],
    ["NT002", "hoa_don", 4, 0, 0],
  ]);
  assertEquals(rows[0]?.p50Ms, null);
  assert((rows[2]?.p50Ms ?? 0) <= 1_000 && (rows[2]?.p95Ms ?? 0) > 10_000);
});

Deno.test("a report by type puts the shops together", () => {
  const rows = rowsOf(counts, stats, "type");
  assertEquals(rows.map(({ shop, type, synced, failed }) => [shop, type, synced, failed]), [
    ["", "hoa_don", 4, 1],
    ["", "phieu_nhap", 3, 0],
  ]);
});

Deno.test("yesterday is the day before SQL Server's own, and its journal is read from that midnight in UTC", async () => {
  const asked: unknown[] = [];
  const answer = await report({
    source: {
      clock: () => Promise.resolve({ today: "2026-03-01", utcOffsetMinutes: 420 }),
      reportDay: (_type, day) => {
        asked.push(day);
        return Promise.resolve([]);
      },
    },
    journal: {
      stats: (from, until) => {
        asked.push(new Date(from).toISOString(), until - from);
        return Promise.resolve([]);
      },
    },
  }, { day: "yesterday" });
  assertEquals(answer.day, "2026-02-28");
  assertEquals(new Set(asked), new Set(["2026-02-28", "2026-02-27T17:00:00.000Z", 86_400_000]));
});

Deno.test("a report without the journal has its counts, and says what is missing", async () => {
  const { rows, troubles } = await report({
    source: {
      clock: () => Promise.resolve({ today: "2026-03-01", utcOffsetMinutes: 0 }),
      reportDay: (type) => Promise.resolve(type === "hoa_don" ? counts[0]?.rows ?? [] : []),
    },
    journal: { stats: () => Promise.reject(new Error("gone")) },
  }, {});
  assertEquals(rows.length, 2);
  assertEquals(troubles, [{ service: "mongodb", message: "gone" }]);
});

Deno.test("a report without SQL Server fails", async () => {
  const away = new SourceError("SQL Server, asking for the time", {});
  const error = await report({
    source: { clock: () => Promise.reject(away), reportDay: () => Promise.resolve([]) },
    journal: { stats: () => Promise.resolve([]) },
  }, {}).catch((error) => error);
  assertEquals(error, away);
});

Deno.test("CSV quotes what has to be quoted, and no cell is a formula", () => {
  const row = { type: "hoa_don" as const, synced: 1, failed: 0, waiting: 0, p50Ms: 12, p95Ms: null };
  const lines = csvOf({
    day: "2026-11-22",
    rows: [{ shop: '=A1,"x"', ...row }, { shop: "NT001", ...row }],
  }).split("\r\n");
  assertEquals(lines, [
    "day,shop,type,synced,failed,waiting,p50_ms,p95_ms",
    `2026-11-22,"'=A1,""x""",hoa_don,1,0,0,12,`,
    "2026-11-22,NT001,hoa_don,1,0,0,12,",
  ]);
});
