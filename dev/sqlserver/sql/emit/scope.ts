// Which columns a name can mean: the sources of a FROM clause, and those of the queries around it.
import type { Table } from "../../catalog.ts";
import { invalidColumn, SqlError } from "../../errors.ts";
import type { SqlType } from "../types.ts";
import type { CollationLabel, Typed } from "./typed.ts";

export interface ScopeColumn {
  readonly name: string;
  readonly sql: string;
  readonly type: SqlType;
  readonly label: CollationLabel | null;
  readonly nullable: boolean;
}

export interface Source {
  /** The name it is called by: its alias, else the table's name. */
  readonly name: string;
  readonly columns: readonly ScopeColumn[];
  /** The base table, when it is one, and the SQLite alias it is read under. */
  readonly table?: Table;
  readonly sqlAlias: string;
}

export class Scope {
  readonly sources: Source[] = [];
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  /** A scope for a neighbour in FROM: it sees what is around this query. */
  outer(): Scope {
    return new Scope(this.#outer);
  }

  add(source: Source, line: number): void {
    if (source.name !== "" && this.sources.some((other) => matches(other, [source.name]))) {
      throw new SqlError(
        1011,
        `The correlation name '${source.name}' is specified multiple times in a FROM clause.`,
        {
          line,
        },
      );
    }
    this.sources.push(source);
  }

  /** Finds a column; `own` tells whether it belongs to this query or to one around it. */
  resolve(parts: readonly string[], line: number): { column: Typed; own: boolean } {
    const found = this.#find(parts, line);
    if (found !== null) return { column: found, own: true };
    if (this.#outer !== null) return { column: this.#outer.resolve(parts, line).column, own: false };
    if (parts.length === 1) throw invalidColumn(parts[0] ?? "", line);
    throw new SqlError(4104, `The multi-part identifier "${parts.join(".")}" could not be bound.`, { line });
  }

  #find(parts: readonly string[], line: number): Typed | null {
    const name = (parts.at(-1) ?? "").toLowerCase();
    const qualifier = parts.slice(0, -1);
    const sources = qualifier.length === 0
      ? this.sources
      : this.sources.filter((source) => matches(source, qualifier));
    const columns = sources.flatMap((source) =>
      source.columns.filter((column) => column.name.toLowerCase() === name)
    );
    if (columns.length > 1) throw new SqlError(209, `Ambiguous column name '${parts.at(-1)}'.`, { line });
    const [column] = columns;
    if (column === undefined) {
      if (qualifier.length > 0 && sources.length > 0) throw invalidColumn(parts.at(-1) ?? "", line);
      return null;
    }
    return {
      sql: column.sql,
      type: column.type,
      label: column.label,
      nullable: column.nullable,
      isNull: false,
    };
  }

  source(qualifier: readonly string[]): Source | undefined {
    return this.sources.find((source) => matches(source, qualifier));
  }
}

/** `t`, `dbo.t` or `db.dbo.t` name a source by its last part. */
function matches(source: Source, qualifier: readonly string[]): boolean {
  return source.name.toLowerCase() === (qualifier.at(-1) ?? "").toLowerCase();
}
