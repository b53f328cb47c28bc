// What all connections of a server share.
import type { BatchCache } from "./exec/batch_cache.ts";
import type { Faults } from "./faults.ts";
import type { Stats } from "./stats.ts";
import type { Store } from "./store/store.ts";
import type { TlsUpgrade } from "./tls/upgrade.ts";

export interface ServerContext {
  readonly store: Store;
  readonly batches: BatchCache;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly lockTimeoutMs: number;
  readonly tls: TlsUpgrade;
  log(line: string): void;
  /** Resolves at once, or when a paused server goes on. */
  gate(): Promise<void>;
}
