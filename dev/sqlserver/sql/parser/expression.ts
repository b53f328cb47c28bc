// Scalar expressions, by precedence: unary, * / %, + - & | ^, then COLLATE on the primary. Conditions are in condition.ts.
import { unsupported } from "../../errors.ts";
import type { BinaryOp, Expr, Over } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseOrderBy, parseQuery } from "./query.ts";
import { parseType } from "./type.ts";

const sums: readonly string[] = ["+", "-", "&", "|", "^"];
const products: readonly string[] = ["*", "/", "%"];

export function parseExpression(c: Cursor): Expr {
  return binaryChain(c, sums, () => binaryChain(c, products, () => parseUnary(c)));
}

function binaryChain(c: Cursor, ops: readonly string[], operand: () => Expr): Expr {
  let left = operand();
  while (c.peek().kind === "op" && ops.includes(c.peek().text)) {
    const { text, line } = c.next();
    left = { kind: "binary", op: text as BinaryOp, left, right: operand(), line };
  }
  return left;
}

function parseUnary(c: Cursor): Expr {
  for (const op of ["-", "+", "~"] as const) {
    if (c.takeOp(op)) return { kind: "unary", op, operand: parseUnary(c) };
  }
  return parseCollate(c);
}

function parseCollate(c: Cursor): Expr {
  let operand = parsePrimary(c);
  while (c.takeWord("collate")) operand = { kind: "collate", operand, collation: c.name() };
  return operand;
}

function parsePrimary(c: Cursor): Expr {
  const token = c.peek();
  switch (token.kind) {
    case "string":
    case "nstring":
    case "hex":
      c.next();
      return { kind: "literal", type: token.kind, text: token.text };
    case "number":
      c.next();
      return { kind: "literal", type: numberType(token.text), text: token.text };
    case "variable":
      c.next();
      return {
        kind: token.text.startsWith("@@") ? "global" : "variable",
        name: token.text.toLowerCase(),
        line: token.line,
      };
    case "op":
      return parseParenthesised(c);
    default:
      return parseWord(c);
  }
}

function numberType(text: string): "int" | "decimal" | "float" {
  if (/e/i.test(text)) return "float";
  return text.includes(".") ? "decimal" : "int";
}

function parseParenthesised(c: Cursor): Expr {
  c.expectOp("(");
  const inner: Expr = c.isWord("select") || c.isWord("with")
    ? { kind: "scalar_query", query: parseQuery(c) }
    : parseExpression(c);
  c.expectOp(")");
  return inner;
}

function parseWord(c: Cursor): Expr {
  const { line } = c.peek();
  if (c.takeWord("null")) return { kind: "literal", type: "null", text: "NULL" };
  if (c.takeWord("default")) return { kind: "default", line };
  if (c.takeWord("case")) return parseCase(c);
  if (c.takeWord("current_timestamp")) return callOf("getdate", [], line);
  if (c.isWord("iif") && c.isOp("(", 1)) return parseIif(c);
  const special = parseConvert(c);
  if (special !== null) return special;
  if (isCallWord(c)) return parseCall(c);
  const parts = c.qualifiedName();
  if (c.isOp("(")) throw unsupported(`function ${parts.join(".")}`, line);
  return { kind: "column", parts, line };
}

/** Some functions bear reserved names: LEFT, RIGHT, COALESCE, NULLIF. */
function isCallWord(c: Cursor): boolean {
  const token = c.peek();
  if (token.kind !== "word" || !c.isOp("(", 1)) return false;
  return c.isName() || ["left", "right", "coalesce", "nullif"].includes(token.text.toLowerCase());
}

function callOf(name: string, args: Expr[], line: number): Expr {
  return { kind: "call", name, args, distinct: false, star: false, over: null, line };
}

function parseCase(c: Cursor): Expr {
  const input = c.isWord("when") ? null : parseExpression(c);
  const simple: { when: Expr; then: Expr }[] = [];
  const searched: Extract<Expr, { kind: "searched_case" }>["whens"] = [];
  while (c.takeWord("when")) {
    if (input !== null) simple.push({ when: parseExpression(c), then: parseThen(c) });
    else searched.push({ when: parseCondition(c), then: parseThen(c) });
  }
  if (simple.length + searched.length === 0) throw c.unexpected();
  const otherwise = c.takeWord("else") ? parseExpression(c) : null;
  c.expectWord("end");
  return input === null
    ? { kind: "searched_case", whens: searched, otherwise }
    : { kind: "simple_case", input, whens: simple, otherwise };
}

function parseThen(c: Cursor): Expr {
  c.expectWord("then");
  return parseExpression(c);
}

/** IIF(condition, a, b) is short for a CASE. */
function parseIif(c: Cursor): Expr {
  c.next();
  c.expectOp("(");
  const when = parseCondition(c);
  c.expectOp(",");
  const then = parseExpression(c);
  c.expectOp(",");
  const otherwise = parseExpression(c);
  c.expectOp(")");
  return { kind: "searched_case", whens: [{ when, then }], otherwise };
}

/** CAST(x AS t), CONVERT(t, x [, style]) and their TRY_ forms. */
function parseConvert(c: Cursor): Expr | null {
  const word = c.peek().text.toLowerCase();
  if (c.peek().kind !== "word" || !c.isOp("(", 1)) return null;
  const attempt = word.startsWith("try_");
  const bare = attempt ? word.slice(4) : word;
  if (bare !== "cast" && bare !== "convert") return null;
  c.next();
  c.expectOp("(");
  const result = bare === "cast" ? parseCastBody(c, attempt) : parseConvertBody(c, attempt);
  c.expectOp(")");
  return result;
}

function parseCastBody(c: Cursor, attempt: boolean): Expr {
  const operand = parseExpression(c);
  c.expectWord("as");
  return { kind: "convert", operand, type: parseType(c, 30), style: null, attempt };
}

function parseConvertBody(c: Cursor, attempt: boolean): Expr {
  const type = parseType(c, 30);
  c.expectOp(",");
  const operand = parseExpression(c);
  const style = c.takeOp(",") ? parseExpression(c) : null;
  return { kind: "convert", operand, type, style, attempt };
}

function parseCall(c: Cursor): Expr {
  const { text, line } = c.next();
  c.expectOp("(");
  const call = { kind: "call" as const, name: text.toLowerCase(), distinct: c.takeWord("distinct"), line };
  const star = c.takeOp("*");
  const args = star || c.isOp(")") ? [] : c.list(() => parseExpression(c));
  c.expectOp(")");
  return { ...call, args, star, over: c.takeWord("over") ? parseOver(c) : null };
}

function parseOver(c: Cursor): Over {
  c.expectOp("(");
  const partitionBy = c.takeWord("partition", "by") ? c.list(() => parseExpression(c)) : [];
  const orderBy = parseOrderBy(c);
  if (c.isWord("rows") || c.isWord("range")) throw unsupported("OVER with a window frame", c.line);
  c.expectOp(")");
  return { partitionBy, orderBy };
}
