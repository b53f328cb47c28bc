// The database: two SQLite connections, the catalog, who writes, and which rows the open transaction holds.
// The writer connection carries the transaction of the session that owns the lock; everybody else reads what is
// committed through the reader, so nothing uncommitted leaks (WAL gives the reader its snapshot).
import { Catalog, nextVersion, type Table, tableFromJson, tableToJson } from "../catalog.ts";
import { type Collation, findCollation } from "../engine/collation.ts";
import { Ops } from "../engine/ops.ts";
import { quoteName } from "../sql/emit/context.ts";
import { Connection } from "./connection.ts";
import { registerFunctions } from "./functions.ts";
import { WriterLock } from "./writer_lock.ts";

/** Thrown by row_free() inside SQLite: the statement is run again when the writer has let go. */
export class RowIsLocked extends Error {
  override readonly name = "RowIsLocked";
}

export interface StoreOptions {
  /** A file, or `:memory:` for a temporary file that goes with the store. */
  readonly file: string;
  readonly database: string;
  readonly collation: string;
}

export class Store {
  readonly ops = new Ops();
  readonly lock = new WriterLock();
  readonly writer: Connection;
  readonly reader: Connection;
  readonly #temporary: string | null;
  readonly #identities = new Map<string, bigint>();
  readonly #lockedRows = new Map<string, Set<bigint>>();
  #committed: Catalog;
  /** The writer's catalog while its transaction has changed it. */
  #working: Catalog | null = null;
  /** Whose statement runs right now; statements run to their end without a pause. */
  #running: object | null = null;

  constructor(options: StoreOptions) {
    this.#temporary = options.file === ":memory:"
      ? Deno.makeTempDirSync({ prefix: "hermes-sqlserver-" })
      : null;
    const path = this.#temporary === null ? options.file : `${this.#temporary}/database.sqlite`;
    this.writer = new Connection(path);
    this.writer.exec("PRAGMA journal_mode=WAL");
    this.writer.exec(`CREATE TABLE IF NOT EXISTS "$catalog"(name PRIMARY KEY, definition)`);
    this.reader = new Connection(path);
    for (const connection of [this.writer, this.reader]) this.#prepare(connection);
    this.#committed = this.#load(options);
  }

  close(): void {
    this.writer.close();
    this.reader.close();
    if (this.#temporary !== null) Deno.removeSync(this.#temporary, { recursive: true });
  }

  /** The database's default. */
  get collation(): Collation {
    return this.#committed.collation;
  }

  /** The catalog as a session sees it. */
  catalogFor(session: object): Catalog {
    return this.lock.owner === session ? this.#working ?? this.#committed : this.#committed;
  }

  /** Tables in which another session holds rows. */
  tablesLockedFor(session: object): ReadonlySet<string> {
    if (this.lock.owner === null || this.lock.owner === session) return new Set();
    return new Set(this.#lockedRows.keys());
  }

  /** The connection a session reads from: its own transaction, or what is committed. */
  connectionFor(session: object, dirty: boolean): Connection {
    return dirty || this.lock.owner === null || this.lock.owner === session ? this.writer : this.reader;
  }

  /** Runs a statement of a session; functions called inside know whose it is. */
  as<T>(session: object, action: () => T): T {
    this.#running = session;
    try {
      return action();
    } finally {
      this.#running = null;
    }
  }

  /** Remembers rows as held until the transaction ends. */
  holdRows(table: Table, rowIds: Iterable<bigint>): void {
    const key = table.name.toLowerCase();
    const held = this.#lockedRows.get(key) ?? new Set<bigint>();
    for (const rowId of rowIds) held.add(rowId);
    if (held.size > 0) this.#lockedRows.set(key, held);
  }

  /** Writes a changed table definition; part of the open transaction. */
  saveTable(table: Table): void {
    this.writer.run(`INSERT OR REPLACE INTO "$catalog"(name, definition) VALUES (?, ?)`, [
      table.name.toLowerCase(),
      tableToJson(table),
    ]);
    this.#working = (this.#working ?? this.#committed).with(table);
  }

  removeTable(table: Table): void {
    this.writer.run(`DELETE FROM "$catalog" WHERE name = ?`, [table.name.toLowerCase()]);
    this.#working = (this.#working ?? this.#committed).without(table);
    this.#identities.delete(table.name.toLowerCase());
  }

  /** The writer's transaction has ended. */
  transactionEnded(committed: boolean): void {
    if (committed && this.#working !== null) this.#committed = this.#working;
    // A table that was never made must not leave its counter to the next one of its name.
    if (!committed && this.#working !== null) this.#identities.clear();
    this.#working = null;
    this.#lockedRows.clear();
  }

  /** A rollback to a savepoint undoes DDL of the statement too. */
  restoreCatalog(catalog: Catalog): void {
    this.#working = catalog === this.#committed ? null : catalog;
  }

  /** The next identity value; values are used up even when the row is not kept, as in SQL Server. */
  nextIdentity(table: Table): bigint {
    const column = table.columns.find((candidate) => candidate.identity !== null);
    if (column?.identity == null) throw new Error(`${table.name} has no identity`);
    const key = table.name.toLowerCase();
    const last = this.#identities.get(key) ?? this.#largest(table, column.name);
    const next = last === null ? column.identity.seed : last + column.identity.increment;
    this.#identities.set(key, next);
    return next;
  }

  /** An explicit identity value moves the counter on, a TRUNCATE (null) sets it back. */
  noteIdentity(table: Table, value: bigint | null): void {
    const key = table.name.toLowerCase();
    const last = this.#identities.get(key);
    if (value === null) this.#identities.delete(key);
    else if (last !== undefined && value > last) this.#identities.set(key, value);
  }

  #largest(table: Table, column: string): bigint | null {
    const largest = this.writer.first(`SELECT max(${quoteName(column)}) FROM ${quoteName(table.name)}`)?.[0];
    return typeof largest === "bigint" ? largest : null;
  }

  #prepare(connection: Connection): void {
    // A development database: speed before safety against a power cut.
    connection.exec(this.#temporary === null ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF");
    connection.exec("PRAGMA cache_size=-65536");
    connection.exec("PRAGMA temp_store=MEMORY");
    registerFunctions(connection, {
      ops: this.ops,
      objectId: (name, kind) => this.#objectId(name, kind),
      rowFree: (table, rowId, skip) => this.#rowFree(table, rowId, skip),
    });
  }

  #objectId(name: string, kind: string | null): bigint | null {
    if (kind !== null && kind.trim().toUpperCase() !== "U") return null;
    const parts = name.split(".").map((part) => part.trim().replace(/^\[(.*)\]$/, "$1"));
    const table = this.catalogFor(this.#running ?? this).find(parts);
    return table === undefined ? null : BigInt(table.id);
  }

  #rowFree(table: string, rowId: bigint, skip: boolean): boolean {
    if (!this.#lockedRows.get(table)?.has(rowId)) return true;
    if (skip) return false;
    throw new RowIsLocked();
  }

  #load(options: StoreOptions): Catalog {
    const rows = this.writer.all(`SELECT definition FROM "$catalog"`);
    const tables = rows.map(([text]) => tableFromJson(String(text)));
    const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
    return new Catalog(options.database, findCollation(options.collation), byName, nextVersion());
  }
}
