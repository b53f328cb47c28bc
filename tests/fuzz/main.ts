// `deno task fuzz --runs=100000 --seed=1`: random inputs against everything that comes from outside.
import fc from "fast-check";
import { parseArgs } from "node:util";
import { fuzzTargets } from "./inputs.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  },
});
const numRuns = Math.ceil(Number(values.runs) / fuzzTargets.length);
const seed = Number(values.seed);
let failed = 0;
for (const { name, property } of fuzzTargets) {
  const beganMs = performance.now();
  const result = fc.check(property, { numRuns, seed });
  console.log(
    `${result.failed ? "FAILED" : "held"}  ${name}: ${result.numRuns} inputs in ${
      Math.round(performance.now() - beganMs)
    } ms`,
  );
  if (!result.failed) continue;
  failed++;
  console.log(fc.defaultReportMessage(result));
}
console.log(`seed ${seed}: ${fuzzTargets.length - failed} targets held, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
