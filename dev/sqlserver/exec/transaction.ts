// A session's transaction: BEGIN, COMMIT and ROLLBACK by any of their three ways (text, TDS request, autocommit).
// The store's writer is taken at the first write and given back when the transaction ends.
import type { Catalog } from "../catalog.ts";
import { SqlError } from "../errors.ts";
import { quoteName } from "../sql/emit/context.ts";
import type { Session } from "../session.ts";

export type Isolation = "read uncommitted" | "read committed" | "repeatable read" | "serializable";

export class Transaction {
  readonly #session: Session;
  /** @@TRANCOUNT: BEGINs not yet committed. */
  depth = 0;
  isolation: Isolation = "read committed";
  #writes = false;
  /** Name of each savepoint and the catalog as it was there. */
  readonly #savepoints = new Map<string, Catalog>();
  #id = 0n;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The number TDS knows it by; 0 outside a transaction. */
  get id(): bigint {
    return this.depth > 0 ? this.#id : 0n;
  }

  begin(): void {
    if (this.depth === 0) this.#id = nextId();
    this.depth++;
  }

  /** 3902 without a BEGIN; an inner COMMIT only counts down. */
  commit(): void {
    if (this.depth === 0) {
      throw new SqlError(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.");
    }
    this.depth--;
    if (this.depth === 0) this.#end("COMMIT");
  }

  /** Undoes everything, however deep; without a transaction it does nothing. */
  rollback(): void {
    this.depth = 0;
    this.#end("ROLLBACK");
  }

  /** SAVE TRANSACTION: the writer must be held, so that there is something to return to. */
  save(name: string): void {
    const { store } = this.#session;
    store.writer.exec(`SAVEPOINT ${quoteName(`user ${name.toLowerCase()}`)}`);
    this.#savepoints.set(name.toLowerCase(), store.catalogFor(this.#session));
  }

  hasSavepoint(name: string): boolean {
    return this.#savepoints.has(name.toLowerCase());
  }

  rollbackTo(name: string): void {
    const { store } = this.#session;
    store.writer.exec(`ROLLBACK TO ${quoteName(`user ${name.toLowerCase()}`)}`);
    const catalog = this.#savepoints.get(name.toLowerCase());
    if (catalog !== undefined) store.restoreCatalog(catalog);
  }

  /** Takes the writer, waiting for it if need be, and opens SQLite's transaction. */
  async takeWriter(signal: AbortSignal): Promise<void> {
    if (this.#writes) return;
    const { store, lockTimeoutMs } = this.#session;
    await store.lock.acquire(this.#session, { timeoutMs: lockTimeoutMs, signal });
    store.writer.exec("BEGIN IMMEDIATE");
    this.#writes = true;
  }

  /** Runs a writing action whole or not at all; outside a transaction it is committed at once. */
  async write<T>(signal: AbortSignal, action: () => T): Promise<T> {
    await this.takeWriter(signal);
    const { store } = this.#session;
    const catalog = store.catalogFor(this.#session);
    store.writer.exec("SAVEPOINT statement");
    try {
      const result = store.as(this.#session, action);
      store.writer.exec("RELEASE statement");
      if (this.depth === 0) this.#end("COMMIT");
      return result;
    } catch (error) {
      store.writer.exec("ROLLBACK TO statement");
      store.writer.exec("RELEASE statement");
      store.restoreCatalog(catalog);
      if (this.depth === 0) this.#end("ROLLBACK");
      throw error;
    }
  }

  #end(how: "COMMIT" | "ROLLBACK"): void {
    this.#savepoints.clear();
    if (!this.#writes) return;
    const { store } = this.#session;
    store.writer.exec(how);
    store.transactionEnded(how === "COMMIT");
    this.#writes = false;
    store.lock.release(this.#session);
  }
}

let ids = 0n;

function nextId(): bigint {
  return ++ids;
}
