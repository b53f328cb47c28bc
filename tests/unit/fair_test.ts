// How a scan divides its room between shops: window, room, shares, and who is chosen.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { choose, roomFor, settledRate, shareFor, windowFor } from "../../shared/fair.ts";

Deno.test("the window is four seconds of work, a thousand at least, the backlog's maximum at most", () => {
  assertEquals(windowFor(0, 10_000), 1_000);
  assertEquals(windowFor(100, 10_000), 1_000);
  assertEquals(windowFor(600, 10_000), 2_400);
  assertEquals(windowFor(50_000, 10_000), 10_000);
  assertEquals(windowFor(600, 200), 200);
});

Deno.test("a sweep may fill the window, a refill leaves a quarter of it free", () => {
  assertEquals([roomFor("sweep", 1_000, 0), roomFor("refill", 1_000, 0)], [1_000, 750]);
  assertEquals([roomFor("sweep", 1_000, 900), roomFor("refill", 1_000, 900)], [100, 0]);
  assertEquals([roomFor("sweep", 1_000, 5_000), roomFor("refill", 1_000, 5_000)], [0, 0]);
});

Deno.test("a share is a quarter of the room at most, and less the more shops there were", () => {
  assertEquals([0, 1, 3, 4, 9, 99].map((shops) => shareFor(1_000, shops)), [250, 250, 250, 200, 100, 10]);
  assertEquals([shareFor(0, 5), shareFor(3, 500)], [1, 1]);
});

Deno.test("the rate of settlement rises at once and falls slowly", () => {
  assertEquals(settledRate(10, 500, 1_000), 500);
  assertEquals(settledRate(100, 0, 1_000), 70);
  assertEquals(settledRate(100, -50, 1_000), 70);
  assertEquals(settledRate(100, 500, 0), 100);
});

Deno.test("a shop with its share used up is left out, and named", () => {
  const candidates = ["A", "A", "A", "B", "A", "C"].map((shop, index) => ({ key: String(index), shop }));
  const { chosen, full } = choose(candidates, { room: 10, share: 2, added: new Map([["C", 2]]) });
  assertEquals(chosen.map(({ key }) => key), ["0", "1", "3"]);
  assertEquals(full, ["A", "C"]);
});

Deno.test("without room nobody is chosen, and nobody is full for that", () => {
  const candidates = [{ key: "1", shop: "A" }, { key: "2", shop: "B" }];
  assertEquals(choose(candidates, { room: 0, share: 5, added: new Map() }), { chosen: [], full: [] });
});

const candidates = fc.array(fc.constantFrom("A", "B", "C", "D", "E"), { maxLength: 60 })
  .map((shops) => shops.map((shop, index) => ({ key: String(index), shop })));
const limits = fc.record({
  room: fc.nat(40),
  share: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity)),
  added: fc.dictionary(fc.constantFrom("A", "B", "C"), fc.nat(15)).map((counts) =>
    new Map(Object.entries(counts))
  ),
});

Deno.test("property: never more are chosen than there is room for, and no shop gets over its share", () => {
  fc.assert(fc.property(candidates, limits, (candidates, limits) => {
    const { chosen } = choose(candidates, limits);
    assert(chosen.length <= limits.room);
    for (const [shop, ofShop] of Map.groupBy(chosen, ({ shop }) => shop)) {
      assert((limits.added.get(shop) ?? 0) + ofShop.length <= limits.share);
    }
  }));
});

Deno.test("property: those chosen keep their order, and are the first of their shop", () => {
  fc.assert(fc.property(candidates, limits, (candidates, limits) => {
    const { chosen } = choose(candidates, limits);
    assertEquals(chosen, candidates.filter((candidate) => chosen.includes(candidate)));
    for (const [shop, ofShop] of Map.groupBy(chosen, ({ shop }) => shop)) {
      const first = candidates.filter((candidate) => candidate.shop === shop).slice(0, ofShop.length);
      assertEquals(ofShop, first);
    }
  }));
});

Deno.test("property: who is left over finds no room, or is of a shop that is named full", () => {
  fc.assert(fc.property(candidates, limits, (candidates, limits) => {
    const { chosen, full } = choose(candidates, limits);
    const left = candidates.filter((candidate) => !chosen.includes(candidate));
    assert(left.every(({ shop }) => full.includes(shop)) || chosen.length === limits.room);
  }));
});

Deno.test("property: the shops of the last sweep, each with its whole share, leave room for one shop more", () => {
  fc.assert(fc.property(fc.nat(2_000), fc.integer({ min: 1, max: 10_000 }), (shops, room) => {
    fc.pre(room > shops);
    assert(shops * shareFor(room, shops) < room, `${shops} × ${shareFor(room, shops)} of ${room}`);
  }));
});

Deno.test("property: a small shop always gets in, however many documents the others have before it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 1_000 }), (shops, room) => {
      const many = Array.from({ length: shops }, (_, shop) => Array(room).fill(`big${shop}`)).flat();
      const candidates = [...many, "small"].map((shop, index) => ({ key: String(index), shop }));
      const { chosen } = choose(candidates, { room, share: shareFor(room, shops), added: new Map() });
      assertEquals(chosen.at(-1)?.shop, "small");
    }),
    { numRuns: 30 },
  );
});
