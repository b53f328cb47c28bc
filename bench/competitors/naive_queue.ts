// What the two halves of the original design have in common: two lists, and plain connections.
import { Redis } from "ioredis";
import type { Settings } from "../../shared/settings.ts";

export const waitingList = "naive:waiting";
/** What a worker has taken and not yet ended. */
export const activeList = "naive:active";

/** A connection of its own for each that blocks. */
export function openConnection({ redis }: Settings): Redis {
  if (redis.kind !== "single") throw new Error(`the bench's Redis is a single server, not a ${redis.kind}`);
  return new Redis(redis.port, redis.host, { maxRetriesPerRequest: null });
}
