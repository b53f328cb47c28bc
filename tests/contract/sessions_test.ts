// Logins over a real Redis and the simulated partner: one login for an account at a time across processes, how long tokens are
// kept, and what a refused login does.
import { assert, assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { type Partner, type PartnerOptions, startPartner } from "../../dev/partner/partner.ts";
import { Accounts } from "../../shared/accounts.ts";
import { nationalDialect } from "../../shared/dialects.ts";
import { HttpPartner } from "../../shared/partner.ts";
import { type Authorization, TokenSessions } from "../../shared/sessions.ts";
import type { Account } from "../../shared/source.ts";
import { loginLockKey, refusedLoginsKey, tokenKey } from "../../shared/stream_keys.ts";
import { RedisTokenStore, type TokenStore } from "../../shared/token_store.ts";
import { systemClock } from "../../shared/clock.ts";
import { RecordingLog } from "../support/recording_log.ts";
import { redisForTest } from "../support/redis.ts";

const accounts = { hermes: "hermes", other: "other" };

interface Bench {
  redis: Redis;
  prefix: string;
  partner: Partner;
  store: RedisTokenStore;
  /** The accounts of shops as SQL Server has them; a shop that is not here has none of its own. */
  shops: Map<string, Account>;
  log: RecordingLog;
  /** The sessions of one more process. */
  process(fallback?: Account | null, store?: TokenStore): TokenSessions;
  logins(account?: string): number;
}

async function withSessions(
  test: (bench: Bench) => Promise<void>,
  options: PartnerOptions = {},
): Promise<void> {
  const server = await redisForTest();
  const redis = new Redis(server.url);
  const partner = await startPartner({ accounts, ...options });
  const http = new HttpPartner(
    { dialect: "national", baseUrl: partner.url, timeoutMs: 5_000, connections: 4, maxBodyBytes: 1_000_000 },
    nationalDialect,
  );
  const [store, log] = [new RedisTokenStore(redis, server.prefix), new RecordingLog()];
  const shops = new Map([["S2", { user: "other", password: "other" }]]);
  const source = { readAccount: (shop: string) => Promise.resolve(shops.get(shop) ?? null) };
  const hermes: Account = { user: "hermes", password: "hermes" };
  const process = (fallback: Account | null = hermes, itsStore: TokenStore = store) => {
    const known = new Accounts(source, fallback, systemClock);
    const parts = { store: itsStore, accounts: known, partner: http, clock: systemClock, log };
    return new TokenSessions({ ...parts, loginTimeoutMs: 5_000 });
  };
  const logins = (account = "hermes") =>
    partner.calls().filter((call) => call.login && call.account === account).length;
  try {
    await test({ redis, prefix: server.prefix, partner, store, shops, log, process, logins });
  } finally {
    await partner.stop();
    redis.disconnect();
    await server.stop();
  }
}

function tokenOf(authorization: Authorization): string {
  assert(authorization.kind === "authorized", JSON.stringify(authorization));
  assertEquals(authorization.header, `bearer ${authorization.token}`);
  return authorization.token;
}

Deno.test("many documents of two processes that need a token at once make one login", () =>
  withSessions(async ({ process, logins }) => {
    const [a, b] = [process(), process()];
    const all = await Promise.all([a, b, a, b, a, b, a, b].map((sessions) => sessions.authorize("S1")));
    assertEquals([new Set(all.map(tokenOf)).size, logins()], [1, 1]);
  }, { latencyMs: 150 }));

Deno.test("a process that gets the lock after another has logged in uses that one's token", () =>
  withSessions(async ({ process, store, logins }) => {
    const late: TokenStore = {
      read: (account) => store.read(account),
      keepToken: (...args) => store.keepToken(...args),
      dropToken: (...args) => store.dropToken(...args),
      refuseLogin: (...args) => store.refuseLogin(...args),
      async lockLogin(...args) {
        await process().authorize("S1");
        return await store.lockLogin(...args);
      },
    };
    tokenOf(await process(undefined, late).authorize("S1"));
    assertEquals(logins(), 1);
  }));

Deno.test("a process that starts later uses the token that is there", () =>
  withSessions(async ({ process, logins, log }) => {
    const first = tokenOf(await process().authorize("S1"));
    assertEquals(tokenOf(await process().authorize("S1")), first);
    assertEquals([logins(), log.names], [1, ["login.succeeded"]]);
  }));

Deno.test("a token is kept in Redis until a minute before it expires", () =>
  withSessions(async ({ process, redis, prefix }) => {
    await process().authorize("S1");
    const leftMs = await redis.pttl(tokenKey(prefix, "hermes"));
    assert(leftMs > 530_000 && leftMs <= 540_000, `${leftMs}`);
  }, { tokenSeconds: 600, tokenShape: "jwt" }));

Deno.test("a token that does not say when it expires is kept for half an hour", () =>
  withSessions(async ({ process, redis, prefix }) => {
    await process().authorize("S1");
    const leftMs = await redis.pttl(tokenKey(prefix, "hermes"));
    assert(leftMs > 1_790_000 && leftMs <= 1_800_000, `${leftMs}`);
  }, { tokenShape: "opaque", loginForm: "data" }));

Deno.test("after a 401 there is one new login, however many documents and processes got it", () =>
  withSessions(async ({ process, partner, logins }) => {
    const [a, b] = [process(), process()];
    const old = tokenOf(await a.authorize("S1"));
    await b.authorize("S1");
    partner.revokeTokens();
    const again = await Promise.all([a, b, a, b].map(async (sessions) => {
      await sessions.expire("hermes", old);
      return await sessions.authorize("S1");
    }));
    assertEquals([new Set(again.map(tokenOf)).size, logins()], [1, 2]);
    assert(!again.map(tokenOf).includes(old));
  }));

Deno.test("a late 401 to an old token does not end the new one", () =>
  withSessions(async ({ process, logins }) => {
    const [a, b] = [process(), process()];
    const old = tokenOf(await a.authorize("S1"));
    await a.expire("hermes", old);
    const fresh = tokenOf(await a.authorize("S1"));
    await b.expire("hermes", old);
    assertEquals([tokenOf(await b.authorize("S1")), tokenOf(await a.authorize("S1")), logins()], [
      fresh,
      fresh,
      2,
    ]);
  }));

/** Lets the pause of a refused account be over, as if its time had passed. */
async function endPause({ redis, prefix }: Bench, account: string): Promise<void> {
  const refusal = JSON.parse(await redis.hget(refusedLoginsKey(prefix), account) ?? "{}");
  await redis.hset(
    refusedLoginsKey(prefix),
    account,
    JSON.stringify({ ...refusal, until: Date.now() - 2_000 }),
  );
}

Deno.test("a refused login is not tried again before its pause is over, by any process", () =>
  withSessions(async ({ process, partner, logins, log }) => {
    partner.setAccounts({ ...accounts, hermes: "changed" });
    const first = await process().authorize("S1");
    assert(first.kind === "login_refused");
    assert(Math.abs(first.untilMs - Date.now() - 60_000) < 5_000, `${first.untilMs - Date.now()}`);
    for (const sessions of [process(), process()]) {
      const again = await sessions.authorize("S1");
      assertEquals([again.kind, again.kind === "login_refused" && again.untilMs], [
        "login_refused",
        first.untilMs,
      ]);
    }
    assertEquals([logins(), log.names], [1, ["login.refused"]]);
  }));

Deno.test("each refusal in a row doubles the pause, from 60 s to 15 min", () =>
  withSessions(async (bench) => {
    bench.partner.setAccounts({ hermes: "changed" });
    const pauses: number[] = [];
    for (let refusal = 0; refusal < 6; refusal++) {
      const refused = await bench.process().authorize("S1");
      assert(refused.kind === "login_refused");
      pauses.push(Math.round((refused.untilMs - Date.now()) / 10_000) * 10);
      await endPause(bench, "hermes");
    }
    assertEquals([pauses, bench.logins()], [[60, 120, 240, 480, 900, 900], 6]);
  }));

Deno.test("many refusals at once count as one", () =>
  withSessions(async ({ store }) => {
    const times = await Promise.all([1, 2, 3, 4].map(() => store.refuseLogin("hermes", "sai mật khẩu")));
    assertEquals(new Set(times).size, 1);
  }));

Deno.test("other accounts go on while one is refused", () =>
  withSessions(async ({ process, partner }) => {
    partner.setAccounts({ ...accounts, hermes: "changed" });
    const sessions = process();
    assertEquals((await sessions.authorize("S1")).kind, "login_refused");
    tokenOf(await sessions.authorize("S2"));
  }));

Deno.test("a corrected password lets the shop in after the pause, and the next refusal begins at 60 s again", () =>
  withSessions(async (bench) => {
    const { shops, store, process } = bench;
    shops.set("S1", { user: "other", password: "wrong" });
    const sessions = process();
    assertEquals((await sessions.authorize("S1")).kind, "login_refused");
    await endPause(bench, "other");
    assertEquals((await sessions.authorize("S1")).kind, "login_refused");
    shops.set("S1", { user: "other", password: "other" });
    await endPause(bench, "other");
    tokenOf(await sessions.authorize("S1"));
    const untilMs = await store.refuseLogin("other", "x");
    assert(Math.abs(untilMs - Date.now() - 60_000) < 5_000);
  }));

Deno.test("a refused token counts as a refused login for every process", () =>
  withSessions(async ({ process, logins }) => {
    const [a, b] = [process(), process()];
    const token = tokenOf(await a.authorize("S1"));
    await a.expire("hermes", token);
    const refused = await a.refuse("S1", "hermes", "401 with a token fetched just now");
    assertEquals(refused.kind, "login_refused");
    assertEquals([(await b.authorize("S1")).kind, logins()], ["login_refused", 1]);
  }));

Deno.test("a shop without any account is refused without a login, and others are not", () =>
  withSessions(async ({ process, partner }) => {
    const sessions = process(null);
    const refused = await sessions.authorize("S1");
    assert(refused.kind === "login_refused");
    assertEquals([refused.account, partner.calls().length], ["shop:S1", 0]);
    tokenOf(await sessions.authorize("S2"));
  }));

Deno.test("a partner in trouble blocks no account: the next document tries again", () =>
  withSessions(async ({ process, partner, redis, prefix }) => {
    partner.addFaults({ kind: "status", status: 500, match: { login: true }, times: 1 });
    const sessions = process();
    assertEquals((await sessions.authorize("S1")).kind, "trouble");
    assertEquals(await redis.exists(refusedLoginsKey(prefix), loginLockKey(prefix, "hermes")), 0);
    tokenOf(await sessions.authorize("S1"));
  }));

Deno.test("a login that is answered 429 says how long to wait", () =>
  withSessions(async ({ process, partner }) => {
    partner.addFaults({ kind: "too_many", retryAfterSeconds: 7, match: { login: true }, times: 1 });
    const busy = await process().authorize("S1");
    assertEquals(busy.kind === "busy" && busy.retryAfterMs, 7_000);
  }));

Deno.test("a process that waits for another's login takes over when that one dies", () =>
  withSessions(async ({ process, store, logins }) => {
    assert(await store.lockLogin("hermes", 300) !== null, "the lock of a process that dies");
    assertEquals(await store.lockLogin("hermes", 300), null);
    tokenOf(await process().authorize("S1"));
    assertEquals(logins(), 1);
  }));

Deno.test("a lock is ended by its holder only", () =>
  withSessions(async ({ store, redis, prefix }) => {
    const unlock = await store.lockLogin("hermes", 60_000);
    await redis.set(loginLockKey(prefix, "hermes"), "another holder");
    await unlock!();
    assertEquals(await redis.get(loginLockKey(prefix, "hermes")), "another holder");
  }));

Deno.test("no token and no password gets into the log", () =>
  withSessions(async ({ process, shops, log }) => {
    shops.set("S3", { user: "third", password: "secret-password" });
    const sessions = process();
    const token = tokenOf(await sessions.authorize("S1"));
    assertEquals((await sessions.authorize("S3")).kind, "login_refused");
    const told = JSON.stringify(log.events);
    assertEquals(log.names, ["login.succeeded", "login.refused"]);
    assert(!told.includes(token) && !told.includes("secret-password"), told);
  }));
