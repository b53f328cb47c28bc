// The functions the emitter's SQL calls: registered on every SQLite connection of the store.
import type { DatabaseSync } from "node:sqlite";
import { collationKey, type Comparison } from "../engine/collation.ts";
import { decodeDecimal, encodeDecimal } from "../engine/decimal.ts";
import type { Ops } from "../engine/ops.ts";
import { overflow, SqlError } from "../errors.ts";
import type { Physical } from "../sql/types.ts";

const comparisons: readonly Comparison[] = ["ci_as", "ci_ai", "cs_as", "cs_ai", "bin"];
const pure = { deterministic: true, useBigIntArguments: true };

/** What the functions need to know of the statement that is running. */
export interface FunctionHost {
  readonly ops: Ops;
  objectId(name: string, kind: string | null): bigint | null;
  /** True when no other session holds the row; throws to make the statement wait when it may not be skipped. */
  rowFree(table: string, rowId: bigint, skip: boolean): boolean;
}

export function registerFunctions(db: DatabaseSync, host: FunctionHost): void {
  db.function(
    "x",
    { ...pure, varargs: true },
    (id: unknown, ...args: Physical[]) => host.ops.run(Number(id), args),
  );
  for (const comparison of comparisons) registerComparison(db, comparison);
  db.function("new_id", () => crypto.randomUUID().toUpperCase());
  db.function(
    "object_id",
    { useBigIntArguments: true, varargs: true },
    (name: unknown, kind?: unknown) =>
      name === null || kind === null
        ? null
        : host.objectId(String(name), kind === undefined ? null : String(kind)),
  );
  db.function(
    "row_free",
    { useBigIntArguments: true },
    (table: unknown, rowId: unknown, skip: unknown) =>
      host.rowFree(String(table), BigInt(rowId as bigint), skip === 1n) ? 1n : 0n,
  );
  registerOnlyOne(db);
  registerSum(db);
}

function registerComparison(db: DatabaseSync, comparison: Comparison): void {
  db.function(
    `ck_${comparison}`,
    pure,
    (text: unknown) => text === null ? null : collationKey(String(text), comparison),
  );
  registerExtreme(db, `min_${comparison}`, comparison, (a, b) => a < b);
  registerExtreme(db, `max_${comparison}`, comparison, (a, b) => a > b);
}

/** MIN and MAX of texts. */
function registerExtreme(
  db: DatabaseSync,
  name: string,
  comparison: Comparison,
  better: (a: string, b: string) => boolean,
): void {
  db.aggregate(name, {
    start: () => null,
    step: (best: string | null, value: unknown) => {
      if (typeof value !== "string") return best;
      return best === null || better(collationKey(value, comparison), collationKey(best, comparison))
        ? value
        : best;
    },
  });
}

/** A subquery used as a value may give one row at most. */
function registerOnlyOne(db: DatabaseSync): void {
  registerAggregate<{ rows: number; value: Physical }>(db, "only_one", {
    start: () => ({ rows: 0, value: null }),
    step: (state, value) => {
      if (state.rows > 0) throw subqueryRows();
      return { rows: 1, value };
    },
    result: (state) => state.value,
  });
}

function subqueryRows(): SqlError {
  return new SqlError(
    512,
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
  );
}

const SUM_LIMIT = 10n ** 38n;

/** SUM of decimals: exact, in 38 digits. */
function registerSum(db: DatabaseSync): void {
  type State = { rows: bigint; total: bigint };
  const add = (state: State, value: Physical, sign: bigint): State =>
    value === null ? state : { rows: state.rows + sign, total: state.total + sign * decodeDecimal(value) };
  registerAggregate<State>(db, "sum_decimal", {
    start: () => ({ rows: 0n, total: 0n }),
    step: (state, value) => add(state, value, 1n),
    inverse: (state, value) => add(state, value, -1n),
    result: (state) => {
      if (state.rows === 0n) return null;
      if (state.total >= SUM_LIMIT || state.total <= -SUM_LIMIT) throw overflow("numeric");
      return encodeDecimal(state.total, 38);
    },
  });
}

interface Aggregate<S> {
  start: () => S;
  step: (state: S, value: Physical) => S;
  inverse?: (state: S, value: Physical) => S;
  result: (state: S) => Physical;
}

/** The types of node:sqlite allow only SQL values as a state; at run time it may be anything. */
function registerAggregate<S>(db: DatabaseSync, name: string, aggregate: Aggregate<S>): void {
  const options: unknown = { ...aggregate, useBigIntArguments: true };
  db.aggregate(name, options as Parameters<DatabaseSync["aggregate"]>[1]);
}
