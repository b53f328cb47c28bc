// A Redis under sentinels for a test: a master, two replicas, three sentinels that know of each other from the start, with short limits, so
// that a failover is quick.
import { Redis } from "ioredis";
import { join } from "node:path";
import { freePort } from "../../dev/stack/redis.ts";
import type { RedisKindServers, RedisParts } from "./redis_kinds.ts";
import { askPort, RedisNode } from "./redis_node.ts";

const masterName = "hermes";
const sentinels = 3;
const quorum = 2;
const downAfterMs = 700;
const failoverTimeoutMs = 3_000;

interface Sentinel {
  port: number;
  id: string;
}

/** Resolves when the replicas have the master's data and the sentinels watch over all of them. */
export async function startSentinel(parts: RedisParts, args: readonly string[]): Promise<RedisKindServers> {
  const quick = ["--repl-diskless-sync-delay", "0", "--shutdown-timeout", "0"];
  const master = await RedisNode.start(parts, { name: "redis-1", args: [...args, ...quick] });
  const replicas = await Promise.all([2, 3].map((number) =>
    RedisNode.start(parts, {
      name: `redis-${number}`,
      args: [...args, ...quick, "--replicaof", `127.0.0.1 ${master.port}`],
    })
  ));
  await Promise.all(replicas.map((node) => node.until("to have its master's data", isInStep)));
  const nodes = [master, ...replicas];
  const watchers = Array.from({ length: sentinels }, () => ({ port: freePort(), id: sentinelId() }));
  await Promise.all(watchers.map((one) => startOne(parts, one, watchers, nodes)));
  const addresses = watchers.map(({ port }) => ({ host: "127.0.0.1", port }));
  return {
    where: {
      REDIS_SENTINELS: watchers.map(({ port }) => `127.0.0.1:${port}`).join(","),
      REDIS_SENTINEL_NAME: masterName,
    },
    nodes,
    connect: () =>
      new Redis({
        sentinels: addresses,
        name: masterName,
        maxRetriesPerRequest: null,
        // A frozen master is given up for the next one.
        socketTimeout: 3_000,
        sentinelCommandTimeout: 2_000,
      }),
    masterOf: () => masterNow(nodes, watchers),
  };
}

function sentinelId(): string {
  return (crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", "").slice(0, 40);
}

/** What sentinels would find out by and by stands in its configuration. */
async function startOne(
  { processes, directory, env }: RedisParts,
  { port, id }: Sentinel,
  all: readonly Sentinel[],
  [master, ...replicas]: readonly RedisNode[],
): Promise<void> {
  const at = join(directory, `sentinel-${port}`);
  await Deno.mkdir(at, { recursive: true });
  const file = join(at, "sentinel.conf");
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${at}`,
    `sentinel myid ${id}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${master?.port} ${quorum}`,
    `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
    `sentinel failover-timeout ${masterName} ${failoverTimeoutMs}`,
    `sentinel parallel-syncs ${masterName} 2`,
    ...replicas.map((node) => `sentinel known-replica ${masterName} 127.0.0.1 ${node.port}`),
    ...all.filter((other) => other.port !== port).map((other) =>
      `sentinel known-sentinel ${masterName} 127.0.0.1 ${other.port} ${other.id}`
    ),
  ];
  await Deno.writeTextFile(file, lines.join("\n") + "\n");
  const args = [file, "--sentinel"];
  processes.start({ name: `sentinel-${port}`, rank: "service", command: "redis-server", args, env });
  await untilWatching(port);
}

async function untilWatching(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  const watches = (info: string) =>
    new RegExp(`name=${masterName},status=ok,.*slaves=2,sentinels=3`).test(info);
  for (;;) {
    const info = await askPort(port, (redis) => redis.info("sentinel")).catch(String);
    if (watches(info)) return;
    if (Date.now() > deadline) throw new Error(`the sentinel at ${port} does not watch: ${info}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function isInStep(redis: Redis): Promise<boolean> {
  return /master_link_status:up/.test(await redis.info("replication"));
}

async function masterNow(nodes: readonly RedisNode[], [watcher]: readonly Sentinel[]): Promise<RedisNode> {
  const address = await askPort(
    watcher?.port ?? 0,
    (redis) => redis.call("SENTINEL", "get-master-addr-by-name", masterName),
  );
  const port = Number(Array.isArray(address) ? address[1] : NaN);
  const master = nodes.find((node) => node.port === port);
  if (!master) throw new Error(`the sentinels name a master at port ${port}, which is none of ours`);
  return master;
}
