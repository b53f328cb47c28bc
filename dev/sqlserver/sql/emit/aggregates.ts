// Aggregates and window functions: COUNT, SUM, MIN, MAX, AVG, ROW_NUMBER, RANK, DENSE_RANK.
import { averageOf } from "../../engine/arithmetic.ts";
import { decodeDecimal, encodeDecimal } from "../../engine/decimal.ts";
import { checkInteger } from "../../engine/numbers.ts";
import { SqlError, unsupported } from "../../errors.ts";
import type { Expr, Over } from "../ast.ts";
import {
  BIGINT,
  decimalType,
  FLOAT,
  INT,
  isFloat,
  isInteger,
  isText,
  messageName,
  type Physical,
  type SqlType,
  typeText,
} from "../types.ts";
import { orderingKey } from "./coerce.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import type { Typed } from "./typed.ts";

type Call = Extract<Expr, { kind: "call" }>;

const aggregates = ["count", "count_big", "sum", "min", "max", "avg"];
const rankings = ["row_number", "rank", "dense_rank"];
const refused = [
  "string_agg",
  "stdev",
  "stdevp",
  "var",
  "varp",
  "checksum_agg",
  "grouping",
  "approx_count_distinct",
];

export function isAggregate(name: string): boolean {
  return aggregates.includes(name) || refused.includes(name);
}

export function isWindowOnly(name: string): boolean {
  return rankings.includes(name) || ["ntile", "lag", "lead", "first_value", "last_value"].includes(name);
}

export function emitAggregate(env: Env, call: Call): Typed {
  if (isWindowOnly(call.name)) return emitRanking(env, call);
  if (refused.includes(call.name)) throw unsupported(`aggregate ${call.name.toUpperCase()}`, call.line);
  const inner = call.over === null ? argumentEnv(env, call) : env;
  const over = call.over === null ? "" : ` OVER (${emitOver(env, call.over)})`;
  if (call.star) return countOf(call, "*", over);
  const [arg, ...rest] = call.args;
  if (arg === undefined || rest.length > 0) throw argumentCount(call, 1);
  return emitOne(inner, call, emitExpr(inner, arg), over);
}

function argumentEnv(env: Env, call: Call): Env {
  if (env.aggregates === "forbidden") {
    throw new SqlError(
      147,
      "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.",
      { severity: 15, line: call.line },
    );
  }
  if (env.aggregates === "inside") {
    throw new SqlError(
      130,
      "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.",
      {
        severity: 15,
        line: call.line,
      },
    );
  }
  return { ...env, aggregates: "inside" };
}

function emitOne(env: Env, call: Call, arg: Typed, over: string): Typed {
  const distinct = call.distinct ? "DISTINCT " : "";
  if (call.name.startsWith("count")) return countOf(call, distinct + orderingKey(env.ctx, arg), over);
  if (call.name === "min" || call.name === "max") return extremeOf(env, call, arg, over);
  const total = sumOf(call, arg, distinct, over);
  return call.name === "sum" ? checkedSum(env, total) : averageOfSum(env, arg, total, { distinct, over });
}

function countOf(call: Call, argument: string, over: string): Typed {
  const type = call.name === "count_big" ? BIGINT : INT;
  return { sql: `count(${argument})${over}`, type, label: null, nullable: false, isNull: false };
}

/** Texts are compared by their key, which SQLite's own min and max do not know. */
function extremeOf(env: Env, call: Call, arg: Typed, over: string): Typed {
  if (!isText(arg.type)) return { ...arg, sql: `${call.name}(${arg.sql})${over}`, nullable: true };
  if (over !== "") throw unsupported(`${call.name.toUpperCase()} of a text with OVER`, call.line);
  const label = arg.label ?? env.ctx.defaultLabel();
  return { ...arg, sql: `${call.name}_${label.collation.comparison}(${arg.sql})`, nullable: true };
}

function sumOf(call: Call, arg: Typed, distinct: string, over: string): Typed {
  const base = { label: null, nullable: true, isNull: false };
  if (isFloat(arg.type)) return { ...base, sql: `sum(${distinct}${arg.sql})${over}`, type: FLOAT };
  if (arg.type.name === "decimal") {
    return {
      ...base,
      sql: `sum_decimal(${distinct}${arg.sql})${over}`,
      type: decimalType(38, arg.type.scale),
    };
  }
  if (!isInteger(arg.type) || arg.type.name === "bit") {
    throw new SqlError(
      8117,
      `Operand data type ${messageName(arg.type)} is invalid for ${call.name} operator.`,
      {
        line: call.line,
      },
    );
  }
  return {
    ...base,
    sql: `sum(${distinct}${arg.sql})${over}`,
    type: arg.type.name === "bigint" ? BIGINT : INT,
  };
}

/** SQLite sums in 64 bits; an INT sum beyond INT is 8115. */
function checkedSum(env: Env, total: Typed): Typed {
  if (total.type.name !== "int") return total;
  const sql = env.ctx.ops.call("sum|int", [total.sql], () => ([v]) => checkInteger(BigInt(v as bigint), INT));
  return { ...total, sql };
}

function averageOfSum(env: Env, arg: Typed, total: Typed, parts: { distinct: string; over: string }): Typed {
  if (isFloat(total.type)) return { ...total, sql: `avg(${parts.distinct}${arg.sql})${parts.over}` };
  const count = `count(${parts.distinct}${arg.sql})${parts.over}`;
  const type = total.type.name === "decimal" ? decimalType(38, Math.max(arg.type.scale, 6)) : total.type;
  const shift = type.scale - arg.type.scale;
  const sql = env.ctx.ops.call(
    `avg|${typeText(arg.type)}`,
    [total.sql, count],
    () => ([sum, n]) => average(sum ?? null, n ?? null, type, shift),
  );
  return { ...total, sql, type };
}

function average(sum: Physical, count: Physical, type: SqlType, shift: number): Physical {
  const n = BigInt(count as bigint);
  if (type.name !== "decimal") return averageOf(BigInt(sum as bigint), n, 0);
  return encodeDecimal(averageOf(decodeDecimal(sum), n, shift), type.precision);
}

function emitRanking(env: Env, call: Call): Typed {
  if (!rankings.includes(call.name)) {
    throw unsupported(`window function ${call.name.toUpperCase()}`, call.line);
  }
  if (call.over === null) {
    throw new SqlError(10753, `The function '${call.name}' must have an OVER clause.`, {
      severity: 15,
      line: call.line,
    });
  }
  if (call.over.orderBy.length === 0) {
    throw new SqlError(4112, `The function '${call.name}' must have an OVER clause with ORDER BY.`, {
      severity: 15,
      line: call.line,
    });
  }
  const sql = `${call.name}() OVER (${emitOver(env, call.over)})`;
  return { sql, type: BIGINT, label: null, nullable: true, isNull: false };
}

function emitOver(env: Env, over: Over): string {
  const key = (expr: Expr) => orderingKey(env.ctx, emitExpr(env, expr));
  const partition = over.partitionBy.length === 0
    ? ""
    : `PARTITION BY ${over.partitionBy.map(key).join(",")}`;
  const items = over.orderBy.map((item) => key(item.expr) + (item.descending ? " DESC" : ""));
  const order = items.length === 0 ? "" : ` ORDER BY ${items.join(",")}`;
  return partition + order;
}

export function argumentCount(call: Call, count: number): SqlError {
  return new SqlError(174, `The ${call.name} function requires ${count} argument(s).`, {
    severity: 15,
    line: call.line,
  });
}
