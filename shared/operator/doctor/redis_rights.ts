// What the user of Redis must be allowed to do; deploy/redis.acl gives exactly this. Facts for check_redis.ts.
import type { Redis } from "ioredis";
import rightsLua from "../../lua/missing_rights.lua" with { type: "text" };
import { Script } from "../../script.ts";

/** Commands that take no key, with their subcommands, as ACL SETUSER names them. */
const withoutKey = ["ping", "info", "time", "select", "client|setname"];
const ofCluster = ["cluster|slots", "cluster|info", "asking", "readonly", "readwrite"];
/** Commands whose first key comes first. */
const withKey = [
  ...["exists", "get", "set", "del", "pttl"],
  ...["hget", "hset", "hdel", "hgetall", "hlen", "hmget", "hscan"],
  ...["zadd", "zcount", "zscore", "zmscore", "zremrangebyscore"],
  ...["xadd", "xack", "xclaim", "xdel", "xlen", "xpending", "xrange", "xrevrange"],
  ...["xgroup|create", "xgroup|delconsumer", "xinfo|groups", "xinfo|consumers"],
];
/** Commands whose key comes later; the script checks the right to the command alone. */
const withLaterKey = ["xread", "xreadgroup", "eval", "evalsha"];

/** All of them, for a single server as for a cluster: one user, wherever it is. */
export const neededRights: readonly string[] = [...withoutKey, ...ofCluster, ...withKey, ...withLaterKey];

const missing = new Script(rightsLua);

/**
 * The commands that the user may not use on keys of ours; empty on a server older than 7.0, which cannot be asked. `key` is one of ours,
 * and need not exist.
 */
export async function readMissingRights(redis: Redis, key: string): Promise<string[]> {
  try {
    const reply = await missing.run(redis, [], [
      withKey.length,
      key,
      ...withKey,
      ...withoutKey,
      ...withLaterKey,
    ]);
    return Array.isArray(reply) ? reply.map(String) : [];
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOPERM")) return ["eval", "evalsha"];
    throw error;
  }
}
