// CREATE TABLE, CREATE INDEX, ALTER TABLE ADD, DROP. Columns and constraints are in table_parts.ts.
import { unsupported } from "../../errors.ts";
import type { Statement } from "../ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseTableParts } from "./table_parts.ts";

export function parseCreate(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("create");
  if (c.takeWord("table")) {
    const name = c.qualifiedName();
    c.expectOp("(");
    const parts = parseTableParts(c);
    c.expectOp(")");
    skipStorage(c);
    return { kind: "create_table", name, ...parts, line };
  }
  const unique = c.takeWord("unique");
  if (c.takeWord("clustered")) throw unsupported("CREATE CLUSTERED INDEX", line);
  c.takeWord("nonclustered");
  if (c.takeWord("index")) return parseCreateIndex(c, unique, line);
  throw unsupported(`CREATE ${c.peek().text.toUpperCase()}`, line);
}

/** `ON [PRIMARY]` and `TEXTIMAGE_ON` say where a real server keeps the rows: nothing to do here. */
function skipStorage(c: Cursor): void {
  while (c.takeWord("on") || c.takeWord("textimage_on")) c.name();
}

function parseCreateIndex(c: Cursor, unique: boolean, line: number): Statement {
  const name = c.name();
  c.expectWord("on");
  const table = c.qualifiedName();
  const columns = c.listInParens(() => parseIndexColumn(c));
  const include = c.takeWord("include") ? c.listInParens(() => c.name()) : [];
  if (c.isWord("where")) throw unsupported("filtered index", c.line);
  if (c.isWord("with")) throw unsupported("index options", c.line);
  skipStorage(c);
  return { kind: "create_index", name, table, unique, columns, include, line };
}

function parseIndexColumn(c: Cursor): string {
  const name = c.name();
  if (c.isWord("desc")) throw unsupported("descending index column", c.line);
  c.takeWord("asc");
  return name;
}

export function parseAlter(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("alter");
  if (!c.takeWord("table")) throw unsupported(`ALTER ${c.peek().text.toUpperCase()}`, line);
  const table = c.qualifiedName();
  if (c.takeWord("with", "check") || !c.isWord("add")) c.takeWord("with", "nocheck");
  if (!c.takeWord("add")) throw unsupported(`ALTER TABLE … ${c.peek().text.toUpperCase()}`, line);
  return { kind: "alter_add", table, ...parseTableParts(c), line };
}

export function parseDrop(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("drop");
  if (c.takeWord("table")) {
    const ifExists = c.takeWord("if", "exists");
    return { kind: "drop_table", names: c.list(() => c.qualifiedName()), ifExists, line };
  }
  if (!c.takeWord("index")) throw unsupported(`DROP ${c.peek().text.toUpperCase()}`, line);
  const ifExists = c.takeWord("if", "exists");
  const name = c.name();
  c.expectWord("on");
  return { kind: "drop_index", name, table: c.qualifiedName(), ifExists, line };
}
