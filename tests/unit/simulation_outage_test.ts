// Long outages in simulated time (tests/simulation): what a partner that is away for ten hours costs, and how soon everything flows again.
import { assert, assertEquals } from "@std/assert";
import { World } from "../simulation/world.ts";

const hourMs = 3_600_000;

for (
  const { documents, workers } of [{ documents: 40, workers: 2 }, { documents: 1, workers: 1 }, {
    documents: 3,
    workers: 3,
  }]
) {
  Deno.test(`ten hours of outage with ${documents} documents and ${workers} workers bury nothing`, async () => {
    const world = new World(documents, { workers, schedulers: 1, documents, concurrency: 4 });
    for (const row of world.source.rows) row.code = `OK-${row.key}`;
    world.partner.faults.down = true;
    world.start();
    const beganMs = world.loop.nowMs;
    await world.loop.runUntil(beganMs + hourMs, () => false);
    const callsBefore = world.partner.callsWhileDown;
    await world.loop.runUntil(beganMs + 10 * hourMs, () => false);

    const probes = world.partner.callsWhileDown - callsBefore;
    assert(probes <= 9 * 60 * workers, `${probes} calls in nine hours from ${workers} workers`);
    assertEquals(world.redis.dead, []);

    world.partner.faults.down = false;
    const quiet = await world.loop.runUntil(world.loop.nowMs + 75_000, () => world.isQuiet());
    assert(
      quiet,
      `not all is delivered 75 s after the outage: ${world.redis.entries.size} entries are left`,
    );
    assertEquals(world.source.rows.filter((row) => row.status !== "SYNC_SUCCESS"), []);
  });
}

Deno.test("a shop with a wrong password is tried at most once a minute, keeps its documents, and flows once it is corrected", async () => {
  const world = new World(5, { workers: 2, schedulers: 1, documents: 30, concurrency: 4 });
  for (const row of world.source.rows) row.code = `OK-${row.key}`;
  world.partner.passwords.set("user-S1", "changed");
  world.start();
  const beganMs = world.loop.nowMs;
  await world.loop.runUntil(beganMs + hourMs, () => false);

  const shopRows = world.source.rows.filter((row) => row.shop === "S1");
  assert(shopRows.length > 0 && shopRows.every((row) => row.status === "PENDING_SYNC"), "its documents wait");
  assert(
    world.source.rows.every((row) => row.shop === "S1" || row.status === "SYNC_SUCCESS"),
    "the others went",
  );
  const refused = world.partner.logins.filter(({ ok }) => !ok).map(({ atMs }) => atMs);
  refused.slice(1).forEach((atMs, index) =>
    assert(atMs - (refused[index] ?? 0) >= 59_000, "two logins within a minute")
  );
  assert(refused.length <= 8, `${refused.length} refused logins in an hour: 1, 2, 4, 8, 15 min apart`);

  world.partner.passwords.set("user-S1", "right");
  const flowed = await world.loop.runUntil(world.loop.nowMs + 930_000, () => world.isQuiet());
  assert(flowed, "its documents flow within the longest block");
});
