// What tables, columns, keys and indexes there are. Immutable: every change makes a new catalog, so that a
// transaction's DDL is seen by itself alone until it commits. exec/ddl.ts changes it, sql/emit reads it.
import { type Collation, findCollation } from "./engine/collation.ts";
import { invalidObject } from "./errors.ts";
import type { SqlType } from "./sql/types.ts";

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  /** Null for types without one. */
  readonly collation: Collation | null;
  readonly nullable: boolean;
  readonly identity: { seed: bigint; increment: bigint } | null;
  /** The text of the expression, as it was written. */
  readonly default: { name: string; text: string } | null;
}

export interface Index {
  readonly name: string;
  /** A constraint (PRIMARY KEY, UNIQUE) breaks with 2627, a plain unique index with 2601. */
  readonly kind: "primary" | "unique_constraint" | "unique_index" | "index";
  readonly columns: readonly string[];
  readonly include: readonly string[];
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Lower-case name of the table referenced. */
  readonly table: string;
  readonly referenced: readonly string[];
  readonly cascade: boolean;
}

export interface Check {
  readonly name: string;
  readonly text: string;
}

export interface Table {
  readonly id: number;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  /** SQLite's row id: the primary key itself when it is a single INT or BIGINT, else a hidden column. */
  readonly rowId: string;
  readonly createdAt: number;
}

export const HIDDEN_ROW_ID = "$rid";

export class Catalog {
  readonly database: string;
  readonly collation: Collation;
  /** Changes with every change: what was compiled for another version is compiled anew. */
  readonly version: number;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(database: string, collation: Collation, tables: ReadonlyMap<string, Table>, version: number) {
    this.database = database;
    this.collation = collation;
    this.#tables = tables;
    this.version = version;
  }

  tables(): Table[] {
    return [...this.#tables.values()];
  }

  /** Finds a table by `t`, `dbo.t` or `database.dbo.t`; undefined when there is none. */
  find(parts: readonly string[]): Table | undefined {
    const [name = "", schema = "dbo", database = this.database] = [...parts].reverse();
    if (!/^(dbo)?$/i.test(schema) || !same(database || this.database, this.database) || parts.length > 3) {
      return undefined;
    }
    return this.#tables.get(name.toLowerCase());
  }

  get(parts: readonly string[], line: number): Table {
    const table = this.find(parts);
    if (table === undefined) throw invalidObject(parts.join("."), line);
    return table;
  }

  with(table: Table): Catalog {
    return this.#changed(new Map(this.#tables).set(table.name.toLowerCase(), table));
  }

  without(table: Table): Catalog {
    const tables = new Map(this.#tables);
    tables.delete(table.name.toLowerCase());
    return this.#changed(tables);
  }

  /** Foreign keys of other tables (or of itself) that point at this one. */
  referencing(table: Table): { child: Table; key: ForeignKey }[] {
    return this.tables().flatMap((child) =>
      child.foreignKeys.filter((key) => key.table === table.name.toLowerCase()).map((key) => ({ child, key }))
    );
  }

  nextId(): number {
    return Math.max(245_575_913, ...this.tables().map((table) => table.id)) + 16_000_057;
  }

  #changed(tables: ReadonlyMap<string, Table>): Catalog {
    return new Catalog(this.database, this.collation, tables, nextVersion());
  }
}

let versions = 0;

/** Never the same twice in a process, also not after a rollback. */
export function nextVersion(): number {
  return ++versions;
}

export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => same(column.name, name));
}

/** A table as text, to be kept in the database file. */
export function tableToJson(table: Table): string {
  return JSON.stringify(table, (key, value) => {
    if (typeof value === "bigint") return { bigint: String(value) };
    return key === "collation" && value !== null ? value.name : value;
  });
}

export function tableFromJson(text: string): Table {
  return JSON.parse(text, (key, value) => {
    if (value !== null && typeof value === "object" && "bigint" in value) return BigInt(value.bigint);
    return key === "collation" && value !== null ? findCollation(value) : value;
  });
}
