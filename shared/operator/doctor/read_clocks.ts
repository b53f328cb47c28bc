// Asks each service for its time, between two looks at this machine's clock. Facts for clocks.ts.
import { Cluster } from "ioredis";
import { msFrom } from "../../redis_holder.ts";
import type { RedisClient } from "../../script.ts";
import type { ClockReading } from "./clocks.ts";
import type { Clients } from "./open.ts";
import type { PartnerFacts } from "./read_partner.ts";
import { readServer } from "./read_sqlserver.ts";

export interface ClockParts {
  clients: Clients;
  partner: Promise<PartnerFacts>;
  nowMs: () => number;
}

/** Readings of those that answer. Never throws: that a service does not answer is told elsewhere. */
export async function readClocks({ clients, partner, nowMs }: ClockParts): Promise<ClockReading[]> {
  const read = (service: ClockReading["service"], exactToMs: number, ask: () => Promise<number | null>) =>
    reading({ service, exactToMs }, nowMs, ask);
  const [redis, sqlserver, mongodb, answered] = await Promise.all([
    clients.redis,
    clients.sqlserver,
    clients.mongodb,
    partner,
  ]);
  const readings = await Promise.all([
    ...("client" in redis
      ? serversOf(redis.client).map((server) => read("redis", 1, async () => msFrom(await server.time())))
      : []),
    "client" in sqlserver
      ? read("sqlserver", 1, async () => (await readServer(sqlserver.client)).utcNowMs)
      : null,
    "client" in mongodb
      ? read("mongodb", 1, async () => timeOf(await mongodb.client.db("admin").command({ hello: 1 })))
      : null,
  ]);
  return [...readings, partnerReading(answered)].filter((each) => each !== null);
}

/** Each of a cluster's masters tells the time of its own keys. */
function serversOf(client: RedisClient): RedisClient[] {
  return client instanceof Cluster ? client.nodes("master") : [client];
}

async function reading(
  about: Pick<ClockReading, "service" | "exactToMs">,
  nowMs: () => number,
  ask: () => Promise<number | null>,
): Promise<ClockReading | null> {
  const beforeMs = nowMs();
  const remoteMs = await ask().catch(() => null);
  return remoteMs === null || Number.isNaN(remoteMs)
    ? null
    : { ...about, remoteMs, beforeMs, afterMs: nowMs() };
}

function partnerReading({ answer }: PartnerFacts): ClockReading | null {
  if ("trouble" in answer || answer.dateMs === null) return null;
  const { dateMs, askedAtMs, ms } = answer;
  return {
    service: "partner",
    remoteMs: dateMs,
    exactToMs: 1_000,
    beforeMs: askedAtMs,
    afterMs: askedAtMs + ms,
  };
}

function timeOf(hello: Record<string, unknown>): number | null {
  return hello.localTime instanceof Date ? hello.localTime.getTime() : null;
}
