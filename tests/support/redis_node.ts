// One redis-server of a stack's Redis, whatever its part is: it can be asked, signalled, and started again on the same port.
import { Redis } from "ioredis";
import { join } from "node:path";
import type { Child } from "../../dev/stack/child.ts";
import type { Processes } from "../../dev/stack/processes.ts";
import { startRedisServer } from "../../dev/stack/redis.ts";

const lookEveryMs = 25;
const lookWithinMs = 20_000;

interface NodeParts {
  readonly processes: Processes;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

export class RedisNode {
  readonly name: string;
  readonly port: number;
  readonly #parts: NodeParts;
  readonly #args: readonly string[];
  #child: Child;

  private constructor(
    parts: NodeParts,
    options: { name: string; args: readonly string[]; port: number; child: Child },
  ) {
    this.name = options.name;
    this.port = options.port;
    this.#parts = parts;
    this.#args = options.args;
    this.#child = options.child;
  }

  /** Resolves when it answers. `parts.directory` is that of all nodes. */
  static async start(
    parts: NodeParts,
    { name, args }: { name: string; args: readonly string[] },
  ): Promise<RedisNode> {
    const own = { ...parts, directory: join(parts.directory, name) };
    const { child, port } = await startRedisServer(own.processes, { ...own, name, args });
    return new RedisNode(own, { name, args, port, child });
  }

  get isRunning(): boolean {
    return !this.#child.hasEnded;
  }

  async signal(signal: Deno.Signal): Promise<void> {
    this.#child.kill(signal);
    if (signal === "SIGKILL") await this.#child.ended;
  }

  /** What a cluster's node knows of the others stays in any case. */
  async restart({ withData }: { withData: boolean }): Promise<void> {
    const { processes, directory, env } = this.#parts;
    await this.#child.stop(0);
    if (!withData) await this.#removeData();
    const options = { directory, env, port: this.port, name: this.name, args: this.#args };
    this.#child = (await startRedisServer(processes, options)).child;
  }

  async #removeData(): Promise<void> {
    for (const name of ["appendonlydir", "dump.rdb"]) {
      await Deno.remove(join(this.#parts.directory, name), { recursive: true }).catch(() => {});
    }
  }

  /** Asks the server something, over a connection of its own. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    return await askPort(this.port, question);
  }

  /** Waits until the answer pleases. Throws an Error that says what was waited for. */
  async until(what: string, pleases: (redis: Redis) => Promise<boolean>): Promise<void> {
    await this.ask(async (redis) => {
      const deadline = Date.now() + lookWithinMs;
      while (!await pleases(redis)) {
        if (Date.now() > deadline) {
          throw new Error(`waiting for ${this.name} ${what}: ${lookWithinMs} ms are over`);
        }
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    });
  }
}

/** Asks the server at a port something. Throws when there is none. */
export async function askPort<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1", {
    protocol: 2,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {}); // the question tells
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
