// Which expressions hold an aggregate: such a query is grouped even without GROUP BY.
import type { Condition, Expr } from "../ast.ts";
import type { Env } from "./env.ts";
import { isAggregate } from "./aggregates.ts";

/** True when an aggregate stands in the expression itself; subqueries have their own. */
export function containsAggregate(expr: Expr): boolean {
  if (expr.kind === "call" && expr.over === null && isAggregate(expr.name)) return true;
  return childrenOf(expr).some(containsAggregate);
}

/** The environment for an expression that is looked at on its own, without the rules of GROUP BY. */
export function plainEnv(env: Env): Env {
  return { ...env, groupKeys: null };
}

function childrenOf(expr: Expr): Expr[] {
  switch (expr.kind) {
    case "unary":
    case "collate":
    case "convert":
      return [expr.operand];
    case "binary":
      return [expr.left, expr.right];
    case "call":
      return [
        ...expr.args,
        ...(expr.over?.partitionBy ?? []),
        ...(expr.over?.orderBy ?? []).map((item) => item.expr),
      ];
    case "simple_case":
      return [
        expr.input,
        ...expr.whens.flatMap((w) => [w.when, w.then]),
        ...(expr.otherwise ? [expr.otherwise] : []),
      ];
    case "searched_case":
      return [
        ...expr.whens.flatMap((w) => [...expressionsOf(w.when), w.then]),
        ...(expr.otherwise ? [expr.otherwise] : []),
      ];
    default:
      return [];
  }
}

function expressionsOf(condition: Condition): Expr[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...expressionsOf(condition.left), ...expressionsOf(condition.right)];
    case "not":
      return expressionsOf(condition.operand);
    case "compare":
      return [condition.left, condition.right];
    case "between":
      return [condition.operand, condition.low, condition.high];
    case "in_list":
      return [condition.operand, ...condition.items];
    case "like":
      return [condition.operand, condition.pattern];
    case "in_query":
    case "is_null":
      return [condition.operand];
    case "exists":
      return [];
  }
}
