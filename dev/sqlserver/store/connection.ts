// One SQLite connection with its prepared statements. The store has two: one writes, one reads what is committed.
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SqlError } from "../errors.ts";
import type { Physical } from "../sql/types.ts";

const STATEMENTS_MAX = 400;

/** An SQLite failure with its extended result code. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: number;

  constructor(code: number, message: string, options: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** A UNIQUE index or the row id refused the row. */
  get isDuplicate(): boolean {
    return this.code === 2067 || this.code === 1555 || this.code === 2579;
  }
}

export class Connection {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.db = new DatabaseSync(path);
  }

  all(sql: string, values: readonly Physical[] = []): Physical[][] {
    return this.#guard(() => {
      const rows: unknown = this.#statement(sql).all(...values);
      return rows as Physical[][];
    });
  }

  first(sql: string, values: readonly Physical[] = []): Physical[] | undefined {
    return this.all(sql, values)[0];
  }

  /** Runs a writing statement; gives the row id of the last inserted row. */
  run(sql: string, values: readonly Physical[] = []): bigint {
    return this.#guard(() => BigInt(this.#statement(sql).run(...values).lastInsertRowid));
  }

  exec(sql: string): void {
    this.#guard(() => this.db.exec(sql));
  }

  close(): void {
    this.#statements.clear();
    this.db.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    if (!givesArrays(statement)) throw new Error("node:sqlite cannot give rows as arrays in this Deno");
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    const oldest = this.#statements.keys().next().value;
    if (this.#statements.size > STATEMENTS_MAX && oldest !== undefined) this.#statements.delete(oldest);
    return statement;
  }

  /** Errors of our own functions pass through; SQLite's own get their code. */
  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof Error) || !("errcode" in error)) throw error;
      if (error.message === "integer overflow") {
        throw new SqlError(8115, "Arithmetic overflow error converting expression to data type bigint.", {
          state: 2,
        });
      }
      throw new StorageError(Number(error.errcode), error.message, { cause: error });
    }
  }
}

/** Deno has the method; the types of node:sqlite it comes with do not. */
function givesArrays(
  statement: StatementSync,
): statement is StatementSync & { setReturnArrays(on: boolean): void } {
  return "setReturnArrays" in statement;
}
