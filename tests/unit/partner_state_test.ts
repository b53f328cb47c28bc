// What one worker knows of the partner: the breaker fed with attempts, paused accounts, and what is logged of it.
import { assert, assertEquals } from "@std/assert";
import type { Attempt } from "../../workers/decide.ts";
import { PartnerState } from "../../workers/partner_state.ts";
import { RecordingLog } from "../support/recording_log.ts";

const nowMs = 1_795_316_400_000;
const trouble: Attempt = { kind: "trouble", status: 502, message: "Bad Gateway" };
const refused: Attempt = { kind: "refused", status: 400, message: "sai" };

function state(attempts: (Attempt | null)[] = []) {
  const log = new RecordingLog();
  const state = new PartnerState(log);
  for (const attempt of attempts) state.after(attempt, nowMs, first);
  return { state, log };
}

/** A delivery that may be followed by others, and one after which the document would be buried. */
const first = { spare: false };
const last = { spare: true };

const tenTroubles = Array<Attempt>(10).fill(trouble);

Deno.test("ten troubles open the breaker, and the log says so once, with the reason", () => {
  const { state: opened, log } = state([...tenTroubles, trouble, trouble]);
  assertEquals(opened.breaker.state, "open");
  assertEquals(log.of("breaker.opened"), [{ for_ms: 5_000, reason: "Bad Gateway" }]);
});

Deno.test("an opening breaker is logged even when the partner said nothing", () => {
  const silent: Attempt = { kind: "trouble", status: 502, message: "" };
  const { state: opened, log } = state(Array<Attempt>(10).fill(silent));
  assertEquals(opened.breaker.state, "open");
  assertEquals(log.names, ["breaker.opened"]);
  opened.after(refused, nowMs + 7_000, first);
  assertEquals(log.of("breaker.closed"), [{ ms: 7_000 }]);
});

Deno.test("whatever the partner answers shows that it is there: a refusal closes the breaker", () => {
  const { state: opened, log } = state(tenTroubles);
  assertEquals(opened.beforeTake(nowMs + 5_000).state, "half_open");
  opened.after(refused, nowMs + 5_100, first);
  assertEquals(opened.breaker.state, "closed");
  assertEquals(log.names, ["breaker.opened", "breaker.closed"]);
  assertEquals(log.of("breaker.closed"), [{ ms: 5_100 }]);
});

Deno.test("the answer that closes the breaker says that the partner is back, and no other does", () => {
  const { state: opened } = state(tenTroubles);
  assertEquals(opened.after(trouble, nowMs, first), false);
  opened.beforeTake(nowMs + 5_000);
  assertEquals(opened.after(refused, nowMs + 5_000, first), true);
  assertEquals(opened.after(refused, nowMs + 5_000, first), false);
});

Deno.test("a probe that fails is logged with the longer pause, and the outage is timed from its beginning", () => {
  const { state: opened, log } = state(tenTroubles);
  opened.beforeTake(nowMs + 5_000);
  opened.after(trouble, nowMs + 5_000, first);
  assertEquals(log.of("breaker.opened").at(-1), { for_ms: 10_000, reason: "Bad Gateway" });
  opened.beforeTake(nowMs + 15_000);
  opened.after({ kind: "accepted", nationalCode: null, message: "" }, nowMs + 16_000, first);
  assertEquals(log.of("breaker.closed"), [{ ms: 16_000 }]);
});

Deno.test("what was never sent says nothing of the partner, and frees the place of the probe", () => {
  const neverSent: (Attempt | null)[] = [
    null,
    { kind: "unsent", message: "paused", delayMs: 1 },
    { kind: "login_refused", account: "a", message: "sai mật khẩu", untilMs: nowMs },
  ];
  for (const attempt of neverSent) {
    const { state: opened } = state(tenTroubles);
    opened.beforeTake(nowMs + 5_000);
    opened.after(attempt, nowMs + 5_001, first);
    assertEquals(opened.breaker.state, "open");
    assertEquals(opened.beforeTake(nowMs + 5_001).state, "half_open");
    const { state: closed } = state([...tenTroubles.slice(1), attempt, trouble]);
    assertEquals(closed.breaker.state, "open", "it must not count as an answer either");
  }
});

Deno.test("a probe for which there was nothing to take is let out again at the next take", () => {
  const { state: opened, log } = state(tenTroubles);
  opened.beforeTake(nowMs + 5_000);
  opened.noProbe(nowMs + 5_000);
  assertEquals(opened.breaker.state, "open");
  assertEquals(opened.beforeTake(nowMs + 5_000).state, "half_open");
  assertEquals(log.of("breaker.opened").length, 1);
});

Deno.test("busy is an answer: the partner is there", () => {
  const busy: Attempt = { kind: "busy", status: 429, retryAfterMs: 1, message: "m", sentFor: "a" };
  const { state: closed } = state([...tenTroubles.slice(1), busy, ...tenTroubles.slice(1)]);
  assertEquals(closed.breaker.state, "closed");
});

Deno.test("an account is paused until the latest time that was said, and others are not", () => {
  const { state: paused } = state();
  paused.pause("a", nowMs + 5_000);
  paused.pause("a", nowMs + 3_000);
  assertEquals(paused.pausedMs("a", nowMs + 1_000), 4_000);
  assertEquals(paused.pausedMs("b", nowMs), 0);
  assertEquals(paused.pausedMs("a", nowMs + 60_000), 0);
});

Deno.test("a closed breaker takes as it is, and logs nothing", () => {
  const { state: closed, log } = state([refused, trouble]);
  assert(closed.beforeTake(nowMs).state === "closed");
  closed.noProbe(nowMs);
  assertEquals(log.names, []);
});

/** What trouble does to the breaker of a worker when it would bury the document. */
function afterLastDelivery(status: number | null): string {
  const { state: known } = state();
  known.after({ kind: "trouble", status, message: "m" }, nowMs, last);
  return known.breaker.state;
}

Deno.test("a last delivery that reaches nobody opens the breaker at once: an outage must not bury the document", () => {
  for (const status of [null, 502, 503, 504]) assertEquals(afterLastDelivery(status), "open");
});

Deno.test("a last delivery that the partner itself answers with 500 is about the document", () => {
  for (const status of [500, 501, 520, 408]) assertEquals(afterLastDelivery(status), "closed");
});

Deno.test("the partner is there for ten seconds after an answer, whatever it said", () => {
  const { state: known } = state([refused]);
  assertEquals([known.isThere(nowMs + 10_000), known.isThere(nowMs + 10_001)], [true, false]);
  assertEquals(state([trouble, null]).state.isThere(nowMs), false);
});
