// Puts the parts together: a store, a TDS listener and a control endpoint, on 127.0.0.1.
import { answerControl } from "./control.ts";
import { BatchCache } from "./exec/batch_cache.ts";
import { Faults } from "./faults.ts";
import { Listener } from "./listener.ts";
import type { ServerContext } from "./server_context.ts";
import { Stats } from "./stats.ts";
import { Store } from "./store/store.ts";
import { TlsUpgrade } from "./tls/upgrade.ts";

export interface SqlServerOptions {
  /** TDS port; 0 or missing takes a free one. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Default `sa`. */
  readonly user?: string;
  readonly password: string;
  /** The one database; default `hermes`. */
  readonly database?: string;
  /** An SQLite file, or `:memory:` (default) for one that goes when the server stops. */
  readonly file?: string;
  /** The database's collation; default SQL_Latin1_General_CP1_CI_AS. */
  readonly collation?: string;
  /** How long a session waits for another's locks before error 1222; default 30,000 ms. A real server waits for ever. */
  readonly lockTimeoutMs?: number;
  /** Where lines about broken connections go; default stderr. */
  readonly log?: (line: string) => void;
}

export interface SqlServer {
  readonly port: number;
  readonly controlPort: number;
  readonly controlUrl: string;
  stop(): Promise<void>;
}

export async function startSqlServer(options: SqlServerOptions): Promise<SqlServer> {
  const database = options.database ?? "hermes";
  const collation = options.collation ?? "SQL_Latin1_General_CP1_CI_AS";
  const store = new Store({ file: options.file ?? ":memory:", database, collation });
  const listener = new Listener(options.port ?? 0);
  const tls = await TlsUpgrade.start();
  const server: ServerContext = {
    store,
    batches: new BatchCache(),
    faults: new Faults(),
    stats: new Stats(),
    user: options.user ?? "sa",
    password: options.password,
    database,
    tls,
    lockTimeoutMs: options.lockTimeoutMs ?? 30_000,
    log: options.log ?? ((line) => console.error(`sqlserver: ${line}`)),
    gate: () => listener.gate(),
  };
  listener.up(server);
  const control = Deno.serve(
    { hostname: "127.0.0.1", port: options.controlPort ?? 0, onListen: () => {} },
    (request) => answerControl(request, listener, server),
  );
  const controlPort = control.addr.port;
  return {
    port: listener.port,
    controlPort,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    stop: async () => {
      await control.shutdown();
      await listener.down();
      await tls.stop();
      store.close();
    },
  };
}
