// Which account a shop sends with: its active row in AccountShop, else API_USERNAME. Kept for five minutes.
import type { Clock } from "./clock.ts";
import type { Account, Source } from "./source.ts";

const keepMs = 300_000;

export class Accounts {
  readonly #source: Pick<Source, "readAccount">;
  readonly #fallback: Account | null;
  readonly #clock: Clock;
  readonly #known = new Map<string, { account: Promise<Account | null>; untilMs: number }>();

  constructor(source: Pick<Source, "readAccount">, fallback: Account | null, clock: Clock) {
    this.#source = source;
    this.#fallback = fallback;
    this.#clock = clock;
  }

  /** The shop's account, or null when there is none at all. Throws SourceError when it is not known and cannot be read. */
  of(shop: string): Promise<Account | null> {
    const known = this.#known.get(shop);
    if (known && known.untilMs > this.#clock.now()) return known.account;
    const account = this.#source.readAccount(shop).then(
      (row) => row ?? this.#fallback,
      (error) => {
        if (known) {
          this.#known.set(shop, known);
          return known.account;
        }
        this.#known.delete(shop);
        throw error;
      },
    );
    this.#known.set(shop, { account, untilMs: this.#clock.now() + keepMs });
    return account;
  }

  /** Reads the shop's account anew next time: its password may have been corrected. */
  forget(shop: string): void {
    this.#known.delete(shop);
  }
}
