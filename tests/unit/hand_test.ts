// What a worker holds, the row check of a redelivery, and the spacing of calls: the small parts beside the path of a claim.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { checkRow } from "../../workers/check_row.ts";
import { Hand, type Held, type Step } from "../../workers/hand.ts";
import { Pace } from "../../workers/pace.ts";
import { HandClock } from "../support/clock.ts";
import { claimOf } from "../support/documents.ts";

function counts(hand: Hand): [number, number, number] {
  return [hand.count("waiting"), hand.count("calling"), hand.count("writing")];
}

Deno.test("a hand counts what it holds by step, from take to settlement", () => {
  const hand = new Hand();
  const [a, b] = [hand.add(claimOf("1"), 5), hand.add(claimOf("2"), 5)];
  assertEquals(counts(hand), [2, 0, 0]);
  hand.move(a, "calling");
  hand.move(b, "calling");
  hand.move(a, "writing");
  assertEquals(counts(hand), [0, 1, 1]);
  hand.remove(a);
  hand.remove(a);
  assertEquals(counts(hand), [0, 1, 0]);
  assertEquals(hand.all(), [b]);
});

Deno.test("what was taken first is called first, and each of them once", () => {
  const hand = new Hand();
  for (const key of ["1", "2", "3"]) hand.add(claimOf(key), 0);
  assertEquals(hand.next()?.claim.entry.key, "1");
  assertEquals(hand.takeWaiting().map(({ claim }) => claim.entry.key), ["2", "3"]);
  assertEquals([hand.next(), hand.takeWaiting()], [undefined, []]);
});

Deno.test("a new claim is ours as of when it was taken", () => {
  const { confirmedAtMs, lost, step } = new Hand().add(claimOf("1"), 1_234);
  assertEquals([confirmedAtMs, lost, step], [1_234, false, "waiting"]);
});

Deno.test("a row that is in hand under another entry is known, and no longer when that entry is gone", () => {
  const hand = new Hand();
  const [first, second] = [claimOf("1", { id: "5-0" }), claimOf("1", { id: "6-0" })];
  const held = hand.add(first, 0);
  assertEquals([hand.hasOtherOf(first), hand.hasOtherOf(second)], [false, true]);
  assertEquals([hand.has("5-0"), hand.has("6-0")], [true, false]);
  hand.remove(held);
  assertEquals([hand.hasOtherOf(second), hand.has("5-0")], [false, false]);
});

Deno.test("what was removed cannot be moved any more", () => {
  const hand = new Hand();
  const held = hand.add(claimOf("1"), 0);
  hand.remove(held);
  hand.move(held, "writing");
  assertEquals(counts(hand), [0, 0, 0]);
});

Deno.test("property: the counts are those of what is held, after any moves", () => {
  const steps: Step[] = ["waiting", "calling", "writing"];
  const move = fc.tuple(fc.nat(5), fc.constantFrom<Step | "remove">(...steps, "remove"));
  fc.assert(fc.property(fc.array(move), (moves) => {
    const hand = new Hand();
    const all: Held[] = Array.from({ length: 6 }, (_, key) => hand.add(claimOf(String(key)), 0));
    for (const [index, step] of moves) {
      step === "remove" ? hand.remove(all[index]!) : hand.move(all[index]!, step);
    }
    for (const step of steps) {
      assertEquals(hand.count(step), hand.all().filter((held) => held.step === step).length);
    }
  }));
});

Deno.test("a redelivered document is sent only while its row wants syncing", () => {
  assertEquals(checkRow("PENDING_SYNC"), { kind: "send" });
  assertEquals(checkRow("SYNC_SUCCESS"), { kind: "synced" });
  assertEquals(checkRow("SYNC_FAILED"), { kind: "failed" });
});

Deno.test("a row that is deleted, or that the pharmacy took back, is not sent, and the reason says so", () => {
  const deleted = checkRow(undefined);
  assertEquals(deleted, { kind: "gone", reason: "no longer exists" });
  const takenBack = checkRow("DRAFT");
  assert(takenBack.kind === "gone");
  assertStringIncludes(takenBack.reason, "DRAFT");
});

/** When each of so many calls may start that ask at the same time, ms after now. */
async function starts(perSecond: number | undefined, calls: number): Promise<number[]> {
  const clock = new HandClock();
  const pace = new Pace(clock, perSecond);
  const beganMs = clock.now();
  const at: number[] = [];
  const turns = Array.from({ length: calls }, () => pace.turn().then(() => at.push(clock.now() - beganMs)));
  await clock.advance(60_000);
  await Promise.all(turns);
  return at;
}

Deno.test("calls are spaced evenly under the limit, and not at all without one", async () => {
  assertEquals(await starts(10, 5), [0, 100, 200, 300, 400]);
  assertEquals(await starts(0.5, 3), [0, 2_000, 4_000]);
  assertEquals(await starts(undefined, 3), [0, 0, 0]);
});

Deno.test("a pause between calls is not saved up for a burst", async () => {
  const clock = new HandClock();
  const pace = new Pace(clock, 10);
  await pace.turn();
  await clock.advance(10_000);
  await pace.turn();
  let third = false;
  const turn = pace.turn().then(() => third = true);
  await clock.advance(99);
  assertEquals(third, false);
  await clock.advance(1);
  await turn;
  assertEquals(third, true);
});
