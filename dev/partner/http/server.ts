// Listens for clients, and opens a connection for each. node:net rather than Deno.serve, because its sockets can be
// reset; rather than node:http, because that costs twice as much, and the bench measures others beside it.
import { createServer, type Server } from "node:net";
import { KEEP_ALIVE_SECONDS } from "./answer_head.ts";
import { Connection, type Serve } from "./connection.ts";

/** How often idle connections are looked for, seconds. */
const SWEEP_SECONDS = 5;

/** Accepts connections at one port, as often as it is told to. */
export class HttpServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #sweeping: ReturnType<typeof setInterval> | undefined;

  /** Does not listen yet. Bodies longer than `bodyMaxBytes` are not kept. */
  constructor(options: { bodyMaxBytes: number; serve: Serve }) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      const connection = new Connection(socket, options);
      this.#connections.add(connection);
      socket.on("close", () => this.#connections.delete(connection));
    });
  }

  /** Listens at a port (0: any free one), and returns it. Rejects when it is taken. */
  open(port: number, hostname: string): Promise<number> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, hostname, () => {
        server.off("error", reject);
        this.#sweeping = setInterval(() => this.#sweep(), SWEEP_SECONDS * 1000);
        const address = server.address();
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error(`the partner listens at no port: ${address}`));
      });
    });
  }

  /** Stops listening and cuts every connection; resolves when all have ended. */
  close(): Promise<void> {
    clearInterval(this.#sweeping);
    return new Promise((resolve) => {
      if (!this.#server.listening) return resolve();
      this.#server.close(() => resolve());
      for (const connection of this.#connections) connection.destroy();
    });
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.rested() * SWEEP_SECONDS > KEEP_ALIVE_SECONDS) connection.destroy();
    }
  }
}
