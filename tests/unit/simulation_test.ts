// A few hundred seeds of the simulation (tests/simulation): the product's own logic against simulated time, Redis, SQL Server and partner.
// `deno task simulate --seeds=10000` runs many more; `--seed=N` replays one with its story.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runSeed } from "../simulation/run.ts";
import type { World } from "../simulation/world.ts";

Deno.test("three hundred simulated runs with faults keep every promise", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { broken, faults } = await runSeed(seed);
    assertEquals(broken, [], `seed ${seed} with ${faults.join(", ")}`);
  }
});

Deno.test("a seed replays exactly", async () => {
  const [first, second] = [await runSeed(7), await runSeed(7)];
  assert(first.story.length > 50, "the run has a story");
  assertEquals(second.story, first.story);
});

Deno.test("the simulation notices an enqueue that forgets what is in flight", async () => {
  const found = await brokenIn(12, (world) => {
    const enqueue = world.redis.enqueue.bind(world.redis);
    world.redis.enqueue = (...args) => {
      world.redis.inflight.clear();
      return enqueue(...args);
    };
  });
  assertStringIncludes(found, "though no answer was lost");
});

Deno.test("the simulation notices an entry that is never due again", async () => {
  const found = await brokenIn(12, (world) => {
    world.redis.postpone = (consumer, entries) => {
      for (const { id } of entries) {
        world.redis.pending.set(id, { consumer, sinceMs: Infinity, deliveries: 1 });
      }
    };
  });
  assertStringIncludes(found, "stuck");
});

/** What the invariants say about the first seeds of a sabotaged world. */
async function brokenIn(seeds: number, sabotage: (world: World) => void): Promise<string> {
  const broken: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) broken.push(...(await runSeed(seed, sabotage)).broken);
  return broken.join("\n");
}
