// How clients are set up for each kind of Redis (shared/redis_options.ts): what the library would do otherwise has cost documents or time.
import { assert, assertEquals } from "@std/assert";
import { Cluster, Redis } from "ioredis";
import { clientFor } from "../../shared/redis_options.ts";
import type { RedisSettings } from "../../shared/settings.ts";

const common = { keyPrefix: "hermes:", tls: false };
const nodes = [{ host: "127.0.0.1", port: 1 }];

Deno.test("commands fail at once without a connection, and are not sent again behind their caller's back", () => {
  const client = opened({ ...common, kind: "single", ...nodes[0]!, db: 0 });
  assert(client instanceof Redis);
  const { enableOfflineQueue, autoResendUnfulfilledCommands, maxRetriesPerRequest } = client.options;
  assertEquals([enableOfflineQueue, autoResendUnfulfilledCommands, maxRetriesPerRequest], [false, false, 0]);
});

Deno.test("a cluster's client follows moved slots, and leaves every other repetition to its caller", () => {
  const client = opened({ ...common, kind: "cluster", nodes });
  assert(client instanceof Cluster);
  const { retryDelayOnFailover, retryDelayOnClusterDown, enableOfflineQueue, scaleReads } = client.options;
  assertEquals([retryDelayOnFailover, retryDelayOnClusterDown, enableOfflineQueue], [0, 0, false]);
  assertEquals(scaleReads, "master");
});

Deno.test("REDIS_TLS encrypts the connections to sentinels and to the master that they name", () => {
  const client = opened({ ...common, tls: true, kind: "sentinel", sentinels: nodes, masterName: "m" });
  assert(client instanceof Redis);
  const { enableTLSForSentinelMode, sentinelTLS, tls, sentinelCommandTimeout } = client.options;
  assertEquals([enableTLSForSentinelMode, sentinelTLS, tls], [true, {}, {}]);
  assert(sentinelCommandTimeout, "a frozen sentinel is not waited for without end");
});

/** A client that is closed at once; nobody listens at port 1. */
function opened(settings: RedisSettings): Redis | Cluster {
  const client = clientFor(settings, false);
  client.on("error", () => {});
  client.disconnect();
  return client;
}
