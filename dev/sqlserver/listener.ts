// The TCP side: takes connections, and can be paused (as gone) or down (refuses) and come back on the same port.
import type { ServerContext } from "./server_context.ts";
import { TdsConnection } from "./tds/connection.ts";

const HOST = "127.0.0.1";

export class Listener {
  readonly #connections = new Set<TdsConnection>();
  readonly #serving = new Set<Promise<void>>();
  #socket: Deno.TcpListener | null = null;
  #resume: (() => void) | null = null;
  #gate: Promise<void> = Promise.resolve();
  #port: number;

  /** `port` 0 takes a free one. */
  constructor(port: number) {
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when a paused server goes on. */
  gate(): Promise<void> {
    return this.#gate;
  }

  up(server: ServerContext): void {
    if (this.#socket !== null) return;
    const socket = Deno.listen({ hostname: HOST, port: this.#port });
    this.#socket = socket;
    this.#port = socket.addr.port;
    this.#track(this.#accept(socket, server));
  }

  /** Refuses new connections and drops those there are. */
  async down(): Promise<void> {
    this.#socket?.close();
    this.#socket = null;
    this.resume();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#serving);
  }

  /** From now on nothing is answered. */
  pause(): void {
    if (this.#resume !== null) return;
    this.#gate = new Promise((resolve) => this.#resume = resolve);
  }

  resume(): void {
    this.#resume?.();
    this.#resume = null;
    this.#gate = Promise.resolve();
  }

  async #accept(socket: Deno.TcpListener, server: ServerContext): Promise<void> {
    try {
      for await (const peer of socket) this.#track(this.#serve(peer, server));
    } catch {
      // Closed.
    }
  }

  async #serve(peer: Deno.TcpConn, server: ServerContext): Promise<void> {
    // Answers go out in several writes; waiting to join them would cost 40 ms each.
    peer.setNoDelay();
    const connection = new TdsConnection(peer, server);
    this.#connections.add(connection);
    server.stats.opened();
    await connection.serve();
    server.stats.closed();
    this.#connections.delete(connection);
  }

  #track(task: Promise<void>): void {
    this.#serving.add(task);
    task.finally(() => this.#serving.delete(task));
  }
}
