// How a client of ioredis is set up for a single server, a cluster or sentinels. shared/redis.ts opens and watches it.
import { Cluster, Redis } from "ioredis";
import type { RedisClient } from "./script.ts";
import type { RedisSettings } from "./settings.ts";

/** A command without an answer after this fails, ms. */
const commandTimeoutMs = 5_000;
/** A sentinel, or a cluster's node that is asked for the slots, without an answer after this is passed over for the next one, ms. */
const askNodeMs = 2_000;
/** A command may be sent on to another node of a cluster so often: slots move, and a failover moves all of a node's. */
const redirectionsMax = 6;

/** A client that connects by itself, again and again. `blocking`: for a reader that waits, with no limit for a command's answer. */
export function clientFor(settings: RedisSettings, blocking: boolean): RedisClient {
  const options = connectionOptions(settings, blocking);
  switch (settings.kind) {
    case "single":
      return new Redis({ ...options, host: settings.host, port: settings.port, db: settings.db });
    case "sentinel":
      return new Redis({
        ...options,
        sentinels: settings.sentinels.map((node) => ({ ...node })),
        name: settings.masterName,
        // A frozen sentinel takes the connection, and would be waited for without end.
        sentinelCommandTimeout: askNodeMs,
        // Without this the library leaves the connection to the master unencrypted.
        ...(options.tls ? { enableTLSForSentinelMode: true, sentinelTLS: options.tls } : {}),
      });
    case "cluster":
      return clusterFor(settings, options);
  }
}

type Options = ReturnType<typeof connectionOptions>;

function clusterFor(settings: Extract<RedisSettings, { kind: "cluster" }>, options: Options): Cluster {
  const { retryStrategy: clusterRetryStrategy, enableOfflineQueue, reconnectOnError: _, ...redisOptions } =
    options;
  return new Cluster(settings.nodes.map((node) => ({ ...node })), {
    redisOptions,
    clusterRetryStrategy,
    enableOfflineQueue,
    maxRedirections: redirectionsMax,
    slotsRefreshTimeout: askNodeMs,
    // What the library would send again by itself, it might send long after its caller has given it up.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
  });
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
    // CLIENT SETINFO is newer than the servers we run on, and no right that we ask for.
    disableClientInfo: true,
    // Commands fail at once while there is no connection: the loops that send them know how to wait and what to send again.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // So do those that are out when it is lost: otherwise they would hang until they time out.
    maxRetriesPerRequest: 0,
    // A server that loads its data guesses how long it will take; the library would wait for as long, up to 10 s.
    maxLoadingRetryTime: 1_000,
    keepAlive: 10_000,
    retryStrategy: (times: number) => Math.min(times * 100, 2_000),
    // After a failover the old master is a read-only replica: connect anew, to the new one.
    reconnectOnError: (error: Error) => error.message.includes("READONLY"),
  };
}
