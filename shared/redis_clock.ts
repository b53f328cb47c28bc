// The clock by which the keys of one slot are told: that of the server which holds them.
import clockLua from "./lua/clock.lua" with { type: "text" };
import { type RedisClient, Script } from "./script.ts";
import { msFrom } from "./redis_holder.ts";

const clock = new Script(clockLua);

/** The time, ms, by the server that holds a key. Throws when it cannot be reached. */
export async function clockAt(redis: RedisClient, key: string): Promise<number> {
  const reply = await clock.run(redis, [key], []);
  if (!Array.isArray(reply)) {
    throw new TypeError(`clock.lua returned ${JSON.stringify(reply)} instead of a list`);
  }
  return msFrom(reply.map(Number));
}
