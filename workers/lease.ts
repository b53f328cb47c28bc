// Keeps a worker's claims from coming due while it holds them, and tells which it has lost. Beside every step from claim to settle.
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import type { StreamDelivery } from "../shared/stream.ts";
import type { Hand, Held } from "./hand.ts";

/** Most entries renewed by one script. */
const chunk = 500;

export class Lease {
  readonly #stream: Pick<StreamDelivery, "renew">;
  readonly #hand: Hand;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #leaseMs: number;

  constructor(
    parts: { stream: Pick<StreamDelivery, "renew">; hand: Hand; clock: Clock; log: Log; leaseMs: number },
  ) {
    this.#stream = parts.stream;
    this.#hand = parts.hand;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#leaseMs = parts.leaseMs;
  }

  /** Renews everything in hand every fifth of the lease, until the signal. Trouble with Redis is left to the reading loop. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#leaseMs / 5, signal);
      await this.renew(this.#hand.all()).catch(() => {});
    }
  }

  /**
   * Whether the entry is still ours, asked again when the last word from Redis is nearly a lease old: a process that was
   * frozen drops what others have taken before it acts on it. False too when Redis cannot be asked.
   */
  async confirm(held: Held): Promise<boolean> {
    if (held.lost) return false;
    if (this.#clock.now() - held.confirmedAtMs < this.#leaseMs * 0.8) return true;
    await this.renew([held]).catch(() => {});
    return !held.lost && this.#clock.now() - held.confirmedAtMs < this.#leaseMs * 0.8;
  }

  async renew(all: Held[]): Promise<void> {
    for (let i = 0; i < all.length; i += chunk) {
      const part = all.slice(i, i + chunk);
      const askedAtMs = this.#clock.now();
      const ours = await this.#stream.renew(
        part.map(({ claim }) => ({ id: claim.entry.id, key: claim.entry.key })),
      );
      part.forEach((held, index) => ours[index] ? held.confirmedAtMs = askedAtMs : this.#lose(held));
    }
  }

  #lose(held: Held): void {
    if (held.lost || held.written || !this.#hand.has(held.claim.entry.id)) return;
    held.lost = true;
    const { id, code, shop } = held.claim.entry;
    this.#log.event("document.lost", { entry: id, code, shop });
  }
}
