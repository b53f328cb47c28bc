// FROM: tables with hints, derived tables, VALUES, OPENJSON, joins and applies.
import { SqlError, syntaxNear, unsupported } from "../../errors.ts";
import type { JoinType, JsonColumn, TableRef } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseQuery } from "./query.ts";
import { parseType } from "./type.ts";

/** Hints that are taken; the last ones change nothing here, since there is one plan. */
const hintNames = [
  "nolock",
  "readuncommitted",
  "readpast",
  "readcommitted",
  "readcommittedlock",
  "updlock",
  "xlock",
]
  .concat([
    "holdlock",
    "serializable",
    "repeatableread",
    "rowlock",
    "paglock",
    "tablock",
    "tablockx",
    "nowait",
  ]);
const knownHints = ["forceseek", "forcescan", "index", "noexpand", "snapshot", "spatial_window_max_cells"];

export function parseFrom(c: Cursor): TableRef {
  let left = parseJoined(c);
  while (c.takeOp(",")) {
    left = { kind: "join", type: "cross", left, right: parseJoined(c), on: null, line: c.line };
  }
  return left;
}

function parseJoined(c: Cursor): TableRef {
  let left = parseSource(c);
  for (;;) {
    const line = c.line;
    const type = parseJoinType(c);
    if (type === null) return left;
    const right = parseSource(c);
    const needsOn = !type.startsWith("cross") && type !== "outer_apply";
    if (needsOn) c.expectWord("on");
    left = { kind: "join", type, left, right, on: needsOn ? parseCondition(c) : null, line };
  }
}

function parseJoinType(c: Cursor): JoinType | null {
  if (c.takeWord("join") || c.takeWord("inner", "join")) return "inner";
  if (c.takeWord("cross", "join")) return "cross";
  if (c.takeWord("cross", "apply")) return "cross_apply";
  if (c.takeWord("outer", "apply")) return "outer_apply";
  for (const side of ["left", "right", "full"] as const) {
    if (c.takeWord(side, "outer", "join") || c.takeWord(side, "join")) return side;
  }
  const hinted = ["loop", "hash", "merge", "remote"].find((word) =>
    c.isWord("inner", word) || c.isWord("left", word)
  );
  if (hinted !== undefined) throw unsupported(`join hint ${hinted.toUpperCase()}`, c.line);
  return null;
}

function parseSource(c: Cursor): TableRef {
  if (c.isOp("(")) return parseParenthesised(c);
  if (c.isWord("openjson") && c.isOp("(", 1)) return parseOpenJson(c);
  const line = c.line;
  const parts = c.qualifiedName();
  if (c.isOp("(") && !startsHints(c)) throw unsupported(`table function ${parts.join(".")}`, line);
  const alias = parseTableAlias(c);
  if (c.isWord("tablesample") || c.isWord("pivot") || c.isWord("unpivot")) {
    throw unsupported(c.peek().text.toUpperCase(), c.line);
  }
  return { kind: "table", parts, alias, hints: parseHints(c), line };
}

function startsHints(c: Cursor): boolean {
  return hintNames.includes(c.peek(1).text.toLowerCase());
}

function parseParenthesised(c: Cursor): TableRef {
  const line = c.line;
  c.expectOp("(");
  if (c.takeWord("values")) return parseValues(c, line);
  if (!c.isWord("select") && !c.isWord("with")) {
    const joined = parseFrom(c);
    c.expectOp(")");
    return joined;
  }
  const query = parseQuery(c);
  c.expectOp(")");
  const alias = parseTableAlias(c);
  if (alias === null) throw c.unexpected();
  return { kind: "derived", query, alias, columns: parseColumnNames(c), line };
}

function parseValues(c: Cursor, line: number): TableRef {
  const rows = c.list(() => c.listInParens(() => parseExpression(c)));
  c.expectOp(")");
  const alias = parseTableAlias(c);
  const columns = parseColumnNames(c);
  if (alias === null || columns === null) throw c.unexpected();
  return { kind: "values", rows, alias, columns, line };
}

function parseColumnNames(c: Cursor): string[] | null {
  return c.isOp("(") ? c.listInParens(() => c.name()) : null;
}

function parseTableAlias(c: Cursor): string | null {
  if (c.takeWord("as")) return c.name();
  return c.isName() && !c.isWord("offset") ? c.name() : null;
}

/** `WITH (READPAST, …)`; 321 for a word that is no hint, 40510 for one that is not known here. */
export function parseHints(c: Cursor): string[] {
  if (!c.isWord("with") || !c.isOp("(", 1)) return [];
  c.next();
  return c.listInParens(() => {
    const { text, line } = c.next();
    const hint = text.toLowerCase();
    if (hintNames.includes(hint)) return hint;
    if (knownHints.includes(hint)) throw unsupported(`table hint ${text.toUpperCase()}`, line);
    throw new SqlError(321, `"${text}" is not a recognized table hints option.`, { severity: 15, line });
  });
}

/** `OPENJSON(x [, path]) [WITH (name type 'path' [AS JSON], …)] alias` */
function parseOpenJson(c: Cursor): TableRef {
  const line = c.line;
  c.next();
  c.expectOp("(");
  const json = parseExpression(c);
  const path = c.takeOp(",") ? parseExpression(c) : null;
  c.expectOp(")");
  const columns = c.takeWord("with") ? c.listInParens(() => parseJsonColumn(c)) : null;
  return { kind: "openjson", json, path, columns, alias: parseTableAlias(c) ?? "", line };
}

function parseJsonColumn(c: Cursor): JsonColumn {
  const name = c.name();
  const type = parseType(c, 1);
  const collation = c.takeWord("collate") ? c.name() : null;
  const path = c.peek().kind === "string" || c.peek().kind === "nstring" ? c.next().text : null;
  const asJson = c.takeWord("as");
  if (asJson && !c.takeWord("json")) throw syntaxNear(c.peek().text, { line: c.line });
  return { name, type, collation, path, asJson };
}
