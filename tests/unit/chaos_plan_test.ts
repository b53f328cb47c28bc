// The fault suite before and after its faults: command line, plan, and times to recover.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Call } from "../../dev/partner/memory.ts";
import { documentTypes } from "../../shared/document.ts";
import { aboutFault, faultNames } from "../chaos/faults/names.ts";
import type { FaultWindow } from "../chaos/ground.ts";
import { readChaosOptions } from "../chaos/options.ts";
import { planFaults } from "../chaos/plan.ts";
import { boundsBroken, measuredOf, recoveriesOf } from "../chaos/recoveries.ts";

const minuteMs = 60_000;

Deno.test("chaos takes all faults unless some are named", () => {
  assertEquals(readChaosOptions([]).faults, faultNames);
  assertEquals(readChaosOptions(["--faults=all"]).faults, faultNames);
  assertEquals(readChaosOptions(["--faults=sql_gone,redis_freeze"]).faults, ["sql_gone", "redis_freeze"]);
});

Deno.test("chaos names the fault that was meant", () => {
  assertThrows(
    () => readChaosOptions(["--faults=redis_freez"]),
    Error,
    `--faults: there is no fault "redis_freez"; did you mean redis_freeze?`,
  );
});

Deno.test("the same seed gives the same plan, another seed another", () => {
  const plan = (seed: number) => planFaults(seed, faultNames, 10 * minuteMs);
  assertEquals(plan(7), plan(7));
  assert(JSON.stringify(plan(7)) !== JSON.stringify(plan(8)));
});

Deno.test("ten minutes have room for every fault", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const played = new Set(planFaults(seed, faultNames, 10 * minuteMs).map(({ name }) => name));
    assertEquals(faultNames.filter((name) => !played.has(name)), [], `seed ${seed}`);
  }
});

Deno.test("a plan never strikes the same thing twice at once, and ends in time", () => {
  fc.assert(fc.property(fc.integer(), fc.subarray([...faultNames], { minLength: 1 }), (seed, names) => {
    const freeMs = new Map<string, number>();
    for (const { name, atMs } of planFaults(seed, names, 3 * minuteMs)) {
      const { subject, ms } = aboutFault(name);
      assert(names.includes(name));
      assert(atMs >= (freeMs.get(subject) ?? 0), `${name} at ${atMs}`);
      assert(atMs + ms <= 3 * minuteMs);
      freeMs.set(subject, atMs + ms);
    }
  }));
});

Deno.test("no plan is made when no fault fits into the time", () => {
  assertEquals(planFaults(1, ["sql_gone"], 10_000), []);
});

const outage: FaultWindow = { name: "partner_outage", fromMs: 10_000, untilMs: 20_000 };

Deno.test("the flow is whole when the partner has accepted a document of each type", () => {
  const calls = [25_000, 21_000, 23_000].map((atMs, index) => callAt(atMs, index));
  assertEquals(recoveriesOf([outage], calls), [{ name: "partner_outage", ms: 5_000, isAlone: true }]);
  assertEquals(recoveriesOf([outage], calls.slice(1)).map(({ ms }) => ms), [null]);
});

Deno.test("a bound holds for a fault that is alone, not for one among others", () => {
  const late = [callAt(90_000, 0), callAt(90_000, 1), callAt(90_000, 2)];
  assertEquals(boundsBroken(recoveriesOf([outage], late), []), [
    "after partner_outage the flow was whole after 70000 ms, not 60000",
  ]);
  const other: FaultWindow = { name: "sql_gone", fromMs: 22_000, untilMs: 42_000 };
  assertEquals(boundsBroken(recoveriesOf([outage, other], late), []), []);
});

Deno.test("a measure taken while another fault is there is counted, and not held to its bound", () => {
  const killed: FaultWindow = { name: "kill9_worker", fromMs: 100_000, untilMs: 110_000 };
  const measure = { what: "entries of a killed worker taken", ms: 9_000, atMs: 100_500 } as const;
  const alone = measuredOf([measure], [outage, killed]);
  assertEquals(alone.map(({ count, aloneCount, p99Ms }) => [count, aloneCount, p99Ms]), [[1, 1, 9_000]]);
  assertEquals(boundsBroken([], alone), [
    "entries of a killed worker taken: p99 9000 ms, at most 8000 is promised",
  ]);
  const frozen: FaultWindow = { name: "redis_freeze", fromMs: 101_000, untilMs: 116_000 };
  assertEquals(boundsBroken([], measuredOf([measure], [killed, frozen])), []);
});

function callAt(atMs: number, index: number): Call {
  return {
    seq: index,
    atMs,
    method: "POST",
    path: "",
    type: documentTypes[index % 3] ?? "hoa_don",
    login: false,
    account: null,
    code: "",
    ma_co_so: null,
    body: "",
    outcome: "accepted",
    violation: null,
    fault: null,
    status: 200,
    answered: true,
  };
}
