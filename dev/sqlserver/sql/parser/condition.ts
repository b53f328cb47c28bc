// Conditions: OR, AND, NOT, then one predicate. T-SQL has no boolean values, so they are apart from expressions.
import { SqlError, unsupported } from "../../errors.ts";
import type { CompareOp, Condition, Expr } from "../ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseQuery } from "./query.ts";

const comparisons: Record<string, CompareOp> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "!<": ">=",
  "!>": "<=",
};

export function parseCondition(c: Cursor): Condition {
  let left = parseAnd(c);
  while (c.takeWord("or")) left = { kind: "or", left, right: parseAnd(c) };
  return left;
}

function parseAnd(c: Cursor): Condition {
  let left = parseNot(c);
  while (c.takeWord("and")) left = { kind: "and", left, right: parseNot(c) };
  return left;
}

function parseNot(c: Cursor): Condition {
  if (c.takeWord("not")) return { kind: "not", operand: parseNot(c) };
  if (c.takeWord("exists")) return { kind: "exists", query: inParens(c, () => parseQuery(c)) };
  return parseParenthesised(c) ?? parsePredicate(c, parseExpression(c));
}

/** `(` may open a condition or an expression; the condition is tried first and given up when it is none. */
function parseParenthesised(c: Cursor): Condition | null {
  if (!c.isOp("(")) return null;
  const start = c.at;
  try {
    const condition = inParens(c, () => parseCondition(c));
    if (!continuesExpression(c)) return condition;
  } catch (error) {
    if (!(error instanceof SqlError) || error.severity !== 15) throw error;
    return afterFailure(c, start, error);
  }
  c.at = start;
  return null;
}

function afterFailure(c: Cursor, start: number, error: SqlError): Condition | null {
  const reached = c.at;
  c.at = start;
  try {
    parseExpression(c);
  } catch {
    // Neither: report the place the condition came to.
    c.at = reached;
    throw error;
  }
  c.at = start;
  return null;
}

function continuesExpression(c: Cursor): boolean {
  const token = c.peek();
  return token.kind === "op" && (token.text in comparisons || "+-*/%&|^".includes(token.text));
}

function inParens<T>(c: Cursor, rule: () => T): T {
  c.expectOp("(");
  const result = rule();
  c.expectOp(")");
  return result;
}

function parsePredicate(c: Cursor, operand: Expr): Condition {
  const token = c.peek();
  const op = token.kind === "op" ? comparisons[token.text] : undefined;
  if (op !== undefined) return parseCompare(c, operand, op);
  if (c.takeWord("is")) {
    const negated = c.takeWord("not");
    c.expectWord("null");
    return { kind: "is_null", operand, negated };
  }
  const negated = c.takeWord("not");
  const { line } = token;
  if (c.takeWord("between")) return parseBetween(c, operand, negated, line);
  if (c.takeWord("like")) return parseLike(c, operand, negated);
  if (c.takeWord("in")) return parseIn(c, operand, negated, line);
  throw notACondition(c);
}

function parseCompare(c: Cursor, left: Expr, op: CompareOp): Condition {
  const { line } = c.next();
  for (const word of ["all", "any", "some"]) {
    if (c.isWord(word)) throw unsupported(`comparison with ${word.toUpperCase()}`, line);
  }
  return { kind: "compare", op, left, right: parseExpression(c), line };
}

function parseBetween(c: Cursor, operand: Expr, negated: boolean, line: number): Condition {
  const low = parseExpression(c);
  c.expectWord("and");
  return { kind: "between", operand, low, high: parseExpression(c), negated, line };
}

function parseLike(c: Cursor, operand: Expr, negated: boolean): Condition {
  const pattern = parseExpression(c);
  const escape = c.takeWord("escape") ? parseExpression(c) : null;
  return { kind: "like", operand, pattern, escape, negated };
}

function parseIn(c: Cursor, operand: Expr, negated: boolean, line: number): Condition {
  return inParens(c, (): Condition => {
    if (c.isWord("select") || c.isWord("with")) {
      return { kind: "in_query", operand, query: parseQuery(c), negated, line };
    }
    return { kind: "in_list", operand, items: c.list(() => parseExpression(c)), negated, line };
  });
}

function notACondition(c: Cursor): SqlError {
  const token = c.peek();
  if (token.kind === "end") return c.unexpected();
  return new SqlError(
    4145,
    `An expression of non-boolean type specified in a context where a condition is expected, near '${token.text}'.`,
    { severity: 15, line: token.line },
  );
}
