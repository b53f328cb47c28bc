// Starts the worker process of one document type: opens what it needs, then workers/worker.ts takes over.
import { Accounts } from "../shared/accounts.ts";
import { Beats } from "../shared/beats.ts";
import { BasicSessions } from "../shared/basic_sessions.ts";
import { systemClock } from "../shared/clock.ts";
import { dialects } from "../shared/dialects.ts";
import type { DocumentType } from "../shared/document.ts";
import { StreamFooting } from "../shared/footing.ts";
import { readWorker } from "../shared/metrics_state.ts";
import { HttpPartner } from "../shared/partner.ts";
import { runProcess, type Services } from "../shared/process.ts";
import { connect } from "../shared/redis.ts";
import { KeySight } from "../shared/redis_holder.ts";
import { TokenSessions } from "../shared/sessions.ts";
import type { Settings } from "../shared/settings.ts";
import { RedisStream } from "../shared/stream.ts";
import { RedisStreamWaiter } from "../shared/stream_waiter.ts";
import { RedisBlockedShops, RedisTokenStore } from "../shared/token_store.ts";
import { keepBeating } from "./heartbeat.ts";
import { Worker } from "./worker.ts";

/** The reading loop turns every second or so, and after 15 s at most where Redis hangs, ms. */
const loopLimitMs = 30_000;

/** Runs until SIGTERM or SIGINT, then exits. */
export async function startWorker(type: DocumentType): Promise<never> {
  return await runProcess(`worker:${type}`, async (services) => {
    const { settings, redis, signal, health } = services;
    const prefix = settings.redis.keyPrefix;
    const { leaseMs } = settings.worker;
    const stream = new RedisStream(redis, { prefix, type, consumer: services.name, leaseMs });
    const sight = new KeySight(redis, stream.keys.stream);
    const waiter = new RedisStreamWaiter(() => connect(settings.redis, true), stream.keys.stream);
    const worker = new Worker({
      ...services,
      type,
      queue: stream.keys.stream,
      stream,
      waiter,
      footing: new StreamFooting({ type, sight, clock: systemClock, log: services.log, leaseMs }),
      observer: services.observe(type),
      clock: systemClock,
      random: Math.random,
      replaces: dialects[settings.partner.dialect].replaces,
      blockedShops: new RedisBlockedShops(redis, prefix),
      ...partnerFor(services),
      limits: limitsFrom(settings),
    });
    const turnedAtMs = () => worker.state.turnedAtMs;
    health?.watch({ name: "the reading loop", turnedAtMs, limitMs: loopLimitMs });
    if (health) readWorker(health.metrics, type, () => worker.state);
    const beating = keepBeating({
      type,
      name: services.name,
      beats: new Beats(redis, prefix),
      clock: systemClock,
      state: () => worker.state,
    }, signal);
    await worker.run(signal);
    await beating;
    await stream.removeConsumers({ forMs: 0, only: services.name }).catch(() => {});
    waiter.close();
  });
}

function partnerFor({ settings, redis, source, log }: Services) {
  const { username, password, timeoutMs } = settings.partner;
  const fallback = username !== undefined && password !== undefined ? { user: username, password } : null;
  const dialect = dialects[settings.partner.dialect];
  const partner = new HttpPartner({ ...settings.partner, connections: settings.worker.concurrency }, dialect);
  const store = new RedisTokenStore(redis, settings.redis.keyPrefix);
  const parts = { store, accounts: new Accounts(source, fallback, systemClock), clock: systemClock, log };
  const sessions = dialect.login.kind === "basic"
    ? new BasicSessions(parts)
    : new TokenSessions({ ...parts, partner, loginTimeoutMs: timeoutMs });
  return { partner, sessions };
}

function limitsFrom(settings: Settings) {
  const { concurrency, deliveriesMax, leaseMs } = settings.worker;
  const perSecond = settings.partner.maxRequestsPerSecond;
  const limits = { concurrency, deliveriesMax, leaseMs };
  return perSecond === undefined ? limits : { ...limits, requestsPerSecond: perSecond };
}
