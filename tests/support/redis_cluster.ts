// A Redis Cluster for a test: three masters that share the slots, and a replica of each, with a short node timeout, so that a failover is
// quick. Made by the commands that `redis-cli --cluster create` sends.
import { Cluster, type Redis } from "ioredis";
import { freePort } from "../../dev/stack/redis.ts";
import type { RedisKindServers, RedisParts } from "./redis_kinds.ts";
import { RedisNode } from "./redis_node.ts";

const slots = 16_384;
const masters = 3;
const nodeTimeoutMs = 1_000;
const startAttemptsMax = 5;

/** Resolves when every slot has a master and every master a replica that has its data. */
export async function startCluster(parts: RedisParts, args: readonly string[]): Promise<RedisKindServers> {
  const nodes = await Promise.all(
    Array.from({ length: 2 * masters }, (_, index) => startNode(parts, index, args)),
  );
  await meet(nodes);
  await Promise.all(nodes.slice(masters).map((node, index) => replicate(node, nodes[index])));
  await Promise.all(nodes.map((node) => node.until("to find the cluster whole", isWhole)));
  await Promise.all(nodes.slice(masters).map((node) => node.until("to have its master's data", isInStep)));
  return {
    where: { REDIS_CLUSTER_NODES: nodes.map(({ port }) => `127.0.0.1:${port}`).join(",") },
    nodes,
    connect: () =>
      new Cluster(nodes.map(({ port }) => ({ host: "127.0.0.1", port })), {
        // A frozen master is given up for the next one.
        redisOptions: { maxRetriesPerRequest: null, socketTimeout: 3_000 },
        slotsRefreshTimeout: 5_000,
        maxRedirections: 100,
      }),
    masterOf: (key) => masterOf(nodes, key),
  };
}

async function startNode(parts: RedisParts, index: number, args: readonly string[]): Promise<RedisNode> {
  for (let attempt = 1;; attempt++) {
    try {
      return await tryToStartNode(parts, index, args);
    } catch (error) {
      // Another process may have taken the bus's port between our look and the node's bind.
      if (attempt === startAttemptsMax) throw error;
    }
  }
}

function tryToStartNode(parts: RedisParts, index: number, args: readonly string[]): Promise<RedisNode> {
  return RedisNode.start(parts, {
    name: `redis-${index + 1}`,
    args: [
      ...args,
      ...["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"],
      ...["--cluster-port", String(freePort()), "--cluster-node-timeout", String(nodeTimeoutMs)],
      ...["--cluster-replica-validity-factor", "0", "--cluster-allow-replica-migration", "no"],
      ...["--repl-diskless-sync-delay", "0", "--shutdown-timeout", "0"],
    ],
  });
}

async function meet(nodes: readonly RedisNode[]): Promise<void> {
  await Promise.all(nodes.map((node, index) =>
    node.ask(async (redis) => {
      await redis.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
      if (index < masters) await redis.call("CLUSTER", "ADDSLOTSRANGE", ...rangeOf(index));
    })
  ));
  const buses = await Promise.all(nodes.map((node) => node.ask(busPortOf)));
  await nodes[0]?.ask(async (redis) => {
    for (const [index, node] of nodes.entries()) {
      if (index > 0) await redis.call("CLUSTER", "MEET", "127.0.0.1", node.port, buses[index] ?? "");
    }
  });
  await Promise.all(nodes.map((node) => node.until("to know all others", knowsAll)));
}

function rangeOf(index: number): [number, number] {
  return [Math.floor(index * slots / masters), Math.floor((index + 1) * slots / masters) - 1];
}

async function busPortOf(redis: Redis): Promise<string> {
  const reply = await redis.config("GET", "cluster-port");
  return String(Array.isArray(reply) ? reply[1] : "");
}

async function knowsAll(redis: Redis): Promise<boolean> {
  const lines = String(await redis.cluster("NODES")).trim().split("\n");
  return lines.length === 2 * masters && !lines.some((line) => /handshake|noaddr/.test(line));
}

async function replicate(node: RedisNode, master: RedisNode | undefined): Promise<void> {
  if (!master) throw new RangeError("a replica without a master");
  const id = String(await master.ask((redis) => redis.cluster("MYID")));
  await node.ask((redis) => redis.call("CLUSTER", "REPLICATE", id));
}

async function isWhole(redis: Redis): Promise<boolean> {
  return /cluster_state:ok[^]*cluster_slots_ok:16384/.test(String(await redis.cluster("INFO")));
}

async function isInStep(redis: Redis): Promise<boolean> {
  return /master_link_status:up/.test(await redis.info("replication"));
}

async function masterOf(nodes: readonly RedisNode[], key: string): Promise<RedisNode> {
  const asked = nodes.find(({ isRunning }) => isRunning);
  if (!asked) throw new Error(`no node of the cluster runs that could tell who holds ${key}`);
  const port = await asked.ask(async (redis) => {
    const slot = Number(await redis.cluster("KEYSLOT", key));
    const ranges = await redis.cluster("SLOTS");
    return ranges.find(([from, to]) => Number(from) <= slot && slot <= Number(to))?.[2]?.[1];
  });
  const master = nodes.find((node) => node.port === Number(port));
  if (!master) throw new Error(`no node of the cluster holds ${key}`);
  return master;
}
