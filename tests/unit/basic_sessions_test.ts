// HTTP Basic with every call: what is sent, and what happens to an account that the partner does not let in.
import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../shared/accounts.ts";
import { BasicSessions } from "../../shared/basic_sessions.ts";
import type { Authorization } from "../../shared/sessions.ts";
import type { Account } from "../../shared/source.ts";
import type { Refusal } from "../../shared/token_store.ts";
import { HandClock } from "../support/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";

/** Sessions over a table of accounts, and a store that refuses for a minute. */
function bundle(fallback: Account | null = { user: "hermes", password: "mật:khẩu" }) {
  const table = new Map<string, Account>([["S1", { user: "nt1", password: "one" }]]);
  const refusals = new Map<string, Refusal>();
  const [clock, log] = [new HandClock(), new RecordingLog()];
  const readAccount = (shop: string) => Promise.resolve(table.get(shop) ?? null);
  const accounts = new Accounts({ readAccount }, fallback, clock);
  const store = {
    read: (account: string) => {
      const refusal = refusals.get(account) ?? null;
      const isOver = refusal === null || refusal.untilMs <= clock.now();
      return Promise.resolve({ token: null, tokenLeftMs: 0, refusal: isOver ? null : refusal });
    },
    refuseLogin: (account: string, why: string) => {
      const untilMs = clock.now() + 60_000;
      refusals.set(account, { untilMs, why });
      return Promise.resolve(untilMs);
    },
  };
  return { table, refusals, clock, log, sessions: new BasicSessions({ store, accounts, clock, log }) };
}

function headerOf(authorization: Authorization): string {
  assert(authorization.kind === "authorized", authorization.kind);
  return new TextDecoder().decode(Uint8Array.fromBase64(authorization.header.replace("Basic ", "")));
}

Deno.test("every call carries the shop's own account, or API_USERNAME, in UTF-8", async () => {
  const { sessions } = bundle();
  assertEquals(headerOf(await sessions.authorize("S1")), "nt1:one");
  assertEquals(headerOf(await sessions.authorize("S2")), "hermes:mật:khẩu");
});

Deno.test("a shop without any account is refused, and the log says so", async () => {
  const { sessions, log } = bundle(null);
  const answer = await sessions.authorize("S2");
  assert(answer.kind === "login_refused");
  assertEquals(answer.account, "shop:S2");
  assertEquals(log.names, ["login.refused"]);
});

Deno.test("a refused account sends nothing for its time, and other accounts go on", async () => {
  const { sessions, clock } = bundle();
  await sessions.refuse("S1", "nt1", "sai mật khẩu");
  await clock.advance(59_999);
  const answer = await sessions.authorize("S1");
  assert(answer.kind === "login_refused");
  assertEquals([answer.message, answer.untilMs], ["sai mật khẩu", clock.now() + 1]);
  assertEquals(headerOf(await sessions.authorize("S2")), "hermes:mật:khẩu");
});

Deno.test("when a refusal is over one call tries, and the others wait for what comes of it", async () => {
  const { sessions, clock } = bundle();
  await sessions.refuse("S1", "nt1", "sai mật khẩu");
  await clock.advance(60_000);
  const kinds = async () => {
    const answers = await Promise.all([1, 2, 3].map(() => sessions.authorize("S1")));
    return answers.map(({ kind }) => kind);
  };
  assertEquals(await kinds(), ["authorized", "login_refused", "login_refused"]);
  await sessions.refuse("S1", "nt1", "sai mật khẩu");
  assertEquals(await kinds(), ["login_refused", "login_refused", "login_refused"]);
  await clock.advance(60_000);
  assertEquals(await kinds(), ["authorized", "login_refused", "login_refused"]);
  await clock.advance(10_000);
  assertEquals(await kinds(), ["authorized", "authorized", "authorized"], "nobody refused the trial");
});

Deno.test("a corrected password is read afresh, and an operator who lifts a refusal need not wait", async () => {
  const { sessions, table, refusals } = bundle();
  await sessions.refuse("S1", "nt1", "sai mật khẩu");
  table.set("S1", { user: "nt1", password: "two" });
  assertEquals((await sessions.authorize("S1")).kind, "login_refused");
  refusals.delete("nt1");
  const [first, second] = await Promise.all([sessions.authorize("S1"), sessions.authorize("S1")]);
  assertEquals(headerOf(first), "nt1:two");
  assertEquals(second.kind, "login_refused", "one call tries");
});
