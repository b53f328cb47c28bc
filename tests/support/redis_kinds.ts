// The Redis of a stack: one server, a cluster, or a master with replicas and sentinels; on free ports, with the data of each in a directory of
// its own. The product comes in as the user of deploy/redis.acl, so every flow test proves that its rights are enough.
import { Redis } from "ioredis";
import { join } from "node:path";
import type { Processes } from "../../dev/stack/processes.ts";
import type { RedisClient } from "../../shared/script.ts";
import { RedisNode } from "./redis_node.ts";
import { startCluster } from "./redis_cluster.ts";
import { startSentinel } from "./redis_sentinel.ts";

export const redisKinds = ["single", "cluster", "sentinel"] as const;
export type RedisKind = typeof redisKinds[number];

/** What is needed to start any kind. */
export interface RedisParts {
  readonly processes: Processes;
  /** Made when it is not there. */
  readonly directory: string;
  /** The environment of the servers. */
  readonly env: Readonly<Record<string, string>>;
}

/** A kind, running. */
export interface RedisKindServers {
  /** Where it is, as settings of the product without user and password. */
  readonly where: Readonly<Record<string, string>>;
  /** Those that hold data. */
  readonly nodes: readonly RedisNode[];
  /** A client for the test, as a user who may do everything; it waits while there is no server. */
  connect(): RedisClient;
  /** The server that takes the writes for a key just now. Throws when there is none. */
  masterOf(key: string): Promise<RedisNode>;
}

/** The kind that FLOW_REDIS asks for; a single server when it is not set. Throws RangeError for a kind that there is not. */
export function kindFromEnvironment(): RedisKind {
  const asked = Deno.env.get("FLOW_REDIS") || "single";
  const kind = redisKinds.find((known) => known === asked);
  if (!kind) throw new RangeError(`FLOW_REDIS must be one of ${redisKinds.join(", ")}: ${asked}`);
  return kind;
}

const password = "hermes-flow-1";
const aclFile = new URL("../../deploy/redis.acl", import.meta.url);

/** Starts the servers of a kind; resolves when they take writes. */
export async function startRedisKind(kind: RedisKind, parts: RedisParts): Promise<StackRedis> {
  await Deno.mkdir(parts.directory, { recursive: true });
  const acl = join(parts.directory, "users.acl");
  await Deno.writeTextFile(acl, (await Deno.readTextFile(aclFile)).replace("CHANGE-ME", password));
  const args = ["--aclfile", acl];
  switch (kind) {
    case "single":
      return new StackRedis(kind, await startSingle(parts, args));
    case "cluster":
      return new StackRedis(kind, await startCluster(parts, args));
    case "sentinel":
      return new StackRedis(kind, await startSentinel(parts, args));
  }
}

/** The running Redis of a stack. */
export class StackRedis {
  readonly kind: RedisKind;
  /** The product's settings. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #servers: RedisKindServers;

  constructor(kind: RedisKind, servers: RedisKindServers) {
    this.kind = kind;
    this.#servers = servers;
    this.settings = { ...servers.where, REDIS_USERNAME: "hermes", REDIS_PASSWORD: password };
  }

  connect(): RedisClient {
    const client = this.#servers.connect();
    client.on("error", () => {}); // a test may kill the servers: commands then wait until they are back
    return client;
  }

  /** Sends a signal to every server that holds data; resolves when SIGKILL has ended them. */
  async signal(signal: Deno.Signal): Promise<void> {
    await Promise.all(this.#servers.nodes.map((node) => node.signal(signal)));
  }

  /** Ends every server that holds data, and starts it again on its port with what it wrote, or with nothing. */
  async restart({ withData }: { withData: boolean }): Promise<void> {
    await Promise.all(this.#servers.nodes.map((node) => node.restart({ withData })));
  }

  async masterOf(key: string): Promise<RedisNode> {
    return await this.#servers.masterOf(key);
  }

  /** Asks every master that runs, as a user who may do everything: FLUSHALL, KEYS, CLIENT LIST go to one server of a cluster alone. */
  async askMasters<T>(question: (redis: Redis) => Promise<T>): Promise<T[]> {
    const running = this.#servers.nodes.filter(({ isRunning }) => isRunning);
    const answers = await Promise.all(
      running.map((node) =>
        node.ask(async (redis) => (await redis.role())[0] === "master" ? [await question(redis)] : [])
      ),
    );
    return answers.flat();
  }
}

async function startSingle(parts: RedisParts, args: readonly string[]): Promise<RedisKindServers> {
  const node = await RedisNode.start(parts, { name: "redis", args });
  return {
    where: { REDIS_HOST: "127.0.0.1", REDIS_PORT: String(node.port) },
    nodes: [node],
    connect: () => new Redis(node.port, "127.0.0.1", { maxRetriesPerRequest: null }),
    masterOf: () => Promise.resolve(node),
  };
}
