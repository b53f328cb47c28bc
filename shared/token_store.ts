// What processes tell each other about accounts, through Redis: tokens, logins under way, logins refused, shops blocked.
import deleteIfLua from "./lua/delete_if.lua" with { type: "text" };
import refuseLoginLua from "./lua/refuse_login.lua" with { type: "text" };
import { clockAt } from "./redis_clock.ts";
import { type RedisClient, Script } from "./script.ts";
import { blockedShopsKey, loginLockKey, refusedLoginsKey, tokenKey } from "./stream_keys.ts";

/** First and longest pause after a refused login, s (design, section 4). */
const pauseFirstSeconds = 60;
const pauseMaxSeconds = 900;

const deleteIf = new Script(deleteIfLua);
const refuse = new Script(refuseLoginLua);

export interface Refusal {
  untilMs: number;
  why: string;
}

/** What is known of an account just now: a token, or else a refusal that still holds, or neither. */
export interface AccountState {
  token: string | null;
  tokenLeftMs: number;
  refusal: Refusal | null;
}

export interface TokenStore {
  read(account: string): Promise<AccountState>;
  keepToken(account: string, token: string, keepMs: number): Promise<void>;
  dropToken(account: string, token: string): Promise<void>;
  /** Null while another process logs in; else what ends the lock. */
  lockLogin(account: string, forMs: number): Promise<(() => Promise<void>) | null>;
  /** Returns until when no login is tried, ms. */
  refuseLogin(account: string, why: string): Promise<number>;
}

/** Shops whose documents cannot be sent, and until when. */
export interface BlockedShops {
  /** Only those whose block still holds. */
  list(nowMs: number): Promise<Map<string, Refusal>>;
  block(shop: string, refusal: Refusal): Promise<void>;
  unblock(shop: string): Promise<boolean>;
}

export class RedisTokenStore implements TokenStore {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async read(account: string): Promise<AccountState> {
    const key = tokenKey(this.#prefix, account);
    const [token, leftMs, refusal, nowMs] = await Promise.all([
      this.#redis.get(key),
      this.#redis.pttl(key),
      this.#redis.hget(refusedLoginsKey(this.#prefix), account),
      clockAt(this.#redis, refusedLoginsKey(this.#prefix)),
    ]);
    const known = parseRefusal(refusal);
    const holds = known !== null && known.untilMs > nowMs;
    return { token, tokenLeftMs: Math.max(0, leftMs), refusal: holds ? known : null };
  }

  async keepToken(account: string, token: string, keepMs: number): Promise<void> {
    await this.#redis.set(tokenKey(this.#prefix, account), token, "PX", Math.round(keepMs));
    await this.#redis.hdel(refusedLoginsKey(this.#prefix), account);
  }

  async dropToken(account: string, token: string): Promise<void> {
    await deleteIf.run(this.#redis, [tokenKey(this.#prefix, account)], [token]);
  }

  async lockLogin(account: string, forMs: number): Promise<(() => Promise<void>) | null> {
    const key = loginLockKey(this.#prefix, account);
    const holder = crypto.randomUUID();
    if (await this.#redis.set(key, holder, "PX", forMs, "NX") === null) return null;
    return async () => {
      await deleteIf.run(this.#redis, [key], [holder]);
    };
  }

  async refuseLogin(account: string, why: string): Promise<number> {
    const args = [account, pauseFirstSeconds, pauseMaxSeconds, why];
    return Number(await refuse.run(this.#redis, [refusedLoginsKey(this.#prefix)], args));
  }
}

export class RedisBlockedShops implements BlockedShops {
  readonly #redis: RedisClient;
  readonly #key: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#key = blockedShopsKey(prefix);
  }

  async list(nowMs: number): Promise<Map<string, Refusal>> {
    const blocked = new Map<string, Refusal>();
    for (const [shop, text] of Object.entries(await this.#redis.hgetall(this.#key))) {
      const refusal = parseRefusal(text);
      if (refusal && refusal.untilMs > nowMs) blocked.set(shop, refusal);
    }
    return blocked;
  }

  async block(shop: string, refusal: Refusal): Promise<void> {
    await this.#redis.hset(this.#key, shop, JSON.stringify({ until: refusal.untilMs, why: refusal.why }));
  }

  async unblock(shop: string): Promise<boolean> {
    return await this.#redis.hdel(this.#key, shop) === 1;
  }
}

function parseRefusal(text: string | null): Refusal | null {
  if (text === null) return null;
  try {
    const { until, why } = JSON.parse(text);
    return Number.isFinite(until) ? { untilMs: until, why: String(why) } : null;
  } catch {
    return null;
  }
}
