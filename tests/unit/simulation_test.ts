// A few hundred seeds of the simulation (tests/simulation): the product's own logic against simulated time, Redis, SQL Server and partner.
// `deno task simulate --seeds=10000` runs many more; `--seed=N` replays one with its story.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { KnownGap } from "../simulation/known_gap.ts";
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

Deno.test("the simulation notices that nothing tells of a call whose answer was lost, where there is no PUT", async () => {
  const found = await brokenIn(40, (world) => {
    const postpone = world.redis.postpone.bind(world.redis);
    world.redis.postpone = (consumer, entries, nowMs) =>
      postpone(consumer, entries.map((entry) => ({ ...entry, deliveries: 0 })), nowMs);
  });
  assertStringIncludes(found, "wrongly failed");
});

Deno.test("a third of the seeds, more or less, have a partner without PUT, and the story says so", async () => {
  let gateways = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const { dialect, story } = await runSeed(seed);
    assertStringIncludes(story[0] ?? "", `dialect is ${dialect}`);
    if (dialect === "gateway") gateways++;
  }
  assert(gateways > 10 && gateways < 30, `${gateways} of 60`);
});

Deno.test("without PUT only a lost answer and a forgotten entry together excuse a document's failure", () => {
  const entry = { id: "1-0", key: "1", code: "OK-1", shop: "S1", body: "{}", scannedAtMs: 0 };
  const gap = new KnownGap();
  gap.take("worker-1", [{ entry, deliveries: 1, receipt: null }]);
  gap.accept("worker-1", "OK-1");
  gap.die("worker-2", ["OK-1"]);
  assert(!gap.lost("OK-1"), "another died");
  gap.die("worker-1", ["OK-1"]);
  gap.meetAgain("OK-1");
  assert(gap.lost("OK-1") && !gap.excuses("OK-1"), "Redis has forgotten nothing");
  gap.forget(["1-0"]);
  gap.take("worker-2", [{ entry, deliveries: 2, receipt: null }]);
  gap.meetAgain("OK-1");
  assert(!gap.excuses("OK-1"), "Redis knew of the first delivery after all");
  gap.forget(["1-0"]);
  gap.meetAgain("OK-1");
  assert(gap.excuses("OK-1"));
});

/** What the invariants say about the first seeds of a sabotaged world. */
async function brokenIn(seeds: number, sabotage: (world: World) => void): Promise<string> {
  const broken: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) broken.push(...(await runSeed(seed, sabotage)).broken);
  return broken.join("\n");
}
