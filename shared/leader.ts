// Which of several schedulers scans: a lease in Redis. Two that scan at once for a moment do no harm (enqueue.lua), only double work.
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import holdLeaseLua from "./lua/hold_lease.lua" with { type: "text" };
import { type RedisClient, Script } from "./script.ts";
import { leaderKey } from "./stream_keys.ts";

/** How long the lease holds, ms: another scheduler takes over within this and one attempt, so within 15 s. */
const leaseMs = 10_000;
const renewEveryMs = 3_000;

const holdLease = new Script(holdLeaseLua);

export class Leader {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #heldUntilMs = 0;
  #led = false;

  constructor(parts: { redis: RedisClient; prefix: string; name: string; clock: Clock; log: Log }) {
    this.#redis = parts.redis;
    this.#key = leaderKey(parts.prefix);
    this.#name = parts.name;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Whether this scheduler holds the lease just now. */
  get leads(): boolean {
    return this.#clock.now() < this.#heldUntilMs;
  }

  /** Takes or keeps the lease, again and again, until the signal. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.attempt();
      await this.#clock.sleep(renewEveryMs, signal);
    }
    await this.#leave();
  }

  /** One attempt; true when this scheduler leads after it. */
  async attempt(): Promise<boolean> {
    const askedAtMs = this.#clock.now();
    try {
      const holder = String(await holdLease.run(this.#redis, [this.#key], [this.#name, leaseMs]));
      this.#heldUntilMs = holder === this.#name ? askedAtMs + leaseMs : 0;
      this.#tell(holder === this.#name ? "" : `the lease is held by ${holder}`);
    } catch (error) {
      if (!this.leads) this.#tell(`Redis does not answer: ${error instanceof Error ? error.message : error}`);
    }
    return this.leads;
  }

  async #leave(): Promise<void> {
    if (!this.leads) return;
    this.#heldUntilMs = 0;
    await this.#redis.del(this.#key).catch(() => {});
  }

  #tell(lostBecause: string): void {
    const leads = lostBecause === "";
    if (leads && !this.#led) this.#log.event("scan.lead_taken");
    if (!leads && this.#led) this.#log.event("scan.lead_lost", { reason: lostBecause });
    this.#led = leads;
  }
}
