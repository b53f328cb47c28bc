// What BullMQ's producer and worker have in common: the queue's name, and connections as its users tune them.
import { Redis } from "ioredis";
import type { Settings } from "../../shared/settings.ts";

export const queueName = "documents";

/** As BullMQ wants it. Pipelining by itself (enableAutoPipelining) was tried: it costs 2 % more. */
export function openConnection({ redis }: Settings): Redis {
  if (redis.kind !== "single") throw new Error(`the bench's Redis is a single server, not a ${redis.kind}`);
  return new Redis(redis.port, redis.host, { maxRetriesPerRequest: null });
}
