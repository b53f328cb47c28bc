// State of one statement's translation: the catalog, the variables' types, the binds, the tables it touches.
import type { Catalog, Table } from "../../catalog.ts";
import type { Converter } from "../../engine/convert.ts";
import type { Ops } from "../../engine/ops.ts";
import { SqlError } from "../../errors.ts";
import type { SqlType } from "../types.ts";
import type { CollationLabel } from "./typed.ts";

/** A value the statement needs when it runs: a variable, or something the session knows. */
export type Bind = { readonly kind: "variable"; readonly name: string } | {
  readonly kind: "session";
  readonly name: SessionValue;
};

export type SessionValue =
  | "now"
  | "utc_now"
  | "rowcount"
  | "trancount"
  | "identity"
  | "scope_identity"
  | "spid"
  | "login"
  | "xact_state"
  | "error"
  | "error_number"
  | "error_message"
  | "error_severity"
  | "error_state"
  | "error_line";

/** A table that the statement reads, and how: what the row locks of other sessions mean to it. */
export interface TableUse {
  readonly table: Table;
  readonly reads: "wait" | "skip" | "dirty";
  readonly locks: boolean;
}

/** A conversion to text: the SQLite text of what is converted, and the conversion. */
interface Printed {
  readonly operand: string;
  readonly print: Converter;
}

/** Columns for SQLite to give, and what is to be done to the values of each afterwards (convertColumns of engine/convert.ts). */
export interface Columns {
  readonly sqls: string[];
  readonly prints: (Converter | null)[];
}

export class EmitContext {
  readonly catalog: Catalog;
  readonly ops: Ops;
  readonly variables: ReadonlyMap<string, SqlType>;
  /** Lower-case names of tables in which another session holds row locks. */
  readonly lockedTables: ReadonlySet<string>;
  readonly binds: Bind[] = [];
  readonly uses: TableUse[] = [];
  readonly #printed = new Map<string, Printed>();
  readonly #bindIds = new Map<string, number>();
  #aliases = 0;

  constructor(
    parts: Pick<EmitContext, "catalog" | "ops" | "variables" | "lockedTables">,
  ) {
    this.catalog = parts.catalog;
    this.ops = parts.ops;
    this.variables = parts.variables;
    this.lockedTables = parts.lockedTables;
  }

  /** A name no other source of the statement bears. */
  alias(): string {
    return `t${++this.#aliases}`;
  }

  bind(bind: Bind): string {
    const key = `${bind.kind}:${bind.name}`;
    let id = this.#bindIds.get(key);
    if (id === undefined) {
      id = this.binds.push(bind);
      this.#bindIds.set(key, id);
    }
    return `?${id}`;
  }

  /** Notes that `sql` converts a value to text, which need not be done inside SQLite. */
  notePrinted(sql: string, printed: Printed): void {
    this.#printed.set(sql, printed);
  }

  /** A result's columns, without the conversions that can be done after SQLite: that calls back dearly. */
  columns(sqls: readonly string[]): Columns {
    const printed = sqls.map((sql) => this.#printed.get(sql) ?? null);
    return {
      sqls: sqls.map((sql, i) => printed[i]?.operand ?? sql),
      prints: printed.map((column) => column?.print ?? null),
    };
  }

  variableType(name: string, line: number): SqlType {
    const type = this.variables.get(name);
    if (type !== undefined) return type;
    throw new SqlError(137, `Must declare the scalar variable "${name}".`, { severity: 15, line });
  }

  defaultLabel(): CollationLabel {
    return { collation: this.catalog.collation, strength: "default" };
  }
}

/** Quotes a name for SQLite. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQLite. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
