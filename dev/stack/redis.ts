// The stack's Redis: a real redis-server of the system, on a port and in a directory of its own.
import { Redis } from "ioredis";
import type { Child } from "./child.ts";
import type { Processes } from "./processes.ts";

const program = "redis-server";
const readyWithinMs = 10_000;
const portAttemptsMax = 5;
/** What the scripts in shared/lua need (design, section 2). */
const versionMin = [6, 2] as const;

/** Where it runs; the environment is that of the process. */
export interface RedisServerOptions {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Any free one when left out. */
  readonly port?: number;
  /** Names its log file. */
  readonly name?: string;
  /** What redis-server is told besides. */
  readonly args?: readonly string[];
}

/** Something the stack needs is not on this machine; the message says how to get it. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";
}

/** Throws MissingProgram when there is no redis-server, or only one that is too old. */
export async function checkRedis(): Promise<void> {
  const version = await versionOfRedis();
  if (version === null) {
    throw new MissingProgram(
      "redis-server is not installed: `sudo apt install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS) " +
        "installs it; or name a Redis of your own with REDIS_URL in .env.",
    );
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1])) return;
  throw new MissingProgram(
    `redis-server ${version} is too old: Hermes needs ${versionMin.join(".")} or later.`,
  );
}

/** Starts it and resolves when it answers. Throws an Error with the end of its log when it does not. */
export async function startRedisServer(
  processes: Processes,
  { directory, env, port, name = "redis", args: more = [] }: RedisServerOptions,
): Promise<{ child: Child; port: number }> {
  await Deno.mkdir(directory, { recursive: true });
  for (let attempt = 1;; attempt++) {
    const portTried = port ?? freePort();
    const args = [...argumentsFor(portTried, directory), ...more];
    const child = processes.start({ name, rank: "service", command: program, args, env });
    try {
      await answersPing(portTried, child);
      return { child, port: portTried };
    } catch (error) {
      processes.forget(child);
      await child.stop(0);
      // Another process may have taken the port between our look and its bind.
      if (port !== undefined || attempt === portAttemptsMax || !isPortTaken(child, error)) throw error;
    }
  }
}

async function versionOfRedis(): Promise<string | null> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    return /\bv=(\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "0.0";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Nothing is evicted: an entry that Redis forgets is sent again only after the next scan. */
function argumentsFor(port: number, directory: string): string[] {
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--daemonize", "no"],
    ...["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
  ];
}

async function answersPing(port: number, child: Child): Promise<void> {
  const client = new Redis(port, "127.0.0.1", {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // A server that loads its data is asked again soon; the library would wait for as long as the server guesses, up to 10 s.
    maxLoadingRetryTime: 100,
    retryStrategy: () => child.hasEnded ? null : 25,
  });
  client.on("error", () => {}); // refused until the server listens: the deadline below decides
  const timer = setTimeout(() => client.disconnect(), readyWithinMs);
  try {
    // Another server that took the port in between would answer a PING as well.
    const pid = /process_id:(\d+)/.exec(await client.info("server"))?.[1];
    if (Number(pid) !== child.pid) throw new Error(`process ${pid} answers there: Address already in use`);
  } catch (cause) {
    const state = child.hasEnded ? child.describeEnd() : `no answer within ${readyWithinMs} ms`;
    throw new Error(`starting ${program} on port ${port}: ${state}`, { cause });
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

function isPortTaken(child: Child, error: unknown): boolean {
  const said = [...child.lastLines, error instanceof Error ? String(error.cause) : ""];
  return said.some((line) => line.includes("Address already in use"));
}

/** A port that nobody listened on just now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
