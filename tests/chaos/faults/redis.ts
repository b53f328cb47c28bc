// Faults of Redis: the server killed, frozen or emptied, and an operator's hand in its keys.
import { between } from "../../../dev/samples/random.ts";
import { type DocumentType, documentTypes } from "../../../shared/document.ts";
import { group, type StreamKeys, streamKeys } from "../../../shared/stream_keys.ts";
import type { Ground } from "../ground.ts";
import { pause } from "../pause.ts";
import { inTime } from "../recovery.ts";

const frozenMs = 15_000;
/** Entries gather for so long before some are deleted by hand, ms. */
const gatherMs = 2_000;

/** SIGKILL, and a start with the data that it had written. */
export async function restart({ stack, random, say }: Ground): Promise<void> {
  const downMs = between(random, 0, 3_000);
  say(`SIGKILL redis-server, up again with its data in ${downMs} ms`);
  await stack.signalService("redis", "SIGKILL");
  await pause(downMs);
  await stack.restartRedis();
}

/** SIGKILL, and a start with nothing. */
export async function restartEmpty(ground: Ground): Promise<void> {
  const { stack, random, say } = ground;
  const downMs = between(random, 0, 3_000);
  say(`SIGKILL redis-server, up again without its data in ${downMs} ms`);
  await whileLosing(ground, "Redis came back without its data", async () => {
    await stack.signalService("redis", "SIGKILL");
    await pause(downMs);
    await stack.restartRedis({ withData: false });
  });
}

export async function flushAll(ground: Ground): Promise<void> {
  ground.say("FLUSHALL");
  await whileLosing(ground, "FLUSHALL", async () => {
    await inTime(ground.stack.redis.flushall());
  });
}

/** The group goes with its pending list: nobody knows any more who holds what. */
export async function destroyGroup(ground: Ground): Promise<void> {
  ground.say("XGROUP DESTROY of every stream");
  await whileLosing(ground, "XGROUP DESTROY", async () => {
    for (const type of documentTypes) {
      const { stream } = keysOf(ground, type);
      await inTime(ground.stack.redis.xgroup("DESTROY", stream, group)).catch(() => {});
    }
  });
}

/** All but the newest entries go, whether anybody has read them or not. */
export async function trim(ground: Ground): Promise<void> {
  await withEntriesGathered(ground, async (keys) => {
    const { stack, random } = ground;
    const left = between(random, 0, 2);
    const trimmed = await inTime(stack.redis.xtrim(keys.stream, "MAXLEN", left));
    ground.say(`XTRIM ${keys.stream} MAXLEN ${left}: ${trimmed} entries gone`);
  });
}

/** Some entries go. */
export async function deleteEntries(ground: Ground): Promise<void> {
  await withEntriesGathered(ground, async (keys) => {
    const { stack, random } = ground;
    const entries = await inTime(stack.redis.xrange(keys.stream, "-", "+", "COUNT", between(random, 1, 5)));
    const ids = entries.map(([id]) => id);
    if (ids.length > 0) await inTime(stack.redis.xdel(keys.stream, ...ids));
    ground.say(`XDEL ${keys.stream} ${ids.join(" ")}`);
  });
}

export async function killClients({ stack, say }: Ground): Promise<void> {
  say("CLIENT KILL TYPE normal");
  await inTime(stack.redis.call("CLIENT", "KILL", "TYPE", "normal"));
}

export async function freeze({ stack, say }: Ground): Promise<void> {
  say("SIGSTOP redis-server");
  await stack.signalService("redis", "SIGSTOP");
  await pause(frozenMs);
  await stack.signalService("redis", "SIGCONT");
  say("SIGCONT redis-server");
}

/** What is held in Redis is lost meanwhile; calls that were out then, or begin before their lease is asked for again, may be repeated. */
async function whileLosing(ground: Ground, why: string, lose: () => Promise<void>): Promise<void> {
  const fromMs = Date.now();
  await lose();
  const untilMs = Date.now() + ground.leaseMs;
  ground.notes.disturbances.push({ why, type: null, fromMs, untilMs });
  ground.notes.forgettings.push({ fromMs, untilMs });
}

/** Workers take nothing while `act` runs, as an operator would pause them, so that there are entries in the streams. */
async function withEntriesGathered(ground: Ground, act: (keys: StreamKeys) => Promise<void>): Promise<void> {
  const fromMs = Date.now();
  const all = documentTypes.map((type) => keysOf(ground, type));
  const { redis } = ground.stack;
  for (const { paused } of all) await inTime(redis.set(paused, "chaos"));
  try {
    await pause(gatherMs);
    for (const keys of all) await act(keys);
  } finally {
    await redis.del(...all.map(({ paused }) => paused));
    ground.notes.forgettings.push({ fromMs, untilMs: Date.now() });
  }
}

function keysOf({ stack }: Ground, type: DocumentType): StreamKeys {
  return streamKeys(stack.settings.redis.keyPrefix, type);
}
