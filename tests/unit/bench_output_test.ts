// What the bench is asked for and what it prints: options, tables, goals, the chart. Pure parts only.
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { competitorsOf, cpuRatio, rateRatio } from "../../bench/compare_figures.ts";
import { compareChart } from "../../bench/compare_chart.ts";
import { compareTables } from "../../bench/compare_table.ts";
import { type CompetitorName, competitorNames, programsOf } from "../../bench/competitors.ts";
import { goalLines } from "../../bench/goals.ts";
import { help, readBenchOptions } from "../../bench/options.ts";
import { type Cell, documentsFor, turned } from "../../bench/parts/compare.ts";
import { chartOf } from "../../bench/svg.ts";
import { layOut } from "../../bench/table.ts";

Deno.test("the bench compares everybody when it is asked for nothing, and knows every part of its help", () => {
  const options = readBenchOptions([]);
  assertEquals(options.parts, ["compare"]);
  assertEquals(options.competitors, competitorNames);
  assertEquals(options.latencies, [0, 5, 50]);
  assert(!readBenchOptions(["--only=scale"]).parts.includes("compare"));
  for (const part of readBenchOptions(["--only=scale,compare"]).parts) {
    assertMatch(help, new RegExp(`^  ${part} `, "m"));
  }
});

Deno.test("a wrong option is told with its rule and the value", () => {
  assertThrows(() => readBenchOptions(["--only=everything"]), Error, 'not "everything"');
  assertThrows(() => readBenchOptions(["--latencies=5,slow"]), Error, 'not "slow"');
  assertThrows(() => readBenchOptions(["--set=NOTHING"]), Error, "NAME=VALUE");
  assertEquals(readBenchOptions(["--set=A=b=c", "--set=D=e"]).set, { A: "b=c", D: "e" });
});

Deno.test("every competitor's programs are there", () => {
  for (const name of competitorNames) {
    for (const { entry } of programsOf(name)) {
      assert(Deno.statSync(new URL(`../../${entry}`, import.meta.url)).isFile);
    }
  }
});

Deno.test("each round begins with another competitor, and all take part", () => {
  assertEquals([0, 1, 2, 3].map((round) => turned(["a", "b", "c"], round).join("")), [
    "abc",
    "bca",
    "cab",
    "abc",
  ]);
});

Deno.test("a round has fewer documents where the partner's latency would make it long", () => {
  const usual = { documents: 10_000, concurrency: 16 };
  assertEquals(documentsFor("hermes", 0, usual), 10_000);
  assertEquals(documentsFor("hermes", 50, usual), documentsFor("bare", 50, usual));
  assert(documentsFor("hermes", 50, usual) < 10_000);
  assert(documentsFor("naive", 0, usual) < documentsFor("bare", 0, usual));
});

Deno.test("a table is as wide as its widest cells, with numbers to the right", () => {
  assertEquals(
    layOut(["name", "n"], [["a", "1"], ["longer", "100"]]),
    "name      n\n------  ---\na         1\nlonger  100",
  );
});

Deno.test("ratios are those of the same round, and only what was measured is compared", () => {
  const cells = [cell("hermes", 0, { perSecond: 80 }), cell("bare", 0, { perSecond: 100 })];
  assertEquals(competitorsOf(cells), ["hermes", "bare"]);
  assertEquals(rateRatio(cells, 0, { over: "hermes", under: "bare" }), 0.8);
  assertEquals(cpuRatio(cells, 0, { over: "hermes", under: "bare" }), 1);
  assert(Number.isNaN(rateRatio(cells, 0, { over: "hermes", under: "bullmq" })));
});

Deno.test("a goal is reached or missed by its bound at that latency, and left out where nothing was measured", () => {
  const at = (latency: number) =>
    goalLines([cell("hermes", latency, { perSecond: 80 }), cell("bare", latency, {})]);
  assert(at(0).some((line) => /^reached .*0\.800 of the bare loop's documents/.test(line)));
  assert(at(5).some((line) => /^MISSED .*0\.800 of the bare loop's documents/.test(line)));
  assert(!at(0).some((line) => line.includes("BullMQ")));
  assert(at(0).some((line) => line.includes("Redis requests")));
  assert(!at(50).some((line) => line.includes("Redis requests")));
});

Deno.test("the tables name every competitor and process", () => {
  const text = compareTables([cell("hermes", 0, {}), cell("bullmq", 0, {})]);
  for (const word of ["hermes", "bullmq", "hermes-process", "bullmq-process", "p95"]) {
    assertStringIncludes(text, word);
  }
});

Deno.test("the chart is well formed, has a bar for each figure, and colours for light and dark", () => {
  const svg = compareChart([cell("hermes", 0, {}), cell("bare", 0, { perSecond: 50 })]);
  assertEquals(svg.match(/<rect x="[\d.]+" y="[\d.]+" width="[\d.]+" height="[\d.]+" fill/g)?.length, 2 + 4);
  assertStringIncludes(svg, "prefers-color-scheme: dark");
  const [opened, closed] = [svg.match(/<(?!\/)[a-z]+[^>]*[^/]>/g)?.length, svg.match(/<\/[a-z]+>/g)?.length];
  assertEquals(opened, closed);
});

Deno.test("a chart says no markup that comes from outside, and leaves out what is no number", () => {
  const svg = chartOf([{ title: "<b>&", groups: ["g"], values: { s: [NaN] }, format: String }]);
  assertStringIncludes(svg, "&lt;b&gt;&amp;");
  assert(!svg.includes("NaN"));
});

function cell(competitor: CompetitorName, latency: number, figures: Partial<Cell>): Cell {
  return {
    competitor,
    latency,
    round: 0,
    documents: 100,
    perSecond: 100,
    cpuSeconds: 0.5,
    servicesCpuSeconds: { redis: 0.1, sqlserver: 0.2, mongodb: 0.1, partner: 0.1 },
    requests: { sql: 0.01, redis: 0.1, mongo: 0.01 },
    latencyMs: { p50: 1, p95: 2, p99: 3 },
    memory: [{ name: `${competitor}-process`, residentMb: 90, peakMb: 100 }],
    ...figures,
  };
}
