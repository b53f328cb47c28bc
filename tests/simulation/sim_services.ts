// The services of the simulation as one process sees them: every call is a request over the simulated network.
import { StreamFooting } from "../../shared/footing.ts";
import type { Log } from "../../shared/log.ts";
import type { Sight } from "../../shared/redis_holder.ts";
import type { BlockedShops, Refusal, TokenStore } from "../../shared/token_store.ts";
import type { StreamDelivery, StreamIntake } from "../../shared/stream.ts";
import type { EventLoop, SimProcess } from "./event_loop.ts";
import type { SimRedis } from "./sim_redis.ts";

/** What may go wrong between processes and Redis: chances of a lost request or answer, and Redis not being there. */
export interface RedisFaults {
  down: boolean;
  request: number;
  answer: number;
}

export interface SharedState {
  tokens: Map<string, string>;
  locks: Map<string, { holder: number; untilMs: number }>;
  refusals: Map<string, Refusal & { seconds: number }>;
  blocked: Map<string, Refusal>;
}

export class SimServices {
  readonly faults: RedisFaults = { down: false, request: 0, answer: 0 };
  readonly shared: SharedState = {
    tokens: new Map(),
    locks: new Map(),
    refusals: new Map(),
    blocked: new Map(),
  };
  readonly #loop: EventLoop;
  readonly #redis: SimRedis;
  #locks = 0;

  constructor(loop: EventLoop, redis: SimRedis) {
    this.#loop = loop;
    this.#redis = redis;
  }

  /** `release`: the newest version of entries that the process understands. */
  delivery(process: SimProcess, leaseMs: number, release: number): StreamDelivery {
    const redis = this.#redis;
    const versions = { oldest: Math.max(1, release - 1), newest: release };
    const now = () => this.#loop.nowMs;
    return {
      take: (want) => this.#run(process, () => redis.take(process.name, leaseMs, want, now(), versions)),
      renew: (claims) => this.#run(process, () => redis.renew(process.name, leaseMs, claims, now())),
      recordReceipts: (receipts) => this.#run(process, () => redis.recordReceipts(receipts)),
      settle: (entries) => this.#run(process, () => redis.settle(entries, now())),
      bury: (burials) => this.#run(process, () => redis.bury(burials, now())),
      postpone: (entries) => this.#run(process, () => redis.postpone(process.name, entries, now())),
      giveBack: (entries) => this.#run(process, () => redis.giveBack(entries, now())),
      ensureGroup: () => this.#run(process, () => redis.ensureGroup()),
      removeConsumers: () => this.#run(process, () => []),
    };
  }

  footing(process: SimProcess, parts: { type: string; log: Log; leaseMs: number }): StreamFooting {
    const redis = this.#redis;
    const sight: Sight = {
      connection: () => this.faults.down ? null : redis.server,
      look: () =>
        this.#run(process, () => {
          const connection = redis.server;
          return { connection, server: String(connection.run), nowMs: this.#loop.nowMs };
        }),
    };
    return new StreamFooting({ ...parts, sight, clock: process.clock });
  }

  /** `release`: the version of the entries that it writes. */
  intake(process: SimProcess, release: number): StreamIntake {
    const redis = this.#redis;
    return {
      now: () => this.#run(process, () => this.#loop.nowMs),
      backlog: () => this.#run(process, () => redis.inflight.size),
      inFlight: (keys) => this.#run(process, () => new Set(keys.filter((key) => redis.inflight.has(key)))),
      enqueue: (documents, limits) =>
        this.#run(process, () => redis.enqueue(documents, limits, this.#loop.nowMs, release)),
      repairInFlight: (suspects) =>
        this.#run(process, () => {
          const removed = redis.orphans(suspects, true);
          const found = redis.orphans(new Map(redis.inflight), false);
          return { removed, suspects: new Map(found.map((key) => [key, redis.inflight.get(key) ?? ""])) };
        }),
    };
  }

  blockedShops(process: SimProcess): BlockedShops {
    const { blocked } = this.shared;
    return {
      list: (nowMs) =>
        this.#run(process, () => new Map([...blocked].filter(([, one]) => one.untilMs > nowMs))),
      block: (shop, refusal) =>
        this.#run(process, () => {
          blocked.set(shop, refusal);
        }),
      unblock: (shop) => this.#run(process, () => blocked.delete(shop)),
    };
  }

  tokenStore(process: SimProcess): TokenStore {
    const { tokens, refusals } = this.shared;
    return {
      read: (account) =>
        this.#run(process, () => {
          const refusal = refusals.get(account);
          const holds = refusal !== undefined && refusal.untilMs > this.#loop.nowMs;
          return {
            token: tokens.get(account) ?? null,
            tokenLeftMs: 600_000,
            refusal: holds ? refusal : null,
          };
        }),
      keepToken: (account, token) =>
        this.#run(process, () => {
          tokens.set(account, token);
          refusals.delete(account);
        }),
      dropToken: (account, token) =>
        this.#run(process, () => {
          if (tokens.get(account) === token) tokens.delete(account);
        }),
      lockLogin: (account, forMs) => this.#lock(process, account, forMs),
      refuseLogin: (account, why) => this.#run(process, () => this.#refuse(account, why)),
    };
  }

  async #lock(process: SimProcess, account: string, forMs: number): Promise<(() => Promise<void>) | null> {
    const holder = ++this.#locks;
    const got = await this.#run(process, () => {
      const lock = this.shared.locks.get(account);
      if (lock && lock.untilMs > this.#loop.nowMs) return false;
      this.shared.locks.set(account, { holder, untilMs: this.#loop.nowMs + forMs });
      return true;
    });
    if (!got) return null;
    return () =>
      this.#run(process, () => {
        if (this.shared.locks.get(account)?.holder === holder) this.shared.locks.delete(account);
      });
  }

  #refuse(account: string, why: string): number {
    const known = this.shared.refusals.get(account);
    if (known && known.untilMs > this.#loop.nowMs) return known.untilMs;
    const seconds = known ? Math.min(known.seconds * 2, 900) : 60;
    const untilMs = this.#loop.nowMs + seconds * 1000;
    this.shared.refusals.set(account, { untilMs, seconds, why });
    return untilMs;
  }

  #run<T>(process: SimProcess, work: () => T): Promise<T> {
    return process.request(work, {
      delayMs: () => this.#loop.between(0, 5),
      fault: () => {
        if (this.faults.down || this.#loop.chance(this.faults.request)) return "request";
        return this.#loop.chance(this.faults.answer) ? "answer" : "none";
      },
    });
  }
}
