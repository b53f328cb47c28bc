// `deno task simulate`: many seeds, or one with its story.
import { parseArgs } from "node:util";
import { runSeed } from "./run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
  },
});

if (values.seed !== undefined) {
  const { story, broken, faults, dialect } = await runSeed(Number(values.seed));
  console.log(story.join("\n"));
  console.log(
    `seed ${values.seed}, dialect ${dialect}, faults: ${faults.join(", ") || "none"}\n${
      broken.join("\n") || "every promise kept"
    }`,
  );
  Deno.exit(broken.length === 0 ? 0 : 1);
}

const from = Number(values.from);
const until = from + Number(values.seeds);
const beganMs = performance.now();
let failed = 0;
let events = 0;
for (let seed = from; seed < until; seed++) {
  const result = await runSeed(seed);
  events += result.events;
  if (result.broken.length === 0) continue;
  failed++;
  console.log(
    `seed ${seed}, dialect ${result.dialect}, faults: ${result.faults.join(", ")}\n  ${
      result.broken.join("\n  ")
    }`,
  );
}
const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
console.log(`${until - from} seeds, ${events} events, ${failed} failed, in ${seconds} s`);
Deno.exit(failed === 0 ? 0 : 1);
