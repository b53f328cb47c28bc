// Logged in with the partner: one token for an account, shared by all processes through Redis, fetched by one at a time.
import type { Outcome } from "./answers.ts";
import type { Accounts } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Partner } from "./partner.ts";
import type { Account } from "./source.ts";
import type { TokenStore } from "./token_store.ts";

/** May send, and with what: or why not. */
export type Authorization =
  | { kind: "authorized"; header: string; account: string; token: string }
  | Extract<Outcome, { kind: "login_refused" | "trouble" | "busy" }>;

/** What a worker needs in order to be let in. */
export interface Sessions {
  /** Throws SourceError when the shop's account cannot be read. */
  authorize(shop: string): Promise<Authorization>;
  /** The partner answered 401 to this token: it is not used again. */
  expire(account: string, token: string): Promise<void>;
  /** The partner answered 401 to a token fetched just now: a refused login. */
  refuse(shop: string, account: string, why: string): Promise<Authorization>;
}

/** A token is used until so long before it expires, ms. */
const marginMs = 60_000;
/** How long a token is kept that does not say when it expires, ms. */
const unknownExpiryMs = 1_800_000;
/** A token that seems to expire sooner (clocks differ) is kept so long all the same, ms; a 401 ends it earlier. */
const keepMinMs = 30_000;
/** No token is kept longer, ms, whatever it says. */
const keepMaxMs = 86_400_000;
/** How often a process that waits for another's login looks again, ms. */
const lookAgainMs = 100;

/** Dialect "national": a bearer token from a login call. */
export class TokenSessions implements Sessions {
  readonly #store: TokenStore;
  readonly #accounts: Accounts;
  readonly #partner: Pick<Partner, "login">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #loginTimeoutMs: number;
  readonly #tokens = new Map<string, { token: string; untilMs: number }>();
  /** Accounts whose login was answered with Retry-After: until when none is tried. */
  readonly #pauses = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Authorization>>();

  constructor(parts: {
    store: TokenStore;
    accounts: Accounts;
    partner: Pick<Partner, "login">;
    clock: Clock;
    log: Log;
    /** How long a login call may take, ms; the lock that keeps others from logging in lasts a little longer. */
    loginTimeoutMs: number;
  }) {
    this.#store = parts.store;
    this.#accounts = parts.accounts;
    this.#partner = parts.partner;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#loginTimeoutMs = parts.loginTimeoutMs;
  }

  async authorize(shop: string): Promise<Authorization> {
    const account = await this.#accounts.of(shop);
    if (!account) {
      return await this.refuse(shop, `shop:${shop}`, "the shop has no active account in AccountShop");
    }
    const known = this.#tokens.get(account.user);
    if (known && known.untilMs > this.#clock.now()) return authorized(account.user, known.token);
    const underWay = this.#underWay.get(account.user);
    if (underWay) return await underWay;
    const fetching = this.#fetch(shop, account).finally(() => this.#underWay.delete(account.user));
    this.#underWay.set(account.user, fetching);
    return await fetching;
  }

  async expire(account: string, token: string): Promise<void> {
    if (this.#tokens.get(account)?.token === token) this.#tokens.delete(account);
    await this.#store.dropToken(account, token);
  }

  async refuse(shop: string, account: string, why: string): Promise<Authorization> {
    const untilMs = await this.#store.refuseLogin(account, why);
    this.#accounts.forget(shop);
    this.#log.event("login.refused", { account, shop, answer: why });
    return { kind: "login_refused", account, message: why, untilMs };
  }

  /** The token in Redis, or else one from a login, by whichever process gets the lock first. */
  async #fetch(shop: string, account: Account): Promise<Authorization> {
    const deadlineMs = this.#clock.now() + this.#loginTimeoutMs + 5_000;
    while (this.#clock.now() < deadlineMs) {
      const found = await this.#look(shop, account);
      if (found) return found;
      const unlock = await this.#store.lockLogin(account.user, this.#loginTimeoutMs + 5_000);
      if (unlock) {
        try {
          return await this.#look(shop, account) ?? await this.#login(shop, account);
        } finally {
          await unlock();
        }
      }
      await this.#clock.sleep(lookAgainMs);
    }
    return {
      kind: "trouble",
      status: null,
      message: "another process is logging in and does not come to an end",
    };
  }

  async #look(shop: string, account: Account): Promise<Authorization | null> {
    const state = await this.#store.read(account.user);
    if (state.token !== null) {
      this.#tokens.set(account.user, { token: state.token, untilMs: this.#clock.now() + state.tokenLeftMs });
      return authorized(account.user, state.token);
    }
    if (!state.refusal) return null;
    this.#accounts.forget(shop);
    return {
      kind: "login_refused",
      account: account.user,
      message: state.refusal.why,
      untilMs: state.refusal.untilMs,
    };
  }

  async #login(shop: string, account: Account): Promise<Authorization> {
    const pausedMs = (this.#pauses.get(account.user) ?? 0) - this.#clock.now();
    if (pausedMs > 0) return busy(pausedMs, "the partner asked the account's login to pause");
    const began = this.#clock.now();
    const answer = await this.#partner.login(account.user, account.password);
    const ms = this.#clock.now() - began;
    switch (answer.kind) {
      case "token": {
        const keepMs = keepFor(answer.expiresAtMs, this.#clock.now());
        await this.#store.keepToken(account.user, answer.token, keepMs);
        this.#tokens.set(account.user, { token: answer.token, untilMs: this.#clock.now() + keepMs });
        this.#log.event("login.succeeded", { account: account.user, ms });
        return authorized(account.user, answer.token);
      }
      case "refused":
        return await this.refuse(shop, account.user, answer.message);
      case "trouble":
        this.#log.event("login.failed", { account: account.user, shop, ms, reason: answer.message });
        if (answer.retryAfterMs === undefined) {
          return { kind: "trouble", status: null, message: answer.message };
        }
        this.#pauses.set(account.user, this.#clock.now() + answer.retryAfterMs);
        return busy(answer.retryAfterMs, answer.message);
    }
  }
}

function authorized(account: string, token: string): Authorization {
  return { kind: "authorized", header: `bearer ${token}`, account, token };
}

function busy(retryAfterMs: number, message: string): Authorization {
  return { kind: "busy", status: 429, retryAfterMs, message };
}

/** How long a token may be used from now, ms. */
export function keepFor(expiresAtMs: number | null, nowMs: number): number {
  if (expiresAtMs === null) return unknownExpiryMs;
  return Math.min(keepMaxMs, Math.max(keepMinMs, expiresAtMs - nowMs - marginMs));
}
