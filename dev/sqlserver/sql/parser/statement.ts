// A batch: statements one after another, semicolons optional. The first word decides which rule reads on.
import { noProcedure, syntaxNear, unsupported } from "../../errors.ts";
import type { Statement } from "../ast.ts";
import { tokenize } from "../lexer.ts";
import {
  parseBegin,
  parseCommit,
  parseDeclare,
  parseIf,
  parsePrint,
  parseRaiserror,
  parseRollback,
  parseSave,
  parseSetStatement,
  parseThrow,
  parseWaitfor,
  parseWhile,
} from "./control.ts";
import { Cursor } from "./cursor.ts";
import { parseAlter, parseCreate, parseDrop } from "./ddl.ts";
import { parseDelete, parseInsert, parseTruncate, parseUpdate } from "./dml.ts";
import { parseCondition } from "./condition.ts";
import { parseExpression } from "./expression.ts";
import { parseCtes, parseQuery, parseQueryRest } from "./query.ts";
import type { Condition, Expr } from "../ast.ts";

const rules: Record<string, (c: Cursor) => Statement> = {
  select: parseQuery,
  with: parseWith,
  insert: parseInsert,
  update: (c) => parseUpdate(c, []),
  delete: (c) => parseDelete(c, []),
  truncate: parseTruncate,
  create: parseCreate,
  alter: parseAlter,
  drop: parseDrop,
  declare: parseDeclare,
  set: parseSetStatement,
  if: parseIf,
  while: parseWhile,
  begin: parseBegin,
  commit: parseCommit,
  rollback: parseRollback,
  save: parseSave,
  print: parsePrint,
  throw: parseThrow,
  raiserror: parseRaiserror,
  waitfor: parseWaitfor,
  use: parseUse,
  break: (c) => wordStatement(c, "break"),
  continue: (c) => wordStatement(c, "continue"),
  return: (c) => wordStatement(c, "return"),
};

/** Statements of T-SQL that are refused by name rather than as a syntax error. */
const refused = [
  "merge",
  "exec",
  "execute",
  "grant",
  "revoke",
  "deny",
  "backup",
  "restore",
  "bulk",
  "dbcc",
  "kill",
]
  .concat([
    "open",
    "close",
    "fetch",
    "deallocate",
    "goto",
    "reconfigure",
    "checkpoint",
    "shutdown",
    "readtext",
  ])
  .concat(["writetext", "updatetext", "disable", "enable", "revert", "lineno"]);

/** Parses a whole batch; throws 102/156 for what is no T-SQL and 40510 for what is T-SQL but not known here. */
export function parseBatch(text: string): Statement[] {
  const c = new Cursor(tokenize(text), text);
  if (startsWithProcedure(c)) throw noProcedure(c.qualifiedName().join("."), c.line);
  const statements = parseStatements(c);
  if (c.peek().kind !== "end") throw c.unexpected();
  return statements;
}

/** A name that opens a batch calls a procedure in T-SQL (`sp_who`, also a misspelt `selec 1`). */
function startsWithProcedure(c: Cursor): boolean {
  const word = c.peek().text.toLowerCase();
  if (!c.isName() || word in rules || refused.includes(word) || word === "go") return false;
  const start = c.at;
  c.qualifiedName();
  const { kind } = c.peek();
  c.at = kind === "end" || kind === "number" || kind === "string" || kind === "nstring" ? start : c.at;
  return c.at === start;
}

/** One expression on its own: a column default. */
export function parseExpressionText(text: string): Expr {
  const c = new Cursor(tokenize(text), text);
  const expr = parseExpression(c);
  if (c.peek().kind !== "end") throw c.unexpected();
  return expr;
}

/** One condition on its own: a CHECK constraint. */
export function parseConditionText(text: string): Condition {
  const c = new Cursor(tokenize(text), text);
  const condition = parseCondition(c);
  if (c.peek().kind !== "end") throw c.unexpected();
  return condition;
}

/** Statements up to a closing word, which is taken; an empty block is a syntax error, as in T-SQL. */
export function parseStatementsUntil(c: Cursor, word: string): Statement[] {
  const statements = parseStatements(c);
  if (statements.length === 0) throw c.unexpected();
  c.expectWord(word);
  return statements;
}

function parseStatements(c: Cursor): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (c.takeOp(";"));
    if (c.peek().kind === "end" || c.isWord("end")) return statements;
    statements.push(parseStatement(c));
  }
}

export function parseStatement(c: Cursor): Statement {
  const token = c.peek();
  const word = token.kind === "word" ? token.text.toLowerCase() : "";
  const rule = rules[word];
  if (rule !== undefined) return rule(c);
  if (c.isOp("(") && c.peek(1).text.toLowerCase() === "select") return parseQuery(c);
  if (refused.includes(word)) throw unsupported(token.text.toUpperCase(), token.line);
  if (word === "go") throw syntaxNear(token.text, { line: token.line });
  throw c.unexpected();
}

/** WITH opens a query, an UPDATE or a DELETE. */
function parseWith(c: Cursor): Statement {
  const line = c.line;
  const ctes = parseCtes(c);
  if (c.isWord("update")) return parseUpdate(c, ctes);
  if (c.isWord("delete")) return parseDelete(c, ctes);
  if (c.isWord("insert") || c.isWord("merge")) {
    throw unsupported(`WITH … ${c.peek().text.toUpperCase()}`, line);
  }
  return { kind: "query", ctes, line, ...parseQueryRest(c) };
}

function parseUse(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("use");
  return { kind: "use", database: c.name(), line };
}

function wordStatement(c: Cursor, kind: "break" | "continue" | "return"): Statement {
  const line = c.line;
  c.expectWord(kind);
  return { kind, line };
}
