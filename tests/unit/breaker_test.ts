// The circuit breaker as a machine of states: when it opens, how it probes, and that it always finds its way back.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Breaker,
  closedBreaker,
  onAnswer,
  onNoProbe,
  onTake,
  onTrouble,
  waitMs,
} from "../../shared/breaker.ts";

const nowMs = 1_795_316_400_000;

/** What calls came to, oldest first: "x" for trouble, "." for an answer. */
function after(outcomes: string, breaker: Breaker = closedBreaker): Breaker {
  return [...outcomes].reduce(
    (before, outcome) => outcome === "x" ? onTrouble(before, nowMs) : onAnswer(before),
    breaker,
  );
}

/** The pauses of probes that all come to trouble, from the first opening on. */
function pauses(count: number): number[] {
  let breaker = after("x".repeat(10));
  let atMs = nowMs;
  return Array.from({ length: count }, () => {
    const pauseMs = waitMs(breaker, atMs);
    atMs += pauseMs;
    breaker = onTrouble(onTake(breaker, atMs), atMs);
    return pauseMs;
  });
}

Deno.test("ten troubles in a row open the breaker, nine do not", () => {
  assertEquals(after("x".repeat(9)).state, "closed");
  assertEquals(after("x".repeat(10)), { state: "open", probeAtMs: nowMs + 5_000, pauseMs: 5_000 });
});

Deno.test("an answer between them begins the row anew", () => {
  assertEquals(after(`${"x".repeat(9)}.`).state, "closed");
  assertEquals(after(`.........${"x".repeat(9)}`).state, "closed");
  assertEquals(after(`.........${"x".repeat(10)}`).state, "open");
});

Deno.test("half of the last twenty open the breaker, and not before there are twenty", () => {
  assertEquals(after("x.".repeat(9) + ".x").state, "open");
  assertEquals(after("x.".repeat(9) + "x").state, "closed");
  assertEquals(after("x..".repeat(30)).state, "closed");
  assertEquals(after(".".repeat(100) + "x.".repeat(9)).state, "closed");
  assertEquals(after(".".repeat(100) + "x.".repeat(9) + ".x").state, "open");
});

Deno.test("what is older than twenty calls no longer counts", () => {
  const old = "x".repeat(9) + ".".repeat(20);
  assertEquals(after(old + "x".repeat(9)).state, "closed");
});

Deno.test("an open breaker lets nothing out before its pause is over, then one probe", () => {
  const open = after("x".repeat(10));
  assertStrictEquals(onTake(open, nowMs + 4_999), open);
  assertEquals(onTake(open, nowMs + 5_000), { state: "half_open", pauseMs: 5_000 });
});

Deno.test("the pause doubles with every probe that fails, from 5 s to 60 s", () => {
  assertEquals(pauses(7), [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

Deno.test("an answer closes the breaker and forgets the troubles before it, whatever state it is in", () => {
  const open = after("x".repeat(10));
  const halfOpen = onTake(open, nowMs + 5_000);
  assertEquals([onAnswer(open), onAnswer(halfOpen)], [closedBreaker, closedBreaker]);
  assertEquals(after(`.${"x".repeat(9)}`, open).state, "closed");
});

Deno.test("after an answer the next outage begins with the first pause again", () => {
  let breaker = after("x".repeat(10));
  breaker = onTrouble(onTake(breaker, nowMs + 5_000), nowMs + 5_000);
  assertEquals(after(`.${"x".repeat(10)}`, breaker), {
    state: "open",
    probeAtMs: nowMs + 5_000,
    pauseMs: 5_000,
  });
});

Deno.test("calls that were out when the breaker opened do not lengthen its pause", () => {
  const open = after("x".repeat(10));
  assertStrictEquals(onTrouble(open, nowMs + 4_000), open);
});

Deno.test("a probe that came to no call may be followed by another at once", () => {
  const halfOpen = onTake(after("x".repeat(10)), nowMs + 5_000);
  const again = onNoProbe(halfOpen, nowMs + 5_001);
  assertEquals(waitMs(again, nowMs + 5_001), 0);
  assertEquals(onTake(again, nowMs + 5_001), halfOpen);
});

Deno.test("onNoProbe() leaves a breaker alone that has no probe out", () => {
  const open = after("x".repeat(10));
  assertStrictEquals(onNoProbe(open, nowMs), open);
  assertStrictEquals(onNoProbe(closedBreaker, nowMs), closedBreaker);
});

Deno.test("a document waits for what is left of the pause, and not at all for a closed breaker", () => {
  const open = after("x".repeat(10));
  assertEquals([waitMs(open, nowMs), waitMs(open, nowMs + 3_000), waitMs(open, nowMs + 9_000)], [
    ...[5_000, 2_000, 0],
  ]);
  assertEquals(waitMs(closedBreaker, nowMs), 0);
});

type Move = { kind: "answer" | "trouble" | "take" | "no_probe"; afterMs: number };
const anyMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("trouble" as const) },
    { weight: 2, arbitrary: fc.constantFrom("answer" as const, "no_probe" as const) },
    { weight: 2, arbitrary: fc.constant("take" as const) },
  ),
  afterMs: fc.constantFrom(0, 1, 500, 5_000, 61_000),
});

function step(breaker: Breaker, { kind }: Move, atMs: number): Breaker {
  switch (kind) {
    case "answer":
      return onAnswer(breaker);
    case "trouble":
      return onTrouble(breaker, atMs);
    case "take":
      return onTake(breaker, atMs);
    case "no_probe":
      return onNoProbe(breaker, atMs);
  }
}

/** The breaker at every step of a walk, with what was done and when. */
function walk(moves: Move[]): { before: Breaker; breaker: Breaker; move: Move; atMs: number }[] {
  let breaker: Breaker = closedBreaker;
  let atMs = nowMs;
  return moves.map((move) => {
    const before = breaker;
    atMs += move.afterMs;
    breaker = step(breaker, move, atMs);
    return { before, breaker, move, atMs };
  });
}

Deno.test("property: whatever happens, the pause is 5 to 60 s and the window holds twenty calls at most", () => {
  fc.assert(fc.property(fc.array(anyMove, { maxLength: 120 }), (moves) => {
    for (const { breaker, atMs } of walk(moves)) {
      if (breaker.state === "closed") {
        assert(breaker.recent.length <= 20 && breaker.inRow < 10);
        assert(breaker.recent.length < 20 || breaker.recent.filter((trouble) => trouble).length < 10);
      } else assert(breaker.pauseMs >= 5_000 && breaker.pauseMs <= 60_000);
      assert(waitMs(breaker, atMs) >= 0 && waitMs(breaker, atMs) <= 60_000);
    }
  }));
});

Deno.test("property: only an answer closes, only trouble opens a closed one, only a take lets a probe out", () => {
  fc.assert(fc.property(fc.array(anyMove, { maxLength: 120 }), (moves) => {
    for (const { before, breaker, move } of walk(moves)) {
      if (before.state === breaker.state) continue;
      if (breaker.state === "closed") assertEquals(move.kind, "answer");
      if (breaker.state === "half_open") assertEquals([before.state, move.kind], ["open", "take"]);
      if (before.state === "closed") assertEquals([breaker.state, move.kind], ["open", "trouble"]);
    }
  }));
});

Deno.test("property: it is never stuck: within a minute a probe gets out, and its answer closes", () => {
  fc.assert(fc.property(fc.array(anyMove, { maxLength: 120 }), (moves) => {
    const last = walk(moves).at(-1);
    const breaker = last?.breaker ?? closedBreaker;
    const probing = onTake(breaker, (last?.atMs ?? nowMs) + 60_000);
    assert(probing.state !== "open");
    assertEquals(onAnswer(probing).state, "closed");
  }));
});

Deno.test("property: with fewer than one trouble in three calls it stays closed", () => {
  const calls = fc.array(fc.constantFrom("..x", ".x.", "x..", "..."), { maxLength: 60 });
  fc.assert(fc.property(calls, (calls) => assertEquals(after(calls.join("")).state, "closed")));
});

Deno.test("trouble that would bury a document may open the breaker at once", () => {
  const open = onTrouble(closedBreaker, nowMs, true);
  assertEquals(open, { state: "open", probeAtMs: nowMs + 5_000, pauseMs: 5_000 });
  assertStrictEquals(onTrouble(open, nowMs + 1, true), open);
});
