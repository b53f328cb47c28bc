// decide(): the table of decisions, row by row, and what holds for every row.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Outcome } from "../../shared/answers.ts";
import { type Breaker, closedBreaker } from "../../shared/breaker.ts";
import { type Attempt, type Circumstances, decide, type Decision, uncounted } from "../../workers/decide.ts";

const nowMs = 1_795_316_400_000;
const open: Breaker = { state: "open", probeAtMs: nowMs + 5_000, pauseMs: 5_000 };
const halfOpen: Breaker = { state: "half_open", pauseMs: 20_000 };

function decided(outcome: Attempt, changes: Partial<Circumstances> = {}): Decision {
  return decide(outcome, {
    deliveries: 1,
    deliveriesMax: 5,
    breaker: closedBreaker,
    nowMs,
    random: 0.5,
    ...changes,
  });
}

const trouble: Outcome = { kind: "trouble", status: 502, message: "Bad Gateway" };

Deno.test("accepted is accepted, with the national code, on any delivery and with any breaker", () => {
  const accepted: Outcome = { kind: "accepted", nationalCode: "HD_QG_1", message: "Thành công" };
  for (const deliveries of [1, 2, 5, 9]) {
    for (const breaker of [closedBreaker, open, halfOpen]) {
      assertEquals(decided(accepted, { deliveries, breaker }), accepted);
    }
  }
});

Deno.test("refused is refused at once, with its status and words", () => {
  for (const status of [400, 403, 404, 405, 409, 413, 422]) {
    assertEquals(decided({ kind: "refused", status, message: "Sai mã cơ sở" }), {
      kind: "refused",
      reason: "refused",
      status,
      message: "Sai mã cơ sở",
    });
  }
});

Deno.test("a code that exists is accepted on a redelivery and refused on the first, where there is no PUT", () => {
  const exists: Outcome = { kind: "exists", status: 400, message: "Mã phiếu đã tồn tại" };
  assertEquals(decided(exists, { deliveries: 1 }), {
    kind: "refused",
    reason: "refused",
    status: 400,
    message: "Mã phiếu đã tồn tại",
  });
  // Redis looks as if it had never been sent, but has lost its last writes.
  assertEquals(decided(exists, { deliveries: 1, doubted: true }).kind, "accepted");
  assertEquals(decided(exists, { deliveries: 2 }), {
    kind: "accepted",
    nationalCode: null,
    message: "Mã phiếu đã tồn tại",
  });
});

Deno.test("a refused login leaves what may have arrived in its stream, where there is no PUT", () => {
  const refused = {
    kind: "login_refused",
    account: "hermes",
    message: "m",
    untilMs: nowMs + 60_000,
  } as const;
  assertEquals(decided(refused, { deliveries: 1, replaces: false }).kind, "return");
  const { untilMs, account, message } = refused;
  const waits = { kind: "return", account, message, untilMs, waitsMs: 15_000 } as const;
  assertEquals(decided(refused, { deliveries: 2, replaces: false }), waits);
  // Given back, it would be scanned anew, and nobody would doubt any more that it had never been sent.
  const doubted = { deliveries: 1, doubted: true };
  assertEquals(decided(refused, { ...doubted, replaces: false }), waits);
  assertEquals(decided(refused, { ...doubted, replaces: true }), {
    kind: "return",
    account,
    message,
    untilMs,
  });
  const late = { ...refused, untilMs: nowMs - 1 };
  assertEquals(decided(late, { deliveries: 2, replaces: false }), {
    ...waits,
    untilMs: nowMs - 1,
    waitsMs: 1_000,
  });
});

Deno.test("a refused login gives the entry back until the account may be tried again", () => {
  const refused: Outcome = {
    kind: "login_refused",
    account: "hermes",
    message: "sai mật khẩu",
    untilMs: nowMs + 60_000,
  };
  for (const deliveries of [1, 5, 9]) {
    assertEquals(decided(refused, { deliveries }), {
      kind: "return",
      account: "hermes",
      untilMs: nowMs + 60_000,
      message: "sai mật khẩu",
    });
  }
});

Deno.test("busy waits as long as the partner says, and pauses the account that it was sent for", () => {
  const busy: Attempt = { kind: "busy", status: 429, retryAfterMs: 7_000, message: "m", sentFor: "hermes" };
  assertEquals(decided(busy), {
    kind: "wait",
    delayMs: 7_000,
    message: "m",
    pause: { account: "hermes", ms: 7_000 },
  });
  const { sentFor: _, ...login } = busy;
  assertEquals(decided(login), { kind: "wait", delayMs: 7_000, message: "m" });
});

Deno.test("busy without a time waits for the backoff of its delivery", () => {
  const busy: Attempt = { kind: "busy", status: 429, retryAfterMs: null, message: "m", sentFor: "a" };
  const waits = [1, 2, 3].map((deliveries) => decided(busy, { deliveries }));
  assertEquals(waits.map((wait) => wait.kind === "wait" && [wait.delayMs, wait.pause?.ms]), [
    ...[[2_000, 2_000], [8_000, 8_000], [32_000, 32_000]],
  ]);
});

Deno.test("an hour's Retry-After pauses the account for an hour, and asks Redis for less than its threshold", () => {
  const busy: Attempt = { kind: "busy", status: 503, retryAfterMs: 3_600_000, message: "m", sentFor: "a" };
  const wait = decided(busy);
  assert(wait.kind === "wait");
  assertEquals([wait.delayMs, wait.pause?.ms], [290_000, 3_600_000]);
});

Deno.test("busy with a time that is over waits a little all the same: an uncounted delivery must not spin", () => {
  const wait = decided({ kind: "busy", status: 429, retryAfterMs: 0, message: "m", sentFor: "a" });
  assert(wait.kind === "wait" && wait.pause);
  assert(wait.delayMs >= 1_000 && wait.pause.ms >= 1_000, `${wait.delayMs}`);
});

Deno.test("busy is never counted and never buries, not even on the last delivery", () => {
  const busy: Outcome = { kind: "busy", status: 429, retryAfterMs: null, message: "m" };
  assertEquals(decided(busy, { deliveries: 5 }).kind, "wait");
  assertEquals(decided(busy, { deliveries: 5, breaker: open }).kind, "wait");
});

Deno.test("trouble is tried again after 2, 8, 32 and 128 s, and buried after the last delivery", () => {
  const decisions = [1, 2, 3, 4, 5, 6].map((deliveries) => decided(trouble, { deliveries }));
  assertEquals(decisions.map((each) => each.kind === "retry" ? each.delayMs : each.kind), [
    ...[2_000, 8_000, 32_000, 128_000],
    ...["refused", "refused"],
  ]);
  assertEquals(decisions.at(-1), {
    kind: "refused",
    reason: "deliveries_used_up",
    status: 502,
    message: "Bad Gateway",
  });
});

Deno.test("trouble while the breaker is open waits for one to two pauses, uncounted", () => {
  const delays = [0, 0.5, 0.999].map((random) => decided(trouble, { breaker: open, random, deliveries: 5 }));
  assertEquals(delays.map((wait) => wait.kind === "wait" && wait.delayMs), [5_000, 7_500, 9_995]);
  const probe = decided(trouble, { breaker: halfOpen, random: 0 });
  assertEquals(probe, { kind: "wait", delayMs: 20_000, message: "Bad Gateway", forBreaker: true });
});

Deno.test("an uncounted delivery whose call may have arrived is remembered as one, however often it comes to that", () => {
  const wait = decided({ ...trouble, sentFor: "a" }, { breaker: open });
  assert(wait.kind === "wait" && wait.sent);
  assertEquals([1, 2, 3].map((deliveries) => uncounted(deliveries, wait)), [1, 1, 2]);
  const unsent = decided(trouble, { breaker: open });
  assert(unsent.kind === "wait");
  assertEquals([1, 2, 3].map((deliveries) => uncounted(deliveries, unsent)), [0, 1, 2]);
});

Deno.test("trouble while the breaker's pause is over waits a second at least", () => {
  const over: Breaker = { state: "open", probeAtMs: nowMs - 30_000, pauseMs: 5_000 };
  const wait = decided(trouble, { breaker: over, random: 0 });
  assertEquals(wait.kind === "wait" && wait.delayMs, 1_000);
});

Deno.test("what our own side kept from being sent waits, uncounted, on any delivery", () => {
  const unsent: Attempt = { kind: "unsent", message: "SQL Server is away", delayMs: 5_000 };
  for (const deliveries of [1, 5, 9]) {
    assertEquals(decided(unsent, { deliveries }), {
      kind: "wait",
      delayMs: 5_000,
      message: "SQL Server is away",
    });
  }
});

Deno.test("a 401 that was cut short is tried again like trouble", () => {
  const retry = decided({ kind: "unauthorized", message: "Token đã hết hạn" });
  assertEquals(retry, { kind: "retry", delayMs: 2_000, status: 401, message: "Token đã hết hạn" });
});

const anyStatus = fc.integer({ min: 100, max: 599 });
const message = fc.string();
const anyTrouble = fc.record({
  kind: fc.constant("trouble" as const),
  status: fc.option(anyStatus),
  message,
});
const anyBusy = fc.record({
  kind: fc.constant("busy" as const),
  status: anyStatus,
  retryAfterMs: fc.option(fc.oneof(fc.nat(), fc.constantFrom(0, Infinity))),
  message,
});
const anyAttempt: fc.Arbitrary<Attempt> = fc.oneof(
  anyTrouble,
  anyBusy,
  fc.record({ kind: fc.constant("accepted" as const), nationalCode: fc.option(message), message }),
  fc.record({ kind: fc.constantFrom("exists" as const, "refused" as const), status: anyStatus, message }),
  fc.record({ kind: fc.constant("unauthorized" as const), message }),
  fc.record({
    kind: fc.constant("login_refused" as const),
    account: message,
    message,
    untilMs: fc.nat().map((ms) => nowMs + ms),
  }),
  fc.record({ kind: fc.constant("unsent" as const), message, delayMs: fc.integer({ min: 1, max: 1e9 }) }),
);
const anyBreaker: fc.Arbitrary<Breaker> = fc.oneof(
  fc.constant(closedBreaker),
  fc.record({
    state: fc.constant("open" as const),
    probeAtMs: fc.integer({ min: -100_000, max: 60_000 }).map((ms) => nowMs + ms),
    pauseMs: fc.integer({ min: 5_000, max: 60_000 }),
  }),
  fc.record({ state: fc.constant("half_open" as const), pauseMs: fc.integer({ min: 5_000, max: 60_000 }) }),
);
const circumstances = fc.record({
  deliveries: fc.integer({ min: 1, max: 20 }),
  deliveriesMax: fc.integer({ min: 1, max: 10 }),
  breaker: anyBreaker,
  nowMs: fc.constant(nowMs),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

Deno.test("property: an outage never buries: with the breaker open, trouble waits on any delivery", () => {
  const outage = circumstances.filter(({ breaker }) => breaker.state !== "closed");
  fc.assert(fc.property(fc.oneof(anyTrouble, anyBusy), outage, (outcome, now) => {
    assertEquals(decide(outcome, now).kind, "wait");
  }));
});

Deno.test("property: every delay is whole milliseconds above zero and below the threshold in Redis", () => {
  fc.assert(
    fc.property(anyAttempt, circumstances, (outcome, now) => {
      const decision = decide(outcome, now);
      if (decision.kind !== "retry" && decision.kind !== "wait") return;
      const { delayMs } = decision;
      assert(Number.isInteger(delayMs) && delayMs > 0 && delayMs <= 290_000, `${delayMs}`);
    }),
    { numRuns: 500 },
  );
});

Deno.test("property: what the partner accepted is never refused, retried or given back", () => {
  const accepted = anyAttempt.filter(({ kind }) => kind === "accepted");
  fc.assert(fc.property(accepted, circumstances, (outcome, now) => {
    assertEquals(decide(outcome, now).kind, "accepted");
  }));
});

Deno.test("property: nothing is accepted that the partner neither accepted nor had before", () => {
  fc.assert(fc.property(anyAttempt, circumstances, (outcome, now) => {
    if (decide(outcome, now).kind === "accepted") assert(["accepted", "exists"].includes(outcome.kind));
  }));
});

Deno.test("property: only a refusal, or trouble after the last delivery, marks a row as failed", () => {
  fc.assert(fc.property(anyAttempt, circumstances, (outcome, now) => {
    const decision = decide(outcome, now);
    if (decision.kind !== "refused") return;
    if (decision.reason === "deliveries_used_up") assert(now.deliveries >= now.deliveriesMax);
    else assert(["refused", "exists"].includes(outcome.kind));
  }));
});
