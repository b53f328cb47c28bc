// The console's charts: figures in steps, and shapes that fit them.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { historyFrom, hoursFrom, inSteps } from "../../console/history.ts";
import { type Chart, chart, niceTop } from "../../console/view/chart.ts";
import type { StatsRow } from "../../shared/minute_stats.ts";

const minuteMs = 60_000;
const fromMs = Date.UTC(2026, 10, 22, 1);

Deno.test("inSteps() gives each step its figures per minute, and none where nothing was", () => {
  const rows = [
    stats(0, "hoa_don", { synced: 10, failed: 5 }),
    stats(0, "phieu_nhap", { synced: 5 }),
    stats(2, "hoa_don", { synced: 20, latency: [[100, 10], [1_000, 10]] }),
    stats(9, "hoa_don", { synced: 7 }),
  ];
  const history = inSteps(rows, { hours: 6, fromMs, stepMs: 5 * minuteMs, steps: 3 });
  assertEquals(history.synced.hoa_don, [2, 0, 4]);
  assertEquals(history.synced.phieu_nhap, [1, 0, 0]);
  assertEquals(history.failed.hoa_don, [1, 0, 0]);
  assertEquals(history.medianMs.slice(0, 2), [null, null]);
  assert((history.p95Ms[2] ?? 0) > (history.medianMs[2] ?? 0));
  assert(!history.isEmpty);
});

Deno.test("a history without documents is empty", () => {
  const rows = [stats(0, "hoa_don", { returned: 3 })];
  assert(inSteps(rows, { hours: 1, fromMs, stepMs: minuteMs, steps: 60 }).isEmpty);
});

Deno.test("hoursFrom() takes the spans that there are", () => {
  assertEquals(["1", "6", "24", "7", "", undefined].map(hoursFrom), [1, 6, 24, 1, 1, 1]);
});

Deno.test("the history is read once in half a minute, also when it could not be", async () => {
  let [nowMs, reads] = [fromMs, 0];
  const find = () => {
    reads++;
    throw new Error("no MongoDB");
  };
  // deno-lint-ignore no-explicit-any
  const read = historyFrom({ collection: () => ({ find }) } as any, () => nowMs);
  await assertRejects(() => read(1), Error, "no MongoDB");
  await assertRejects(() => read(1));
  assertEquals(reads, 1);
  nowMs += 31_000;
  await assertRejects(() => read(1));
  assertEquals(reads, 2);
});

Deno.test("niceTop() is no lower than the value, and less than two and a half times as high", () => {
  assertEquals([0, 1, 1.2, 3, 5, 7, 11, 100, 4_200].map(niceTop), [2, 1, 2, 4, 6, 10, 20, 100, 6_000]);
  fc.assert(fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (value) => {
    const top = niceTop(value);
    assert(top >= value * 0.999_999 && top <= value * 2.5, `${value}: ${top}`);
  }));
});

Deno.test("a chart stands columns on each other, and breaks a line where nothing is known", async () => {
  const columns = await drawn({ kind: "columns" }, [[10, null, 4], [10, 0, 4]]);
  // Both series' first columns are half of the height of 120, one above the other.
  const boxes = [...columns.matchAll(/class="column s\d" d="M[\d.]+ ([\d.]+)h[\d.]+v([\d.]+)/g)];
  assertEquals(boxes.map(([, y, tall]) => [Number(y), Number(tall)]), [[60, 59.5], [0.5, 59.5]]);
  const lines = await drawn({ kind: "lines" }, [[1, 2, null, 3]]);
  assertMatch(lines, /class="line s1" d="M\S+ \S+h\.1L\S+ \S+M\S+ \S+h\.1"/);
});

Deno.test("a chart tells a step's values to who points at it, and escapes its words", async () => {
  const text = await drawn({ kind: "columns", title: "<b>" }, [[3, 0], [5, 0]]);
  assertEquals([...text.matchAll(/<rect/g)].length, 1);
  assertStringIncludes(text, "<title>step 0\na: 3\nb: 5</title>");
  assertStringIncludes(text, "&lt;b&gt;");
});

async function drawn(more: Partial<Chart>, values: (number | null)[][]): Promise<string> {
  const series = values.map((each, at) => ({
    label: "ab"[at] ?? "",
    colour: at === 0 ? "s1" as const : "s2" as const,
    values: each,
  }));
  const given: Chart = {
    ...{ title: "t", kind: "lines", series, show: String, step: (at) => `step ${at}`, ticks: ["a", "b"] },
    ...more,
  };
  return String(await chart(given));
}

function stats(step: number, type: StatsRow["type"], more: Partial<StatsRow>): StatsRow {
  const at = new Date(fromMs + step * 5 * minuteMs);
  return { at, type, shop: "CH01", synced: 0, failed: 0, returned: 0, latency: [], ...more };
}
