// How documents flow just now: the operator's status, and what only the doctor looks at: groups, and dead letters of the last hour.
// Facts for check_flow.ts.
// @ts-types="@types/mssql"
import type sql from "mssql";
import { Beats } from "../../beats.ts";
import type { Clock } from "../../clock.ts";
import { type DocumentType, documentTypes } from "../../document.ts";
import type { Profile } from "../../profiles.ts";
import type { RedisClient } from "../../script.ts";
import type { Settings } from "../../settings.ts";
import { group, streamKeys } from "../../stream_keys.ts";
import { RedisBlockedShops } from "../../token_store.ts";
import { Flights } from "../flights.ts";
import { OperatorSource } from "../source.ts";
import { readStatus } from "../status.ts";
import type { Status } from "../types.ts";

/** Dead letters of the last hour are counted so far. */
export const deadCountMax = 100;
const hourMs = 3_600_000;

export interface StreamFacts {
  type: DocumentType;
  /** Entries in the stream. */
  entries: number;
  hasGroup: boolean;
  /** Letters of the last hour, counted to `deadCountMax`. */
  deadLastHour: number;
}

export interface FlowFacts {
  status: Status;
  streams: StreamFacts[];
}

export interface FlowParts {
  redis: RedisClient;
  pool: () => Promise<sql.ConnectionPool>;
  profile: Profile;
  settings: Settings;
  clock: Clock;
}

/** Throws what Redis throws; what SQL Server cannot answer is null in the status. */
export async function readFlow({ redis, pool, profile, settings, clock }: FlowParts): Promise<FlowFacts> {
  const prefix = settings.redis.keyPrefix;
  const parts = {
    source: new OperatorSource(pool, profile, () => clock.now()),
    flights: new Flights(redis, { prefix, leaseMs: settings.worker.leaseMs }),
    beats: new Beats(redis, prefix),
    blockedShops: new RedisBlockedShops(redis, prefix),
    clock,
  };
  const [status, ...streams] = await Promise.all([
    readStatus(parts),
    ...documentTypes.map((type) => readStream(redis, type, { prefix, flights: parts.flights })),
  ]);
  return { status, streams };
}

async function readStream(
  redis: RedisClient,
  type: DocumentType,
  { prefix, flights }: { prefix: string; flights: Flights },
): Promise<StreamFacts> {
  const { stream, dead } = streamKeys(prefix, type);
  const hourAgo = await flights.now() - hourMs;
  const [entries, hasGroup, letters] = await Promise.all([
    redis.xlen(stream),
    groupIn(redis, stream),
    redis.xrevrange(dead, "+", hourAgo, "COUNT", deadCountMax),
  ]);
  return { type, entries, hasGroup, deadLastHour: letters.length };
}

/** XINFO of a stream that is not there is an error. */
async function groupIn(redis: RedisClient, stream: string): Promise<boolean> {
  if (await redis.exists(stream) === 0) return false;
  const groups = await redis.xinfo("GROUPS", stream);
  return Array.isArray(groups) && groups.some((each) => Array.isArray(each) && each.includes(group));
}
