// Which server of Redis holds a key, and over which connection it is reached: what shared/footing.ts looks at.
import { Cluster, Command, type Redis } from "ioredis";
import type { RedisClient } from "./script.ts";

/** What a server says of itself. */
export interface Holder {
  /** The connection that it was asked over. */
  connection: object;
  /** The same for as long as the same process serves the same data: its run id, and the id of the data's replication history. */
  server: string;
  /** Its clock, ms. */
  nowMs: number;
}

/** The server that holds the keys of one document type. */
export interface Sight {
  /** The present connection to the server; null without one. Asks nobody. */
  connection(): object | null;
  /** Asks the server; makes the connection where there is none. Throws when it cannot be reached. */
  look(): Promise<Holder>;
}

/** Looks at the server that holds a key: in a cluster the master of its slot, which may be another one at every look. */
export class KeySight implements Sight {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #slot: number;

  constructor(redis: RedisClient, key: string) {
    this.#redis = redis;
    this.#key = key;
    this.#slot = new Command("exists", [key]).getSlot();
  }

  connection(): object | null {
    return connectionTo(this.#node());
  }

  async look(): Promise<Holder> {
    // A command for the key takes a cluster's client to the node that has it by now.
    await this.#redis.exists(this.#key);
    const node = this.#node();
    const connection = connectionTo(node);
    if (!node || !connection) throw new Error(`no connection to the server that holds ${this.#key}`);
    const [info, time] = await Promise.all([node.info().catch(() => ""), node.time()]);
    return { connection, server: serverFrom(info), nowMs: msFrom(time) };
  }

  #node(): Redis | undefined {
    if (!(this.#redis instanceof Cluster)) return this.#redis;
    return nodeFor(this.#redis, this.#slot);
  }
}

/** The masters of a cluster's slots, as far as the client knows them. */
export function mastersOf(cluster: Cluster): Redis[] {
  const masters = new Set(cluster.slots.map(([address]) => address));
  return cluster.nodes().filter(({ options: { host, port } }) => masters.has(`${host}:${port}`));
}

/** The answer of TIME in ms. */
export function msFrom([seconds, micros]: (number | string)[]): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

function nodeFor(cluster: Cluster, slot: number): Redis | undefined {
  const address = cluster.slots[slot]?.[0];
  return cluster.nodes().find(({ options: { host, port } }) => `${host}:${port}` === address);
}

function connectionTo(node: Redis | undefined): object | null {
  return node?.status === "ready" ? node.stream : null;
}

/** Where INFO is not allowed, or a proxy leaves the ids out of it, every connection counts as one to another server. */
function serverFrom(info: string): string {
  const ids = ["run_id", "master_replid"].map((name) => new RegExp(`^${name}:(\\w+)`, "m").exec(info)?.[1]);
  return ids.every((id) => id !== undefined) ? ids.join(" ") : crypto.randomUUID();
}
