// When to try again: 2 s × 4ⁿ up to 4 min for a document, 0.2 s doubling to 5 s for our own servers, both ±20 %.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { reconnectDelayMs, retryDelayMs } from "../../shared/backoff.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const times = fc.integer({ min: 1, max: 1_000 });

Deno.test("a document is tried again after 2, 8, 32, 128 and then 240 s", () => {
  assertEquals([1, 2, 3, 4, 5, 50].map((deliveries) => retryDelayMs(deliveries, 0.5)), [
    ...[2_000, 8_000, 32_000, 128_000],
    ...[240_000, 240_000],
  ]);
});

Deno.test("chance moves a delay by a fifth at most, either way", () => {
  assertEquals([retryDelayMs(1, 0), retryDelayMs(1, 0.999999)], [1_600, 2_400]);
  assertEquals([reconnectDelayMs(1, 0), reconnectDelayMs(1, 0.999999)], [160, 240]);
});

Deno.test("a server of our own is asked again after 0.2, 0.4, 0.8 … and at most 5 s", () => {
  assertEquals([1, 2, 3, 5, 6, 60].map((failures) => reconnectDelayMs(failures, 0.5)), [
    ...[200, 400, 800, 3_200, 5_000, 5_000],
  ]);
});

Deno.test("property: every delay is whole milliseconds, above zero and below the threshold in Redis", () => {
  fc.assert(fc.property(times, random, (count, random) => {
    for (
      const [delayMs, maxMs] of [[retryDelayMs(count, random), 290_000], [
        reconnectDelayMs(count, random),
        6_000,
      ]]
    ) {
      assert(Number.isInteger(delayMs) && delayMs! > 0 && delayMs! <= maxMs!, `${delayMs}`);
    }
  }));
});

Deno.test("property: a later delivery never waits less, chance aside", () => {
  fc.assert(fc.property(times, random, (count, random) => {
    assert(retryDelayMs(count + 1, random) >= retryDelayMs(count, random));
    assert(reconnectDelayMs(count + 1, random) >= reconnectDelayMs(count, random));
  }));
});
