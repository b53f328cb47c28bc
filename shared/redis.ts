// Connections to Redis: a single server, a cluster or sentinels. A connection that does not answer is thrown away and made anew:
// sockets can be half open for ever, and the client library's own options do not notice it.
import { Cluster, Redis } from "ioredis";
import { systemClock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { RedisClient } from "./script.ts";
import type { RedisSettings } from "./settings.ts";
import type { HostPort } from "./settings_kinds.ts";

/** A command without an answer after this fails, ms. */
const commandTimeoutMs = 5_000;
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
  const hush = log && tellLog(client, settings, log);
  const watching = setInterval(() => watch(client), pingEveryMs);
  await ready(client);
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
  const client = clientFor(settings, connectionOptions(settings, blocking));
  // Every command reports its own failure; without a listener the library prints to the console.
  client.on("error", () => {});
  return client;
}

/** Once for each loss, however often the library tries again. Returns what ends it: a connection that we close is not lost. */
function tellLog(client: RedisClient, settings: RedisSettings, log: Log): () => void {
  let lostAtMs: number | null = null;
  let wasReady = false;
  const lose = (error: Error) => {
    if (lostAtMs !== null) return;
    lostAtMs = systemClock.now();
    log.event("redis.lost", { error });
  };
  const address = addressOf(settings);
  client.on("error", (cause: unknown) => lose(new Error(`connecting to ${address}`, { cause })));
  const onClose = () => wasReady && lose(new Error(`the connection to ${address} was closed`));
  client.on("close", onClose);
  client.on("ready", () => {
    wasReady = true;
    if (lostAtMs !== null) log.event("redis.back", { ms: systemClock.now() - lostAtMs });
    lostAtMs = null;
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

function connectionOptions(settings: RedisSettings, blocking: boolean) {
  return {
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls ? { tls: settings.caFile ? { ca: Deno.readTextFileSync(settings.caFile) } : {} } : {}),
    ...(blocking ? {} : { commandTimeout: commandTimeoutMs }),
    connectTimeout: commandTimeoutMs,
    // The protocol that every server and proxy speaks.
    protocol: 2 as const,
    // Commands fail at once while there is no connection: the loops that send them know how to wait and what to send again.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    // A server that loads its data guesses how long it will take; the library would wait for as long, up to 10 s.
    maxLoadingRetryTime: 1_000,
    keepAlive: 10_000,
    retryStrategy: (times: number) => Math.min(times * 100, 2_000),
    // After a failover the old master is a read-only replica: connect anew, to the new one.
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
  };
}

function clientFor(settings: RedisSettings, options: ReturnType<typeof connectionOptions>): RedisClient {
  switch (settings.kind) {
    case "single":
      return new Redis({ ...options, host: settings.host, port: settings.port, db: settings.db });
    case "sentinel":
      return new Redis({
        ...options,
        sentinels: settings.sentinels.map((node) => ({ ...node })),
        name: settings.masterName,
      });
    case "cluster": {
      const { retryStrategy: clusterRetryStrategy, enableOfflineQueue, ...redisOptions } = options;
      const nodes = settings.nodes.map((node) => ({ ...node }));
      return new Cluster(nodes, { redisOptions, clusterRetryStrategy, enableOfflineQueue });
    }
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

async function watch(client: RedisClient): Promise<void> {
  if (client.status !== "ready") return;
  try {
    await client.ping();
  } catch (error) {
    if (error instanceof Error && error.message.includes("timed out")) client.disconnect(true);
  }
}
