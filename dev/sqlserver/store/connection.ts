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
  /**
   * What one of our functions failed with while SQLite was running. It is not thrown through SQLite: Deno's
   * StatementSync.all() never returns when a function throws (Deno 2.9.6).
   */
  #failure: { error: unknown } | null = null;
  readonly #statements = new Map<string, StatementSync>();
  /** The one used last, since the rows of a change use the same one after another. */
  #last: { sql: string; statement: StatementSync } | null = null;

  constructor(path: string) {
    this.db = new DatabaseSync(path);
  }

  /** True when a function has failed and the statement is only to come to its end. */
  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Remembers the first failure of a function; it is thrown when SQLite returns. */
  failed(error: unknown): void {
    this.#failure ??= { error };
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
    this.#last = null;
    this.db.close();
  }

  #statement(sql: string): StatementSync {
    if (this.#last?.sql === sql) return this.#last.statement;
    const statement = this.#find(sql);
    this.#last = { sql, statement };
    return statement;
  }

  #find(sql: string): StatementSync {
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

  /** Throws what our functions failed with first, else SQLite's own error with its code. */
  #guard<T>(action: () => T): T {
    this.#failure = null;
    try {
      const result = action();
      this.#throwFailure();
      return result;
    } catch (error) {
      this.#throwFailure();
      throw storageError(error);
    }
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }
}

function storageError(error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  if (error.message === "integer overflow") {
    return new SqlError(8115, "Arithmetic overflow error converting expression to data type bigint.", {
      state: 2,
    });
  }
  return new StorageError(Number(error.errcode), error.message, { cause: error });
}

/** Deno has the method; the types of node:sqlite it comes with do not. */
function givesArrays(
  statement: StatementSync,
): statement is StatementSync & { setReturnArrays(on: boolean): void } {
  return "setReturnArrays" in statement;
}
