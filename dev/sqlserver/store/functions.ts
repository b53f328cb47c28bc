// The functions the emitter's SQL calls: registered on every SQLite connection of the store.
import type { DatabaseSync } from "node:sqlite";
import { collationKey, type Comparison } from "../engine/collation.ts";
import { decodeDecimal, encodeDecimal } from "../engine/decimal.ts";
import type { Ops } from "../engine/ops.ts";
import { overflow, SqlError } from "../errors.ts";
import type { Physical } from "../sql/types.ts";
import type { Connection } from "./connection.ts";

const comparisons: readonly Comparison[] = ["ci_as", "ci_ai", "cs_as", "cs_ai", "bin"];
const pure = { deterministic: true };
/** node:sqlite takes the number of arguments from the callback, which here is a wrapper with none of its own. */
const always = { useBigIntArguments: true, varargs: true };

/** What the functions need to know of the statement that is running. */
export interface FunctionHost {
  readonly ops: Ops;
  objectId(name: string, kind: string | null): bigint | null;
  /** True when no other session holds the row; throws to make the statement wait when it may not be skipped. */
  rowFree(table: string, rowId: bigint, skip: boolean): boolean;
}

/** A function as it is registered: it may keep the arguments; what it throws is kept for the connection's caller. */
type Callback = (args: Physical[]) => Physical;

export function registerFunctions(connection: Connection, host: FunctionHost): void {
  const { db } = connection;
  const register = (name: string, options: { deterministic?: boolean }, callback: Callback) =>
    db.function(
      name,
      { ...options, ...always },
      (...args: Physical[]) => guarded(connection, callback, args),
    );
  register("x", pure, (args) => host.ops.run(args));
  register("new_id", {}, () => crypto.randomUUID().toUpperCase());
  register(
    "object_id",
    {},
    ([name = null, kind]) =>
      name === null || kind === null
        ? null
        : host.objectId(String(name), kind === undefined ? null : String(kind)),
  );
  register(
    "row_free",
    {},
    ([table = null, rowId = null, skip = null]) =>
      host.rowFree(String(table), BigInt(rowId as bigint), skip === 1n) ? 1n : 0n,
  );
  for (const comparison of comparisons) {
    const keyOf = rememberedKey(comparison);
    register(`ck_${comparison}`, pure, ([text = null]) => text === null ? null : keyOf(String(text)));
    registerExtreme(connection, `min_${comparison}`, comparison, (a, b) => a < b);
    registerExtreme(connection, `max_${comparison}`, comparison, (a, b) => a > b);
  }
  registerOnlyOne(connection);
  registerSum(connection);
}

function guarded(connection: Connection, callback: Callback, args: Physical[]): Physical {
  if (connection.hasFailed) return null;
  try {
    return callback(args);
  } catch (error) {
    connection.failed(error);
    return null;
  }
}

/** Two keys are kept: a change of status asks for the old one's and the new one's, row after row. */
function rememberedKey(comparison: Comparison): (text: string) => string {
  let last = { text: "", key: collationKey("", comparison) };
  let other = last;
  return (text) => {
    if (text === last.text) return last.key;
    if (text === other.text) return other.key;
    other = last;
    last = { text, key: collationKey(text, comparison) };
    return last.key;
  };
}

/** MIN and MAX of texts. */
function registerExtreme(
  connection: Connection,
  name: string,
  comparison: Comparison,
  better: (a: string, b: string) => boolean,
): void {
  registerAggregate<string | null>(connection, name, {
    start: () => null,
    step: (best, value) => {
      if (typeof value !== "string") return best;
      const first = best === null || better(collationKey(value, comparison), collationKey(best, comparison));
      return first ? value : best;
    },
    result: (best) => best,
  });
}

/** A subquery used as a value may give one row at most. */
function registerOnlyOne(connection: Connection): void {
  registerAggregate<{ rows: number; value: Physical }>(connection, "only_one", {
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
function registerSum(connection: Connection): void {
  type State = { rows: bigint; total: bigint };
  const add = (state: State, value: Physical, sign: bigint): State =>
    value === null ? state : { rows: state.rows + sign, total: state.total + sign * decodeDecimal(value) };
  registerAggregate<State>(connection, "sum_decimal", {
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
function registerAggregate<S>(connection: Connection, name: string, aggregate: Aggregate<S>): void {
  const safely =
    <A extends unknown[], R>(run: (...args: A) => R, otherwise: (...args: A) => R) => (...args: A): R => {
      try {
        return connection.hasFailed ? otherwise(...args) : run(...args);
      } catch (error) {
        connection.failed(error);
        return otherwise(...args);
      }
    };
  const keep = (state: S, _value: Physical) => state;
  const options: unknown = {
    start: aggregate.start,
    step: safely(aggregate.step, keep),
    ...(aggregate.inverse === undefined ? {} : { inverse: safely(aggregate.inverse, keep) }),
    result: safely(aggregate.result, () => null),
    ...always,
  };
  connection.db.aggregate(name, options as Parameters<DatabaseSync["aggregate"]>[1]);
}
