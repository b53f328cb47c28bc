// The parts of a table definition: columns with their inline constraints, and table constraints.
import { unsupported } from "../../errors.ts";
import type { ColumnSpec, ConstraintSpec } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseType } from "./type.ts";

export interface TableParts {
  columns: ColumnSpec[];
  constraints: ConstraintSpec[];
}

export function parseTableParts(c: Cursor): TableParts {
  const parts: TableParts = { columns: [], constraints: [] };
  c.list(() => parsePart(c, parts));
  return parts;
}

function parsePart(c: Cursor, parts: TableParts): void {
  const constraint = parseTableConstraint(c);
  if (constraint !== null) parts.constraints.push(constraint);
  else parts.columns.push(parseColumn(c, parts.constraints));
}

function parseTableConstraint(c: Cursor): ConstraintSpec | null {
  const name = c.takeWord("constraint") ? c.name() : null;
  const key = parseKeyWords(c);
  if (key !== null) return { kind: "key", name, ...key, columns: parseKeyColumns(c) };
  if (c.takeWord("foreign", "key")) {
    const columns = c.listInParens(() => c.name());
    return { kind: "foreign", name, columns, ...parseReferences(c) };
  }
  if (c.takeWord("check")) return { kind: "check", name, text: parseCheck(c) };
  if (c.takeWord("default")) {
    const text = sourceOf(c, () => parseExpression(c));
    c.expectWord("for");
    return { kind: "default", name, text, column: c.name() };
  }
  if (name !== null) throw c.unexpected();
  return null;
}

function parseKeyWords(c: Cursor): { primary: boolean; clustered: boolean | null } | null {
  const primary = c.takeWord("primary", "key");
  if (!primary && !c.takeWord("unique")) return null;
  const clustered = c.takeWord("clustered") ? true : c.takeWord("nonclustered") ? false : null;
  return { primary, clustered };
}

function parseKeyColumns(c: Cursor): string[] {
  return c.listInParens(() => {
    const column = c.name();
    if (c.isWord("desc")) throw unsupported("descending key column", c.line);
    c.takeWord("asc");
    return column;
  });
}

function parseReferences(c: Cursor): { table: string[]; referenced: string[]; cascade: boolean } {
  c.expectWord("references");
  const table = c.qualifiedName();
  const referenced = c.isOp("(") ? c.listInParens(() => c.name()) : [];
  let cascade = false;
  while (c.takeWord("on")) {
    const event = c.peek().text.toLowerCase();
    if (!c.takeWord("delete") && !c.takeWord("update")) throw c.unexpected();
    if (c.takeWord("no", "action")) continue;
    if (event === "delete" && c.takeWord("cascade")) cascade = true;
    else throw unsupported(`ON ${event.toUpperCase()} ${c.peek().text.toUpperCase()}`, c.line);
  }
  return { table, referenced, cascade };
}

function parseCheck(c: Cursor): string {
  c.expectOp("(");
  const text = sourceOf(c, () => parseCondition(c));
  c.expectOp(")");
  return text;
}

/** Runs the rule and gives the text it covered: defaults and checks are kept as text, as in sys.default_constraints. */
function sourceOf(c: Cursor, rule: () => unknown): string {
  const start = c.peek().start;
  rule();
  return c.text.slice(start, c.peek(-1).end);
}

function parseColumn(c: Cursor, constraints: ConstraintSpec[]): ColumnSpec {
  const name = c.name();
  if (c.isWord("as")) throw unsupported("computed column", c.line);
  const column: ColumnSpec = {
    name,
    type: parseType(c, 1),
    collation: null,
    nullable: null,
    identity: null,
    default: null,
  };
  while (parseColumnOption(c, column, constraints));
  return column;
}

function parseColumnOption(c: Cursor, column: ColumnSpec, constraints: ConstraintSpec[]): boolean {
  if (c.takeWord("collate")) column.collation = c.name();
  else if (c.takeWord("not", "null")) column.nullable = false;
  else if (c.takeWord("null")) column.nullable = true;
  else if (c.takeWord("identity")) column.identity = parseIdentity(c);
  else return parseColumnConstraint(c, column, constraints);
  return true;
}

function parseIdentity(c: Cursor): { seed: bigint; increment: bigint } {
  if (!c.takeOp("(")) return { seed: 1n, increment: 1n };
  const seed = BigInt(c.integer());
  c.expectOp(",");
  const increment = BigInt(c.integer());
  c.expectOp(")");
  return { seed, increment };
}

function parseColumnConstraint(c: Cursor, column: ColumnSpec, constraints: ConstraintSpec[]): boolean {
  const name = c.takeWord("constraint") ? c.name() : null;
  const key = parseKeyWords(c);
  const columns = [column.name];
  if (key !== null) constraints.push({ kind: "key", name, ...key, columns });
  else if (c.takeWord("default")) column.default = { name, text: sourceOf(c, () => parseExpression(c)) };
  else if (c.takeWord("check")) constraints.push({ kind: "check", name, text: parseCheck(c) });
  else if (c.takeWord("foreign", "key") || c.isWord("references")) {
    constraints.push({ kind: "foreign", name, columns, ...parseReferences(c) });
  } else if (name !== null) throw c.unexpected();
  else return false;
  return true;
}
