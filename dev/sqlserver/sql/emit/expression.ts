// Scalar expressions → SQLite text with a type. Functions are in functions.ts and aggregates.ts, conditions in condition.ts.
import { arithmetic, arithmeticType, negate } from "../../engine/arithmetic.ts";
import { findCollation } from "../../engine/collation.ts";
import { addPart } from "../../engine/dateparts.ts";
import { fromInstant, toInstant } from "../../engine/temporal.ts";
import { SqlError, unsupported } from "../../errors.ts";
import type { Expr } from "../ast.ts";
import {
  INT,
  isBinary,
  isInteger,
  isNumeric,
  isTemporal,
  isText,
  MAX,
  messageName,
  typeText,
} from "../types.ts";
import { emitAggregate, isAggregate, isWindowOnly } from "./aggregates.ts";
import { coerce, coerceAll, commonType, comparisonKeys, pieceType } from "./coerce.ts";
import { emitCondition } from "./condition.ts";
import type { Env } from "./env.ts";
import { emitFunction } from "./functions.ts";
import { emitGlobal } from "./globals.ts";
import { containsAggregate, plainEnv } from "./group.ts";
import { emitLiteral, negativeLiteral, plain } from "./literal.ts";
import { emitSubquery } from "./query.ts";
import { mergeLabels, type Typed } from "./typed.ts";

export function emitExpr(env: Env, expr: Expr): Typed {
  const grouped = env.groupKeys === null || env.aggregates === "inside" ? null : matchGroupKey(env, expr);
  return grouped ?? emitByKind(env, expr);
}

function emitByKind(env: Env, expr: Expr): Typed {
  switch (expr.kind) {
    case "literal":
      return emitLiteral(env, expr);
    case "variable":
      return emitVariable(env, expr);
    case "global":
      return emitGlobal(env.ctx, expr);
    case "column":
      return emitColumn(env, expr);
    case "unary":
      return emitUnary(env, expr);
    case "binary":
      return emitBinary(env, expr);
    case "collate":
      return emitCollate(env, expr);
    case "simple_case":
    case "searched_case":
      return emitCase(env, expr);
    case "convert":
      return emitConvert(env, expr);
    case "call":
      return isAggregate(expr.name) || isWindowOnly(expr.name)
        ? emitAggregate(env, expr)
        : emitFunction(env, expr);
    case "scalar_query":
      return emitScalarQuery(env, expr.query);
    case "default":
      throw new SqlError(156, "Incorrect syntax near the keyword 'DEFAULT'.", {
        severity: 15,
        line: expr.line,
      });
  }
}

/** Under GROUP BY, an expression that is grouped by stands for its group. */
function matchGroupKey(env: Env, expr: Expr): Typed | null {
  if (expr.kind === "literal" || expr.kind === "variable" || containsAggregate(expr)) return null;
  const whole = emitByKind(plainEnv(env), expr);
  return env.groupKeys?.includes(whole.sql) ? whole : null;
}

function emitVariable(env: Env, expr: Extract<Expr, { kind: "variable" }>): Typed {
  const type = env.ctx.variableType(expr.name, expr.line);
  const sql = env.ctx.bind({ kind: "variable", name: expr.name });
  return { sql, type, label: isText(type) ? env.ctx.defaultLabel() : null, nullable: true, isNull: false };
}

function emitColumn(env: Env, expr: Extract<Expr, { kind: "column" }>): Typed {
  const { column, own } = env.scope.resolve(expr.parts, expr.line);
  if (!own || env.groupKeys === null || env.aggregates === "inside") return column;
  const message =
    `Column '${expr.parts.join(".")}' is invalid in the select list because it is not contained in either ` +
    "an aggregate function or the GROUP BY clause.";
  throw new SqlError(8120, message, { line: expr.line });
}

function emitUnary(env: Env, expr: Extract<Expr, { kind: "unary" }>): Typed {
  const { op } = expr;
  if (op === "-" && expr.operand.kind === "literal" && expr.operand.type === "int") {
    return negativeLiteral(expr.operand.text);
  }
  const operand = emitExpr(env, expr.operand);
  if (op === "+") return operand;
  if (op === "~" && !isInteger(operand.type)) throw unsupported(`~ on ${operand.type.name}`);
  if (op === "-" && !isNumeric(operand.type)) {
    throw new SqlError(8117, `Operand data type ${messageName(operand.type)} is invalid for minus operator.`);
  }
  const make = op === "~" ? (v: unknown) => ~BigInt(v as bigint) : negate(operand.type);
  const sql = env.ctx.ops.call(
    `${op}|${typeText(operand.type)}`,
    [operand.sql],
    () => ([v]) => make(v ?? null),
  );
  return { ...operand, sql };
}

function emitBinary(env: Env, expr: Extract<Expr, { kind: "binary" }>): Typed {
  const [left, right] = withoutBareNulls(env, emitExpr(env, expr.left), emitExpr(env, expr.right));
  if (expr.op === "+" && isText(left.type) && isText(right.type)) return concatenate(env, left, right);
  if (isBinary(left.type) || isBinary(right.type)) throw unsupported("operators on binary values", expr.line);
  if (isTemporal(left.type) || isTemporal(right.type)) return dateArithmetic(env, expr, left, right);
  const [a, b] = numericOperands(env, left, right);
  const type = arithmeticType(expr.op, a.type, b.type);
  const key = `${expr.op}|${typeText(a.type)}|${typeText(b.type)}`;
  const sql = env.ctx.ops.call(key, [a.sql, b.sql], () => {
    const run = arithmetic(expr.op, a.type, b.type);
    return ([x, y]) => run(x ?? null, y ?? null);
  });
  return { sql, type, label: null, nullable: a.nullable || b.nullable, isNull: false };
}

/** A bare NULL takes its neighbour's type. */
function withoutBareNulls(env: Env, left: Typed, right: Typed): [Typed, Typed] {
  const adapt = (value: Typed, other: Typed) =>
    value.isNull && !other.isNull ? coerce(env.ctx, value, other.type) : value;
  return [adapt(left, right), adapt(right, left)];
}

/** A text beside a number becomes that number's type. */
function numericOperands(env: Env, left: Typed, right: Typed): [Typed, Typed] {
  const adapt = (value: Typed, other: Typed) =>
    isText(value.type) && isNumeric(other.type) ? coerce(env.ctx, value, other.type) : value;
  return [adapt(left, right), adapt(right, left)];
}

function concatenate(env: Env, left: Typed, right: Typed): Typed {
  const type = commonType([left, right]);
  const length = left.type.length === MAX || right.type.length === MAX
    ? MAX
    : left.type.length + right.type.length;
  const result = pieceType(type, length);
  const [a, b] = [left, right].map((value) => coerce(env.ctx, value, pieceType(result, MAX)).sql);
  const label = mergeLabels(left.label, right.label);
  const joined: Typed = {
    sql: `(${a} || ${b})`,
    type: result,
    label,
    nullable: left.nullable || right.nullable,
    isNull: false,
  };
  return length !== MAX && length > result.length
    ? coerce(env.ctx, { ...joined, type: pieceType(result, MAX) }, result)
    : joined;
}

/** DATETIME + days, DATETIME − days; the newer types refuse it, as in SQL Server (206). */
function dateArithmetic(env: Env, expr: Extract<Expr, { kind: "binary" }>, left: Typed, right: Typed): Typed {
  const days = right.type;
  const old = left.type.name === "datetime" || left.type.name === "smalldatetime";
  if (!old || !isInteger(days) || (expr.op !== "+" && expr.op !== "-")) {
    throw new SqlError(
      206,
      `Operand type clash: ${messageName(right.type)} is incompatible with ${left.type.name}`,
      {
        line: expr.line,
        state: 2,
      },
    );
  }
  const sign = expr.op === "+" ? 1n : -1n;
  const sql = env.ctx.ops.call(
    `days|${expr.op}|${left.type.name}`,
    [left.sql, right.sql],
    () => ([date, n]) =>
      fromInstant(addPart("day", sign * BigInt(n as bigint), toInstant(date ?? null, left.type)), left.type),
  );
  return { ...left, sql, nullable: left.nullable || right.nullable };
}

function emitCollate(env: Env, expr: Extract<Expr, { kind: "collate" }>): Typed {
  const operand = emitExpr(env, expr.operand);
  if (!isText(operand.type)) {
    throw new SqlError(447, `Expression type ${messageName(operand.type)} is invalid for COLLATE clause.`);
  }
  const standard = ["database_default", "catalog_default"].includes(expr.collation.toLowerCase());
  const collation = standard ? env.ctx.catalog.collation : findCollation(expr.collation);
  const source = { ...operand, label: operand.label ?? env.ctx.defaultLabel() };
  const label = { collation, strength: "explicit" as const };
  // A varchar whose code page changes loses what the new one lacks.
  return { ...coerce(env.ctx, source, operand.type, { target: { table: "", column: "", label } }), label };
}

function emitCase(env: Env, expr: Extract<Expr, { kind: "simple_case" | "searched_case" }>): Typed {
  const conditions = expr.kind === "searched_case"
    ? expr.whens.map((branch) => emitCondition(env, branch.when))
    : simpleConditions(env, expr);
  const results = expr.whens.map((branch) => emitExpr(env, branch.then));
  if (expr.otherwise !== null) results.push(emitExpr(env, expr.otherwise));
  if (results.every((result) => result.isNull)) {
    throw new SqlError(
      8133,
      "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.",
    );
  }
  const typed = coerceAll(env.ctx, results);
  const branches = conditions.map((condition, i) => `WHEN ${condition} THEN ${typed[i]?.sql}`).join(" ");
  const otherwise = expr.otherwise === null ? "" : ` ELSE ${typed.at(-1)?.sql}`;
  const first = typed[0] ?? plain("NULL", INT);
  const nullable = expr.otherwise === null || results.some((result) => result.nullable);
  return { ...first, sql: `CASE ${branches}${otherwise} END`, nullable, isNull: false };
}

function simpleConditions(env: Env, expr: Extract<Expr, { kind: "simple_case" }>): string[] {
  const input = emitExpr(env, expr.input);
  return expr.whens.map((branch) => {
    const [a, b] = comparisonKeys(env.ctx, [input, emitExpr(env, branch.when)], "equal to");
    return `(${a} = ${b})`;
  });
}

function emitConvert(env: Env, expr: Extract<Expr, { kind: "convert" }>): Typed {
  const operand = emitExpr(env, expr.operand);
  const style = styleOf(expr.style);
  return coerce(env.ctx, operand, expr.type, { style, attempt: expr.attempt });
}

/** Styles are numbers in the text; a computed style would need every format at run time. */
function styleOf(style: Expr | null): number {
  if (style === null) return 0;
  if (style.kind === "literal" && style.type === "int") return Number(style.text);
  throw unsupported("CONVERT with a computed style");
}

/** A subquery as a value: 512 when it gives more than one row, NULL when none. */
function emitScalarQuery(env: Env, query: Extract<Expr, { kind: "scalar_query" }>["query"]): Typed {
  const sub = emitSubquery(env, query);
  const [column] = sub.columns;
  if (column === undefined || sub.columns.length > 1) {
    throw new SqlError(
      116,
      "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.",
      {
        line: query.line,
      },
    );
  }
  return { ...column, sql: `(SELECT only_one(q.c1) FROM (${sub.sql}) AS q)`, nullable: true, isNull: false };
}
