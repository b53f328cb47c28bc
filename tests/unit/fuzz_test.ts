// A few thousand random inputs against everything that comes from outside (tests/fuzz); `deno task fuzz` runs many more.
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { fuzzTargets } from "../fuzz/inputs.ts";

for (const { name, property } of fuzzTargets) {
  Deno.test(`fuzzed ${name}`, () => {
    const result = fc.check(property, { numRuns: 500 });
    assertEquals(result.failed, false, result.failed ? fc.defaultReportMessage(result) ?? "" : "");
  });
}
