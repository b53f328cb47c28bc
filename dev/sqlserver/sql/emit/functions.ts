// Scalar functions by name. Texts are in text_functions.ts, dates in date_functions.ts, the server's own in system_functions.ts.
import { roundTo } from "../../engine/arithmetic.ts";
import { decodeDecimal, encodeDecimal, power10 } from "../../engine/decimal.ts";
import { isJson, jsonValueOf } from "../../engine/json_rows.ts";
import { SqlError, unsupported } from "../../errors.ts";
import type { Expr } from "../ast.ts";
import {
  decimalType,
  INT,
  isFloat,
  isInteger,
  isNumeric,
  isText,
  messageName,
  textType,
  typeText,
} from "../types.ts";
import { argumentCount } from "./aggregates.ts";
import { asText, coerce, coerceAll, comparisonKeys } from "./coerce.ts";
import { dateFunctions } from "./date_functions.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { securityFunctions } from "./security_functions.ts";
import { guidFunction, systemFunctions } from "./system_functions.ts";
import { textFunctions } from "./text_functions.ts";
import type { Typed } from "./typed.ts";

export type Call = Extract<Expr, { kind: "call" }>;
export type FunctionEmitter = (env: Env, call: Call) => Typed;

export function emitFunction(env: Env, call: Call): Typed {
  const emit = all[call.name];
  if (call.over !== null) throw unsupported(`${call.name.toUpperCase()} with OVER`, call.line);
  if (emit !== undefined) return emit(env, call);
  throw new SqlError(195, `'${call.name}' is not a recognized built-in function name.`, {
    severity: 15,
    line: call.line,
  });
}

const all: Record<string, FunctionEmitter> = {
  ...textFunctions,
  ...dateFunctions,
  ...systemFunctions,
  ...securityFunctions,
  coalesce: emitCoalesce,
  isnull: emitIsNull,
  nullif: emitNullIf,
  newid: guidFunction,
  abs: emitAbs,
  round: emitRound,
  floor: (env, call) => emitWhole(env, call, "floor"),
  ceiling: (env, call) => emitWhole(env, call, "ceiling"),
  json_value: emitJsonValue,
  isjson: emitIsJson,
};

/** The arguments of a call, which must be this many. */
export function argumentsOf(env: Env, call: Call, count: number): Typed[] {
  if (call.args.length !== count) throw argumentCount(call, count);
  return call.args.map((arg) => emitExpr(env, arg));
}

export function argument(values: readonly Typed[], index: number): Typed {
  const value = values[index];
  if (value === undefined) throw new Error(`no argument ${index}`);
  return value;
}

function emitCoalesce(env: Env, call: Call): Typed {
  if (call.args.length < 2) throw argumentCount(call, 2);
  const values = coerceAll(env.ctx, call.args.map((arg) => emitExpr(env, arg)));
  const sql = `coalesce(${values.map((value) => value.sql).join(",")})`;
  return { ...argument(values, 0), sql, nullable: values.every((value) => value.nullable), isNull: false };
}

/** Unlike COALESCE, ISNULL has the type of its first argument. */
function emitIsNull(env: Env, call: Call): Typed {
  const values = argumentsOf(env, call, 2);
  const [first, second] = [argument(values, 0), argument(values, 1)];
  if (first.isNull) return second;
  const other = coerce(env.ctx, second, first.type);
  return { ...first, sql: `coalesce(${first.sql},${other.sql})`, nullable: other.nullable };
}

function emitNullIf(env: Env, call: Call): Typed {
  const values = argumentsOf(env, call, 2);
  const [left, right] = comparisonKeys(env.ctx, values, "equal to");
  const first = argument(values, 0);
  return { ...first, sql: `(CASE WHEN ${left} = ${right} THEN NULL ELSE ${first.sql} END)`, nullable: true };
}

function numeric(call: Call, value: Typed): Typed {
  if (isNumeric(value.type)) return value;
  throw new SqlError(
    8116,
    `Argument data type ${messageName(value.type)} is invalid for argument 1 of ${call.name} function.`,
    {
      line: call.line,
    },
  );
}

function emitAbs(env: Env, call: Call): Typed {
  const value = numeric(call, argument(argumentsOf(env, call, 1), 0));
  if (isFloat(value.type) || isInteger(value.type)) return { ...value, sql: `abs(${value.sql})` };
  const { precision } = value.type;
  const sql = env.ctx.ops.call(`abs|${precision}`, [value.sql], () => ([v]) => {
    const n = decodeDecimal(v ?? null);
    return encodeDecimal(n < 0n ? -n : n, precision);
  });
  return { ...value, sql };
}

function emitRound(env: Env, call: Call): Typed {
  if (call.args.length === 3) throw unsupported("ROUND with truncation", call.line);
  const values = argumentsOf(env, call, 2);
  const value = numeric(call, argument(values, 0));
  const digits = coerce(env.ctx, argument(values, 1), INT);
  const sql = env.ctx.ops.call(`round|${typeText(value.type)}`, [value.sql, digits.sql], () => {
    const round = roundTo(value.type);
    return ([v, n]) => round(v ?? null, n ?? null);
  });
  return { ...value, sql };
}

function emitWhole(env: Env, call: Call, name: "floor" | "ceiling"): Typed {
  const value = numeric(call, argument(argumentsOf(env, call, 1), 0));
  if (isInteger(value.type)) return value;
  if (isFloat(value.type)) return { ...value, sql: `${name === "floor" ? "floor" : "ceil"}(${value.sql})` };
  const type = decimalType(value.type.precision, 0);
  const unit = power10(value.type.scale);
  const sql = env.ctx.ops.call(`${name}|${typeText(value.type)}`, [value.sql], () => ([v]) => {
    const n = decodeDecimal(v ?? null);
    const down = n / unit - (n % unit !== 0n && n < 0n ? 1n : 0n);
    return encodeDecimal(name === "floor" || n % unit === 0n ? down : down + 1n, type.precision);
  });
  return { ...value, sql, type };
}

function emitJsonValue(env: Env, call: Call): Typed {
  const [json, path] = argumentsOf(env, call, 2).map((value) => asText(env.ctx, value).sql);
  const sql = env.ctx.ops.call(
    "json_value",
    [json ?? "", path ?? ""],
    () => ([text, p]) => jsonValueOf(String(text), String(p)),
  );
  return {
    sql,
    type: textType("nvarchar", 4000),
    label: env.ctx.defaultLabel(),
    nullable: true,
    isNull: false,
  };
}

function emitIsJson(env: Env, call: Call): Typed {
  const value = argument(argumentsOf(env, call, 1), 0);
  if (!isText(value.type)) throw unsupported(`ISJSON of ${value.type.name}`, call.line);
  const sql = env.ctx.ops.call("isjson", [value.sql], () => ([text]) => isJson(String(text)) ? 1n : 0n);
  return { sql, type: INT, label: null, nullable: value.nullable, isNull: false };
}
