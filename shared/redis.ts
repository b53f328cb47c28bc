// Connections to Redis: a single server, a cluster or sentinels. A connection that does not answer is thrown away and made anew:
// sockets can be half open for ever, and the client library's own options do not notice it.
import { Cluster } from "ioredis";
import { systemClock } from "./clock.ts";
import { documentTypes } from "./document.ts";
import type { Log } from "./log.ts";
import { mastersOf } from "./redis_holder.ts";
import { clientFor } from "./redis_options.ts";
import type { RedisClient } from "./script.ts";
import type { RedisSettings } from "./settings.ts";
import type { HostPort } from "./settings_kinds.ts";
import { streamKeys } from "./stream_keys.ts";

/** How often a connection is asked for a sign of life, ms. */
const pingEveryMs = 2_000;
/** How long opening waits for the first connection before it goes on without, ms. */
const firstConnectMs = 5_000;

/**
 * A connection for commands, watched; the log hears when it is lost and when it is back. It resolves when connected, or after
 * 5 s all the same: commands fail until it is.
 */
export async function openRedis(
  settings: RedisSettings,
  log?: Log,
): Promise<{ client: RedisClient; close(): void }> {
  const client = connect(settings);
  const teller = log && new Teller(addressOf(settings), log);
  const hush = teller && listen(client, teller);
  const watching = setInterval(() => watch(client, settings, teller), pingEveryMs);
  await ready(client);
  if (client instanceof Cluster) await touchMasters(client);
  return {
    client,
    close() {
      clearInterval(watching);
      hush?.();
      client.disconnect();
    },
  };
}

/** A connection for one blocking reader; its caller watches over it. */
export function connect(settings: RedisSettings, blocking = false): RedisClient {
  const client = clientFor(settings, blocking);
  // Every command reports its own failure; without a listener the library prints to the console.
  client.on("error", () => {});
  return client;
}

/** Resolves when every server that holds a stream has answered; throws when one does not. */
export async function ping(
  client: RedisClient,
  { keyPrefix }: Pick<RedisSettings, "keyPrefix">,
): Promise<void> {
  // PING goes to any node of a cluster.
  await Promise.all(documentTypes.map((type) => client.exists(streamKeys(keyPrefix, type).stream)));
}

/** Tells the log once for each loss, however often the library tries again. */
class Teller {
  readonly #address: string;
  readonly #log: Log;
  #lostAtMs: number | null = null;

  constructor(address: string, log: Log) {
    this.#address = address;
    this.#log = log;
  }

  lost(what: string, cause?: unknown): void {
    if (this.#lostAtMs !== null) return;
    this.#lostAtMs = systemClock.now();
    const options = cause === undefined ? {} : { cause };
    this.#log.event("redis.lost", { error: new Error(`${what} ${this.#address}`, options) });
  }

  back(): void {
    if (this.#lostAtMs === null) return;
    this.#log.event("redis.back", { ms: systemClock.now() - this.#lostAtMs });
    this.#lostAtMs = null;
  }
}

/** Returns what ends it: a connection that we close is not lost. */
function listen(client: RedisClient, teller: Teller): () => void {
  let wasReady = false;
  client.on("error", (cause: unknown) => teller.lost("connecting to", cause));
  const onClose = () => wasReady && teller.lost("the connection was closed to");
  client.on("close", onClose);
  client.on("ready", () => {
    wasReady = true;
    teller.back();
  });
  return () => client.off("close", onClose);
}

function addressOf(settings: RedisSettings): string {
  const list = (nodes: readonly HostPort[]) => nodes.map(({ host, port }) => `${host}:${port}`).join(", ");
  switch (settings.kind) {
    case "single":
      return `${settings.host}:${settings.port}`;
    case "sentinel":
      return `${settings.masterName} by the sentinels ${list(settings.sentinels)}`;
    case "cluster":
      return `the cluster at ${list(settings.nodes)}`;
  }
}

function ready(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, firstConnectMs);
    client.once("ready", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function watch(client: RedisClient, settings: RedisSettings, teller?: Teller): Promise<void> {
  if (client.status !== "ready") return;
  if (client instanceof Cluster) return await watchCluster(client, settings, teller);
  if (await isSilent(client)) client.disconnect(true);
}

/** A cluster's client is "ready" also while one of its nodes is gone, and says nothing of it. */
async function watchCluster(client: Cluster, settings: RedisSettings, teller?: Teller): Promise<void> {
  await touchMasters(client);
  await ping(client, settings).then(() => teller?.back(), (cause) => teller?.lost("reaching", cause));
}

/**
 * Makes the connection to every master that has none yet: the client makes it for a first command, and refuses a second that comes
 * meanwhile. Throws away those that do not answer: the next command makes a new one, to the node that has the slots by then.
 */
async function touchMasters(client: Cluster): Promise<void> {
  await Promise.all(
    mastersOf(client).map(async (node) => {
      if (["wait", "ready"].includes(node.status) && await isSilent(node)) node.disconnect();
    }),
  );
}

async function isSilent(client: { ping(): Promise<unknown> }): Promise<boolean> {
  try {
    await client.ping();
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes("timed out");
  }
}
