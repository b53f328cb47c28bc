// INSERT, UPDATE, DELETE, TRUNCATE with their OUTPUT clause.
import { unsupported } from "../../errors.ts";
import type { Cte, Delete, Expr, Insert, OutputItem, Statement, Update } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseFrom, parseHints } from "./from.ts";
import { parseQuery, parseTop } from "./query.ts";

export function parseInsert(c: Cursor): Insert {
  const line = c.line;
  c.expectWord("insert");
  if (c.isWord("top")) throw unsupported("INSERT TOP", line);
  c.takeWord("into");
  const target = c.qualifiedName();
  parseHints(c);
  const columns = c.isOp("(") && !isQueryInParens(c) ? c.listInParens(() => c.name()) : null;
  const output = parseOutput(c);
  return { kind: "insert", target, columns, output, source: parseInsertSource(c), line };
}

function isQueryInParens(c: Cursor): boolean {
  const word = c.peek(1).text.toLowerCase();
  return c.peek(1).kind === "word" && (word === "select" || word === "with");
}

function parseInsertSource(c: Cursor): Insert["source"] {
  if (c.takeWord("default", "values")) return { kind: "defaults" };
  if (c.isWord("exec") || c.isWord("execute")) throw unsupported("INSERT … EXEC", c.line);
  if (!c.takeWord("values")) return { kind: "query", query: parseQuery(c) };
  return { kind: "rows", rows: c.list(() => c.listInParens(() => parseExpression(c))) };
}

export function parseUpdate(c: Cursor, ctes: Cte[]): Update {
  const line = c.line;
  c.expectWord("update");
  const top = parseTop(c);
  const target = c.qualifiedName();
  parseHints(c);
  c.expectWord("set");
  const sets = c.list(() => parseSet(c));
  const output = parseOutput(c);
  const from = c.takeWord("from") ? parseFrom(c) : null;
  return { kind: "update", target, top, sets, output, from, where: parseWhere(c), ctes, line };
}

function parseSet(c: Cursor): Update["sets"][number] {
  const line = c.line;
  if (c.peek().kind === "variable") throw unsupported("UPDATE … SET @variable", line);
  const column = c.qualifiedName();
  const name: Expr = { kind: "column", parts: column, line };
  for (const op of ["+", "-", "*", "/", "%", "&", "|", "^"] as const) {
    if (!c.takeOp(`${op}=`)) continue;
    return { column, value: { kind: "binary", op, left: name, right: parseExpression(c), line }, line };
  }
  c.expectOp("=");
  return { column, value: parseExpression(c), line };
}

export function parseDelete(c: Cursor, ctes: Cte[]): Delete {
  const line = c.line;
  c.expectWord("delete");
  const top = parseTop(c);
  c.takeWord("from");
  const target = c.qualifiedName();
  parseHints(c);
  const output = parseOutput(c);
  const from = c.takeWord("from") ? parseFrom(c) : null;
  return { kind: "delete", target, top, output, from, where: parseWhere(c), ctes, line };
}

function parseWhere(c: Cursor) {
  if (!c.takeWord("where")) return null;
  if (c.isWord("current")) throw unsupported("WHERE CURRENT OF", c.line);
  return parseCondition(c);
}

/** `OUTPUT inserted.id, deleted.*`: plain columns only. */
function parseOutput(c: Cursor): OutputItem[] | null {
  if (!c.takeWord("output")) return null;
  const items = c.list(() => parseOutputItem(c));
  if (c.isWord("into")) throw unsupported("OUTPUT INTO", c.line);
  return items;
}

function parseOutputItem(c: Cursor): OutputItem {
  const line = c.line;
  const table = c.peek().text.toLowerCase();
  if ((table !== "inserted" && table !== "deleted") || !c.isOp(".", 1)) {
    throw unsupported("OUTPUT of an expression", line);
  }
  c.next();
  c.expectOp(".");
  if (c.takeOp("*")) return { kind: "star", table };
  const column = c.name();
  if (!c.isOp(",") && c.peek().kind === "op" && !c.isOp(";") && !c.isOp("(")) {
    throw unsupported("OUTPUT of an expression", line);
  }
  const alias = c.takeWord("as") || c.isName() ? c.name() : null;
  return { kind: "column", table, column, alias, line };
}

export function parseTruncate(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("truncate", "table");
  return { kind: "truncate", name: c.qualifiedName(), line };
}
