// wanted(): how many entries a worker takes, by its free slots, its breaker and what it still has to write.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Breaker, closedBreaker } from "../../shared/breaker.ts";
import { type Capacity, wanted } from "../../workers/claim.ts";

const open: Breaker = { state: "open", probeAtMs: 1, pauseMs: 5_000 };
const halfOpen: Breaker = { state: "half_open", pauseMs: 5_000 };

function want(changes: Partial<Capacity> = {}) {
  const idle = {
    concurrency: 16,
    waiting: 0,
    calling: 0,
    writing: 0,
    breaker: closedBreaker,
    sourceLost: false,
  };
  return wanted({ ...idle, ...changes });
}

Deno.test("an idle worker takes a document for every slot and some ahead", () => {
  assertEquals(want(), { kind: "take", count: 48 });
  assertEquals(want({ concurrency: 1 }), { kind: "take", count: 3 });
  assertEquals(want({ concurrency: 5 }), { kind: "take", count: 15 });
  assertEquals(want({ concurrency: 100 }), { kind: "take", count: 164 });
  assertEquals(want({ concurrency: 256 }), { kind: "take", count: 384 });
});

Deno.test("a worker with calls out takes what is left, and asks only when half of what it read ahead is used up", () => {
  assertEquals(want({ calling: 10 }), { kind: "take", count: 38 });
  assertEquals(want({ calling: 16, waiting: 16 }), { kind: "take", count: 16 });
  assertEquals(want({ calling: 16, waiting: 17 }), { kind: "none" });
  assertEquals(want({ calling: 16, waiting: 32 }), { kind: "none" });
});

Deno.test("results on their way to SQL Server take up no slot, up to a thousand of them", () => {
  assertEquals(want({ writing: 999 }), { kind: "take", count: 48 });
  assertEquals(want({ writing: 1_000 }), { kind: "none" });
});

Deno.test("nothing is taken while SQL Server is away, or while the breaker is open", () => {
  assertEquals(want({ sourceLost: true }), { kind: "none" });
  assertEquals(want({ breaker: open }), { kind: "none" });
  assertEquals(want({ sourceLost: true, breaker: halfOpen }), { kind: "none" });
});

Deno.test("a half-open breaker lets one document out as a probe, and no second beside it", () => {
  assertEquals(want({ breaker: halfOpen }), { kind: "probe" });
  assertEquals(want({ breaker: halfOpen, calling: 1 }), { kind: "none" });
  assertEquals(want({ breaker: halfOpen, waiting: 1 }), { kind: "none" });
  assertEquals(want({ breaker: halfOpen, writing: 50 }), { kind: "probe" });
});

const anyCapacity: fc.Arbitrary<Capacity> = fc.record({
  concurrency: fc.integer({ min: 1, max: 200 }),
  waiting: fc.nat(300),
  calling: fc.nat(200),
  writing: fc.nat(1_200),
  breaker: fc.constantFrom(closedBreaker, open, halfOpen),
  sourceLost: fc.boolean(),
});

Deno.test("property: never more are in hand than slots, and two ahead for each or 128", () => {
  fc.assert(fc.property(anyCapacity, (capacity) => {
    const want = wanted(capacity);
    if (want.kind !== "take") return;
    assert(Number.isInteger(want.count) && want.count > 0);
    assert(
      capacity.waiting + capacity.calling + want.count <=
        Math.min(capacity.concurrency * 3, capacity.concurrency + 128),
    );
  }));
});

Deno.test("property: a worker with a free slot and nothing waiting takes, unless something is in the way", () => {
  fc.assert(fc.property(anyCapacity, (capacity) => {
    const free = { ...capacity, waiting: 0, writing: 0, sourceLost: false, breaker: closedBreaker };
    if (free.calling < free.concurrency) assertEquals(wanted(free).kind, "take");
  }));
});
