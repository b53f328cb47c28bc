// What Redis says of itself: INFO of the server, or of every master of a cluster. Facts for check_redis.ts. INFO rather than CONFIG, which
// managed servers refuse.
import { Cluster, type Redis } from "ioredis";
import type { RedisClient } from "../../script.ts";
import { readMissingRights } from "./redis_rights.ts";

export interface RedisFacts {
  /** host:port. */
  node: string;
  version: string;
  /** master or slave */
  role: string;
  /** noeviction, allkeys-lru, … */
  evictionPolicy: string;
  /** Bytes; 0: no limit. */
  memoryMax: number;
  memoryUsed: number;
  appendOnly: boolean;
  /** What the last writes to disk came to; false: Redis may refuse writes because of it. */
  savesWell: boolean;
  evictedKeys: number;
  /** Replicas that are connected to it. */
  replicas: number;
  /** Commands that our user may not use. */
  missingRights: string[];
}

/** One for each server that holds keys; `address` names a single one, `key` is one of ours. Throws what the client throws. */
export async function readRedis(client: RedisClient, address: string, key: string): Promise<RedisFacts[]> {
  if (!(client instanceof Cluster)) return [await factsFrom(client, address, key)];
  return await Promise.all(
    client.nodes("master").map((node) => {
      const { host = "", port = 0 } = node.options;
      return factsFrom(node, `${host}:${port}`, key);
    }),
  );
}

async function factsFrom(node: Redis, address: string, key: string): Promise<RedisFacts> {
  const [missingRights, info] = await Promise.all([readMissingRights(node, key), node.info().catch(String)]);
  // Where INFO is not allowed, that is all there is to say.
  return { ...factsOf(address, info), missingRights };
}

/** Reads the text of INFO. A line that is missing counts as its harmless value. */
export function factsOf(node: string, info: string): RedisFacts {
  const lines = new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
    }),
  );
  const of = (name: string, usual: string) => lines.get(name) ?? usual;
  return {
    node,
    version: of("redis_version", "0"),
    role: of("role", "master"),
    evictionPolicy: of("maxmemory_policy", "unknown"),
    memoryMax: Number(of("maxmemory", "0")),
    memoryUsed: Number(of("used_memory", "0")),
    appendOnly: of("aof_enabled", "0") === "1",
    savesWell: of("rdb_last_bgsave_status", "ok") === "ok" && of("aof_last_write_status", "ok") === "ok",
    evictedKeys: Number(of("evicted_keys", "0")),
    replicas: Number(of("connected_slaves", "0")),
    missingRights: [],
  };
}
