// How the simulated partner waits before it answers: many answers, few timers.
import { assert, assertEquals } from "@std/assert";
import { Delays } from "../../dev/partner/delays.ts";

Deno.test("everything that waits runs once, at most a millisecond early", async () => {
  const delays = new Delays();
  const ran: number[] = [];
  await Promise.all([30, 5, 0.4, 5, 17, 30].map((ms) => {
    const began = performance.now();
    return new Promise<void>((resolve) =>
      delays.after(ms, () => {
        ran.push(ms);
        assert(performance.now() - began > ms - 1.1, `${ms} ms came after ${performance.now() - began} ms`);
        resolve();
      })
    );
  }));
  assertEquals(ran.toSorted((a, b) => a - b), [0.4, 5, 5, 17, 30, 30]);
});

Deno.test("what runs may wait again, and what is forgotten never runs and leaves no timer", async () => {
  const delays = new Delays();
  let turns = 0;
  await new Promise<void>((resolve) => {
    const again = () => ++turns === 3 ? resolve() : delays.after(1, again);
    again();
  });
  for (const ms of [0, 1, 60_000]) delays.after(ms, () => turns++);
  delays.clear();
  await new Promise<void>((resolve) => delays.after(5, resolve));
  assertEquals(turns, 3);
});
