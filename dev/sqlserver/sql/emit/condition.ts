// Conditions → SQLite text. Three-valued logic is the same in both.
import { likeMatcher } from "../../engine/like.ts";
import { SqlError } from "../../errors.ts";
import type { Condition, Expr } from "../ast.ts";
import { asText, comparisonKeys } from "./coerce.ts";
import { type Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { emitSubquery } from "./query.ts";
import { comparisonLabel } from "./typed.ts";

export function emitCondition(env: Env, condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${
        sidesOf(condition, condition.kind).map((side) => emitCondition(env, side)).join(
          ` ${condition.kind.toUpperCase()} `,
        )
      })`;
    case "not":
      return `(NOT ${emitCondition(env, condition.operand)})`;
    case "compare":
      return emitCompare(env, condition);
    case "between":
      return emitBetween(env, condition);
    case "in_list":
      return emitInList(env, condition);
    case "in_query":
      return emitInQuery(env, condition);
    case "like":
      return emitLike(env, condition);
    case "is_null":
      return `(${emitExpr(env, condition.operand).sql} IS ${condition.negated ? "NOT " : ""}NULL)`;
    case "exists":
      return `EXISTS (${emitSubquery(env, condition.query).sql})`;
  }
}

/** A chain of ANDs (or ORs) as one list, so that long ones do not nest. */
function sidesOf(condition: Condition, kind: "and" | "or"): Condition[] {
  const sides: Condition[] = [];
  let rest = condition;
  while (rest.kind === kind) {
    sides.unshift(rest.right);
    rest = rest.left;
  }
  return [rest, ...sides];
}

const operationNames = {
  "=": "equal to",
  "<>": "not equal to",
  "<": "less than",
  "<=": "less than or equal to",
  ">": "greater than",
  ">=": "greater than or equal to",
};

function emitCompare(env: Env, condition: Extract<Condition, { kind: "compare" }>): string {
  const operands = [emitExpr(env, condition.left), emitExpr(env, condition.right)];
  const [left, right] = comparisonKeys(env.ctx, operands, operationNames[condition.op]);
  return `(${left} ${condition.op} ${right})`;
}

function emitBetween(env: Env, condition: Extract<Condition, { kind: "between" }>): string {
  const exprs = [condition.operand, condition.low, condition.high];
  const [value, low, high] = comparisonKeys(env.ctx, exprs.map((expr) => emitExpr(env, expr)), "BETWEEN");
  return `(${value} ${condition.negated ? "NOT " : ""}BETWEEN ${low} AND ${high})`;
}

function emitInList(env: Env, condition: Extract<Condition, { kind: "in_list" }>): string {
  const exprs: Expr[] = [condition.operand, ...condition.items];
  const [value, ...items] = comparisonKeys(env.ctx, exprs.map((expr) => emitExpr(env, expr)), "IN");
  return `(${value} ${condition.negated ? "NOT " : ""}IN (${items.join(",")}))`;
}

function emitInQuery(env: Env, condition: Extract<Condition, { kind: "in_query" }>): string {
  const sub = emitSubquery(env, condition.query);
  const [column] = sub.columns;
  if (column === undefined || sub.columns.length > 1) {
    throw new SqlError(
      116,
      "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.",
      {
        line: condition.line,
      },
    );
  }
  const operand = emitExpr(env, condition.operand);
  const [value, item] = comparisonKeys(env.ctx, [operand, { ...column, sql: "q.c1" }], "equal to");
  return `(${value} ${condition.negated ? "NOT " : ""}IN (SELECT ${item} FROM (${sub.sql}) AS q))`;
}

function emitLike(env: Env, condition: Extract<Condition, { kind: "like" }>): string {
  const value = asText(env.ctx, emitExpr(env, condition.operand));
  const pattern = asText(env.ctx, emitExpr(env, condition.pattern));
  const escape = condition.escape === null ? [] : [asText(env.ctx, emitExpr(env, condition.escape)).sql];
  const label = comparisonLabel(
    value.label ?? env.ctx.defaultLabel(),
    pattern.label ?? env.ctx.defaultLabel(),
    "like",
  );
  const mode = label.collation.comparison;
  const sql = env.ctx.ops.call(`like|${mode}`, [value.sql, pattern.sql, ...escape], () => likeMatcher(mode));
  return condition.negated ? `(NOT ${sql})` : sql;
}
