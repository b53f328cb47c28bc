// Let in by HTTP Basic: the account itself goes with every call, there is no login (partner-api, dialect "gateway").
import type { Accounts } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Authorization, Sessions } from "./sessions.ts";
import type { Refusal, TokenStore } from "./token_store.ts";

export class BasicSessions implements Sessions {
  readonly #store: Pick<TokenStore, "refuseLogin">;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Accounts that the partner would not let in, and until when none is tried. */
  readonly #refused = new Map<string, Refusal>();

  constructor(parts: { store: Pick<TokenStore, "refuseLogin">; accounts: Accounts; clock: Clock; log: Log }) {
    this.#store = parts.store;
    this.#accounts = parts.accounts;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  async authorize(shop: string): Promise<Authorization> {
    const account = await this.#accounts.of(shop);
    if (!account) {
      return await this.refuse(
        shop,
        `shop:${shop}`,
        "there is no account: set API_USERNAME and API_PASSWORD",
      );
    }
    const refusal = this.#refused.get(account.user);
    if (refusal && refusal.untilMs > this.#clock.now()) {
      return { kind: "login_refused", account: account.user, message: refusal.why, untilMs: refusal.untilMs };
    }
    const header = `Basic ${base64(`${account.user}:${account.password}`)}`;
    return { kind: "authorized", header, account: account.user, token: header };
  }

  /** There is no token to drop. */
  expire(): Promise<void> {
    return Promise.resolve();
  }

  async refuse(shop: string, account: string, why: string): Promise<Authorization> {
    const untilMs = await this.#store.refuseLogin(account, why);
    this.#refused.set(account, { untilMs, why });
    this.#accounts.forget(shop);
    this.#log.event("login.refused", { account, shop, answer: why });
    return { kind: "login_refused", account, message: why, untilMs };
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
