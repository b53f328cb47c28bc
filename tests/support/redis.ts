// Starts a real redis-server for a test, on a free port and in a temporary directory of its own.
// With TEST_REDIS_URL set, contract tests use that server instead: see `redisForTest`.

import { Redis } from "ioredis";

/** How to start the server; everything is optional. */
export interface RedisOptions {
  /** Keep data in an append-only file, so that `restart()` finds it again. Default: nothing is kept. */
  appendonly?: boolean;
  /** Set, `default` must give this password. */
  password?: string;
  /** Further `redis-server` arguments, such as `["--user", "worker on >secret ~* +@all"]`. */
  extraArgs?: string[];
}

/** A running server. `pid` and `url` stay the same over `restart()`, except that `pid` is the new process. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Sends a signal to the server process; resolves when it has ended, at once for SIGSTOP and SIGCONT. */
  kill(signal: Deno.Signal): Promise<void>;
  /** Ends the server if it still runs and starts it again on the same port with the same directory. */
  restart(): Promise<void>;
  /** Ends the server and removes its directory. May be called twice. */
  stop(): Promise<void>;
}

const readyWithinMs = 10_000;
const stopWithinMs = 5_000;
const startAttemptsMax = 5;

/**
 * Starts `redis-server` on 127.0.0.1 and resolves when PING answers.
 * @throws Error when the program is missing or does not answer within 10 s.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const directory = await Deno.makeTempDir({ prefix: "hermes-redis-" });
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    try {
      return running(port, directory, options, await launch(port, directory, options));
    } catch (error) {
      if (attempt < startAttemptsMax) continue; // another process took the port between our look and its bind
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }
}

/**
 * The server of a contract test: TEST_REDIS_URL when set, else one of its own.
 * `prefix` is random: every key of the test starts with it, and those keys are deleted at the end.
 */
export async function redisForTest(): Promise<{ url: string; prefix: string; stop(): Promise<void> }> {
  const prefix = `hermes-test-${crypto.randomUUID()}:`;
  const given = Deno.env.get("TEST_REDIS_URL");
  if (!given) {
    const server = await startRedis();
    return { url: server.url, prefix, stop: () => server.stop() };
  }
  return { url: given, prefix, stop: () => deleteKeys(given, prefix) };
}

function running(
  port: number,
  directory: string,
  options: RedisOptions,
  first: Deno.ChildProcess,
): RedisServer {
  let child = first;
  let stopped = false;
  const end = async () => {
    send(child, "SIGCONT");
    send(child, "SIGTERM");
    const timer = setTimeout(() => send(child, "SIGKILL"), stopWithinMs);
    await child.status;
    clearTimeout(timer);
  };
  return {
    port,
    url: urlOf(port, options.password),
    get pid() {
      return child.pid;
    },
    async kill(signal) {
      send(child, signal);
      if (signal !== "SIGSTOP" && signal !== "SIGCONT") await child.status;
    },
    async restart() {
      await end();
      child = await launch(port, directory, options);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await end();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function launch(port: number, directory: string, options: RedisOptions): Promise<Deno.ChildProcess> {
  const child = new Deno.Command("redis-server", {
    args: argumentsFor(port, directory, options),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  try {
    await answersPing(urlOf(port, options.password), child.pid, () => ended);
    return child;
  } catch (error) {
    send(child, "SIGKILL");
    await child.status;
    throw error;
  }
}

function argumentsFor(port: number, directory: string, options: RedisOptions): string[] {
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""],
    ...["--appendonly", options.appendonly ? "yes" : "no", "--appendfsync", "always", "--daemonize", "no"],
    ...(options.password ? ["--requirepass", options.password] : []),
    ...(options.extraArgs ?? []),
  ];
}

async function answersPing(url: string, pid: number, hasEnded: () => boolean): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => hasEnded() ? null : 25,
  });
  client.on("error", () => {}); // refused until the server listens: the deadline below decides
  const timer = setTimeout(() => client.disconnect(), readyWithinMs);
  try {
    // Another server that took the port in between would answer a PING as well.
    if (!(await client.info("server")).includes(`process_id:${pid}\r`)) {
      throw new Error("another server answers");
    }
  } catch (error) {
    throw new Error(`starting redis-server: no answer to PING at ${client.options.port} within 10 s`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 500 })) {
      if (keys.length > 0) await client.del(...keys);
    }
  } finally {
    await client.quit();
  }
}

function urlOf(port: number, password: string | undefined): string {
  return password
    ? `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`
    : `redis://127.0.0.1:${port}`;
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already, which is what every caller wants or awaits next.
  }
}
