// SELECT: common table expressions, unions, the select list, grouping, order. FROM is in from.ts.
import { unsupported } from "../../errors.ts";
import type { Cte, Expr, OrderItem, Query, QueryBody, SelectCore, SelectItem } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseFrom } from "./from.ts";

export function parseQuery(c: Cursor): Query {
  const line = c.line;
  const ctes = parseCtes(c);
  return { kind: "query", ctes, line, ...parseQueryRest(c) };
}

/** `WITH name [(columns)] AS (query), …`; empty when there is none. */
export function parseCtes(c: Cursor): Cte[] {
  if (!c.takeWord("with")) return [];
  return c.list(() => {
    const name = c.name();
    const columns = c.isOp("(") ? c.listInParens(() => c.name()) : null;
    c.expectWord("as");
    c.expectOp("(");
    const query = parseQuery(c);
    c.expectOp(")");
    return { name, columns, query };
  });
}

/** The query behind its WITH clause. */
export function parseQueryRest(c: Cursor): Pick<Query, "body" | "orderBy" | "offset"> {
  const body = parseUnions(c);
  const orderBy = parseOrderBy(c);
  const offset = parseOffset(c);
  if (c.isWord("for")) throw unsupported("FOR XML / FOR JSON", c.line);
  if (c.isWord("option")) throw unsupported("OPTION", c.line);
  return { body, orderBy, offset };
}

function parseUnions(c: Cursor): QueryBody {
  let left = parseQueryTerm(c);
  for (;;) {
    if (c.isWord("except") || c.isWord("intersect")) throw unsupported(c.peek().text.toUpperCase(), c.line);
    if (!c.takeWord("union")) return left;
    left = { kind: "union", all: c.takeWord("all"), left, right: parseQueryTerm(c) };
  }
}

function parseQueryTerm(c: Cursor): QueryBody {
  if (!c.takeOp("(")) return parseSelect(c);
  const body = parseUnions(c);
  c.expectOp(")");
  return body;
}

function parseSelect(c: Cursor): SelectCore {
  const line = c.line;
  c.expectWord("select");
  const distinct = c.takeWord("distinct");
  if (!distinct) c.takeWord("all");
  const top = parseTop(c);
  const items = c.list(() => parseSelectItem(c));
  if (c.isWord("into")) throw unsupported("SELECT INTO", c.line);
  const from = c.takeWord("from") ? parseFrom(c) : null;
  const where = c.takeWord("where") ? parseCondition(c) : null;
  const groupBy = c.takeWord("group", "by") ? c.list(() => parseExpression(c)) : [];
  const having = c.takeWord("having") ? parseCondition(c) : null;
  return { kind: "select", distinct, top, items, from, where, groupBy, having, line };
}

/** `TOP (n)`, or the old `TOP n` with a number. */
export function parseTop(c: Cursor): Expr | null {
  if (!c.takeWord("top")) return null;
  const count = c.isOp("(") ? parseExpression(c) : topNumber(c);
  if (c.isWord("percent")) throw unsupported("TOP PERCENT", c.line);
  if (c.isWord("with", "ties")) throw unsupported("TOP WITH TIES", c.line);
  return count;
}

function topNumber(c: Cursor): Expr {
  return { kind: "literal", type: "int", text: String(c.integer()) };
}

function parseSelectItem(c: Cursor): SelectItem {
  const line = c.line;
  if (c.takeOp("*")) return { kind: "star", qualifier: [], line };
  const assigned = parseAssignment(c);
  if (assigned !== null) return assigned;
  const star = parseQualifiedStar(c);
  if (star !== null) return star;
  if (c.isName() && c.isOp("=", 1)) {
    const alias = c.name();
    c.expectOp("=");
    return { kind: "expr", expr: parseExpression(c), alias };
  }
  const expr = parseExpression(c);
  return { kind: "expr", expr, alias: parseAlias(c) };
}

function parseAssignment(c: Cursor): SelectItem | null {
  if (c.peek().kind !== "variable" || !c.isOp("=", 1)) return null;
  const line = c.line;
  const variable = c.variable();
  c.expectOp("=");
  return { kind: "assign", variable, expr: parseExpression(c), line };
}

/** `t.*`, `dbo.t.*` */
function parseQualifiedStar(c: Cursor): SelectItem | null {
  const { line } = c.peek();
  let ahead = 0;
  while (c.isOp(".", ahead + 1)) {
    ahead += 2;
    if (!c.isOp("*", ahead)) continue;
    const qualifier: string[] = [];
    while (!c.takeOp("*")) {
      qualifier.push(c.name());
      c.expectOp(".");
    }
    return { kind: "star", qualifier, line };
  }
  return null;
}

/** `AS name`, `AS 'name'` or a bare name. */
function parseAlias(c: Cursor): string | null {
  if (c.takeWord("as")) return c.peek().kind === "string" ? c.next().text : c.name();
  return c.isName() && !startsStatement(c) ? c.name() : null;
}

/** Words that open a statement but are not reserved cannot be taken for an alias. */
function startsStatement(c: Cursor): boolean {
  return c.isWord("throw") && (c.peek(1).kind === "number" || c.isOp(";", 1) || c.peek(1).kind === "end");
}

export function parseOrderBy(c: Cursor): OrderItem[] {
  if (!c.takeWord("order", "by")) return [];
  return c.list(() => {
    const expr = parseExpression(c);
    const descending = c.takeWord("desc");
    if (!descending) c.takeWord("asc");
    return { expr, descending };
  });
}

function parseOffset(c: Cursor): Query["offset"] {
  if (!c.takeWord("offset")) return null;
  const skip = parseExpression(c);
  if (!c.takeWord("rows")) c.expectWord("row");
  if (!c.takeWord("fetch")) return { skip, fetch: null };
  if (!c.takeWord("next")) c.expectWord("first");
  const fetch = parseExpression(c);
  if (!c.takeWord("rows")) c.expectWord("row");
  c.expectWord("only");
  return { skip, fetch };
}
