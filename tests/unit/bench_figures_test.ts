// The bench's arithmetic and what it reads from Linux and from logs. No timing is asserted anywhere.
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { median, medianRatio, percentile, ratePerSecond } from "../../bench/figures.ts";
import { readCpuMs, readMemory } from "../../bench/proc.ts";
import { firstOf, partsOf, sizeOf } from "../../bench/rows.ts";
import { scanTimes } from "../../bench/scan_times.ts";
import { rateOver } from "../../bench/watch.ts";

Deno.test("the rate counts what came after the first moment, over the time from there to the last", () => {
  assertEquals(ratePerSecond([1000, 1000, 1500, 2000]), 2);
  assertEquals(ratePerSecond([1000, 1000]), 0);
  assertEquals(ratePerSecond([]), 0);
});

Deno.test("a percentile is one of the values, the smallest that so many do not exceed", () => {
  const values = Array.from({ length: 100 }, (_, at) => at + 1);
  assertEquals([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 0.99)], [50, 95, 99]);
  assertEquals([percentile(values, 0), percentile(values, 1)], [1, 100]);
  assert(Number.isNaN(percentile([], 0.5)));
});

Deno.test("a median does not mind the order, and of an even number it is the middle of two", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assert(Number.isNaN(median([])));
});

Deno.test("a ratio is taken round by round before the median is", () => {
  assertEquals(medianRatio([10, 1, 30], [10, 2, 10]), 1);
  assert(Number.isNaN(medianRatio([1], [])));
});

Deno.test("time on the processor is read behind a process name that has brackets and blanks in it", () => {
  const behind = "S 1 1 1 0 -1 4194304 100 0 0 0 250 50 7 7 20 0 1 0";
  assertEquals(readCpuMs(`42 (deno) (x y) ${behind}`), 3000);
});

Deno.test("memory is read in MB from the kernel's KiB", () => {
  const { peakMb, residentMb } = readMemory("Name:\tdeno\nVmHWM:\t  200000 kB\nVmRSS:\t  100000 kB\n");
  assertAlmostEquals(peakMb, 204.8);
  assertAlmostEquals(residentMb, 102.4);
});

Deno.test("a range is cut into parts that cover it without overlap", () => {
  assertEquals(partsOf({ first: 11, last: 35 }, 10), [
    { first: 11, last: 20 },
    { first: 21, last: 30 },
    { first: 31, last: 35 },
  ]);
  assertEquals(firstOf({ first: 11, last: 35 }, 5), { first: 11, last: 15 });
  assertEquals(firstOf({ first: 11, last: 12 }, 5), { first: 11, last: 12 });
  assertEquals(sizeOf({ first: 11, last: 35 }), 25);
});

Deno.test("scans of one type are found in a log among other lines", () => {
  const scan = { time: "2026-11-22T13:00:00.000Z", event: "scan.finished", found: 5, enqueued: 3, ms: 7 };
  const log = [
    JSON.stringify({ time: scan.time, event: "document.enqueued", type: "hoa_don" }),
    JSON.stringify({ ...scan, type: "hoa_don" }),
    JSON.stringify({ ...scan, type: "phieu_nhap" }),
    "a line that is no JSON",
  ].join("\n");
  const atMs = Date.parse(scan.time);
  assertEquals(scanTimes(log, "hoa_don"), [{ atMs, found: 5, enqueued: 3, ms: 7 }]);
});

Deno.test("the rate over looks is from the first to the last", () => {
  const look = (atMs: number, accepted: number) => ({ atMs, accepted, redisMb: 0, residentMb: [] });
  assertEquals(rateOver([look(0, 100), look(1000, 400), look(2000, 500)]), 200);
  assert(Number.isNaN(rateOver([look(0, 1)])));
});
