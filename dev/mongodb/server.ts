// The embedded MongoDB stand-in: a TCP server that speaks enough of MongoDB's wire protocol for
// `npm:mongodb` and mongosh, over collections in memory. For development and tests only.

import { close, serveConnection } from "./connection.ts";
import { serveControl } from "./control.ts";
import { Faults } from "./faults.ts";
import { load, Saver } from "./persistence.ts";
import { Store } from "./store.ts";
import { sweepExpired } from "./ttl.ts";

export interface MongoOptions {
  /** Port on 127.0.0.1; 0 or nothing: any free one. */
  readonly port?: number;
  /** Port of the control endpoint; 0 or nothing: any free one. */
  readonly controlPort?: number;
  /** Data file: read at the start, written within about a second of a change and at the stop. */
  readonly file?: string;
}

export interface MongoServer {
  readonly port: number;
  readonly controlPort: number;
  /** Connection string for `npm:mongodb`, without a database. */
  readonly uri: string;
  /** Address of the control endpoint, without a slash at the end: see `control.ts`. */
  readonly controlUrl: string;
  /** Closes every connection and saves the data. May be called twice. */
  stop(): Promise<void>;
}

const sweepEveryMs = 1_000;

/**
 * Starts the stand-in and resolves when it listens.
 * @throws Error when a port is taken or the data file cannot be read.
 */
export async function startMongo(options: MongoOptions = {}): Promise<MongoServer> {
  const store = new Store();
  if (options.file) await load(store, options.file);
  const saver = options.file ? new Saver(store, options.file) : undefined;
  const faults = new Faults();
  const listener = new Listener(options.port ?? 0, store, faults);
  const control = serveControl(options.controlPort ?? 0, {
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    down: () => listener.down(),
    up: () => listener.up(),
    stats: () => listener.stats(),
  });
  const sweeper = setInterval(() => sweepExpired(store, Date.now()), sweepEveryMs);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    clearInterval(sweeper);
    await listener.stop();
    await control.shutdown();
    await saver?.stop();
  };
  return {
    port: listener.port,
    controlPort: control.addr.port,
    uri: `mongodb://127.0.0.1:${listener.port}`,
    controlUrl: `http://127.0.0.1:${control.addr.port}`,
    stop: () => stopped ??= stop(),
  };
}

/** Accepts connections, and can refuse them and accept them again on the same port. */
class Listener {
  readonly port: number;
  readonly #store: Store;
  readonly #faults: Faults;
  /** Open connections, each with the promise of its end. */
  readonly #sockets = new Map<Deno.Conn, Promise<void>>();
  readonly #commands = new Map<string, number>();
  readonly #startedAtMs = Date.now();
  #accepted = 0;
  #listener: Deno.TcpListener | undefined;
  #whileUp = new AbortController();

  constructor(port: number, store: Store, faults: Faults) {
    this.#store = store;
    this.#faults = faults;
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.port = listener.addr.port;
    this.#accept(listener);
  }

  down(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#whileUp.abort();
    for (const socket of this.#sockets.keys()) close(socket);
  }

  up(): void {
    if (!this.#listener) this.#accept(Deno.listen({ hostname: "127.0.0.1", port: this.port }));
  }

  /** Goes down for good; resolves when every connection has ended. */
  async stop(): Promise<void> {
    this.down();
    await Promise.all(this.#sockets.values());
  }

  stats(): unknown {
    return {
      isUp: this.#listener !== undefined,
      commands: Object.fromEntries(this.#commands),
      connections: { current: this.#sockets.size, total: this.#accepted },
      faults: this.#faults.list,
    };
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    this.#listener = listener;
    this.#whileUp = new AbortController();
    try {
      for await (const socket of listener) this.#sockets.set(socket, this.#serve(socket));
    } catch {
      // The listener was closed while it waited: `down` or `stop`.
    }
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    socket.setNoDelay(true);
    const connections = { current: this.#sockets.size + 1, total: ++this.#accepted };
    await serveConnection(socket, {
      context: {
        store: this.#store,
        connectionId: this.#accepted,
        connections,
        startedAtMs: this.#startedAtMs,
      },
      faults: this.#faults,
      counted: (command) => this.#commands.set(command, (this.#commands.get(command) ?? 0) + 1),
      signal: this.#whileUp.signal,
    });
    this.#sockets.delete(socket);
  }
}
