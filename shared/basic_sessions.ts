// Let in by HTTP Basic: the account itself goes with every call, there is no login (partner-api, dialect "gateway").
import type { Accounts } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Authorization, Sessions } from "./sessions.ts";
import type { Refusal, TokenStore } from "./token_store.ts";

/** How long others wait when one call finds out whether a refused account is let in again, ms. */
const trialMs = 10_000;

/** What the partner said of an account that it did not let in, and whether a call is trying it again. */
interface Refused extends Refusal {
  onTrial: boolean;
}

type Store = Pick<TokenStore, "read" | "refuseLogin">;

export class BasicSessions implements Sessions {
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused = new Map<string, Refused>();

  constructor(parts: { store: Store; accounts: Accounts; clock: Clock; log: Log }) {
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
    const refused = await this.#refusalOf(account.user);
    if (refused) {
      this.#accounts.forget(shop);
      return { kind: "login_refused", account: account.user, message: refused.why, untilMs: refused.untilMs };
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
    this.#refused.set(account, { untilMs, why, onTrial: false });
    this.#accounts.forget(shop);
    this.#log.event("login.refused", { account, shop, answer: why });
    return { kind: "login_refused", account, message: why, untilMs };
  }

  /**
   * Why nothing is sent for an account, or null. With every call goes a login: so when a refusal is over, or an operator has lifted it,
   * one call tries, and the others wait until it has had time to be refused.
   */
  async #refusalOf(account: string): Promise<Refusal | null> {
    const refused = this.#refused.get(account);
    if (!refused) return null;
    const holds = refused.untilMs > this.#clock.now();
    if (refused.onTrial) {
      if (!holds) this.#refused.delete(account);
      return holds ? refused : null;
    }
    if (holds && (await this.#store.read(account)).refusal) return refused;
    // Another call may have become the trial while Redis was asked.
    const present = this.#refused.get(account);
    if (present?.onTrial) return present;
    this.#refused.set(account, { ...refused, untilMs: this.#clock.now() + trialMs, onTrial: true });
    return null;
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
