// Statements that are neither queries nor data definition: variables, options, flow, transactions.
import { unsupported } from "../../errors.ts";
import type { Expr, Statement } from "../ast.ts";
import { parseCondition } from "./condition.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression.ts";
import { parseStatement, parseStatementsUntil } from "./statement.ts";
import { parseType } from "./type.ts";

export function parseDeclare(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("declare");
  const items = c.list(() => {
    const name = c.variable();
    c.takeWord("as");
    if (c.isWord("table")) throw unsupported("table variable", c.line);
    const type = parseType(c, 1);
    return { name, type, value: c.takeOp("=") ? parseExpression(c) : null };
  });
  return { kind: "declare", items, line };
}

/** SET of a variable, of an option, of the isolation level or of IDENTITY_INSERT. */
export function parseSetStatement(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("set");
  if (c.peek().kind === "variable") return parseSetVariable(c, line);
  if (c.takeWord("transaction", "isolation", "level")) {
    return { kind: "set_isolation", level: parseLevel(c), line };
  }
  if (c.takeWord("identity_insert")) {
    const table = c.qualifiedName();
    return { kind: "identity_insert", table, on: parseOnOff(c), line };
  }
  const token = c.next();
  if (token.kind !== "word") throw unsupported(`SET ${token.text}`, line);
  return { kind: "set_option", option: token.text.toLowerCase(), value: parseOptionValue(c), line };
}

function parseSetVariable(c: Cursor, line: number): Statement {
  const name = c.variable();
  for (const op of ["+", "-", "*", "/", "%"] as const) {
    if (!c.takeOp(`${op}=`)) continue;
    const left: Expr = { kind: "variable", name, line };
    return {
      kind: "set_variable",
      name,
      value: { kind: "binary", op, left, right: parseExpression(c), line },
      line,
    };
  }
  c.expectOp("=");
  return { kind: "set_variable", name, value: parseExpression(c), line };
}

function parseLevel(c: Cursor): string {
  for (const level of ["read uncommitted", "read committed", "repeatable read"]) {
    if (c.takeWord(...level.split(" "))) return level;
  }
  if (c.takeWord("serializable")) return "serializable";
  if (c.takeWord("snapshot")) return "snapshot";
  throw c.unexpected();
}

function parseOnOff(c: Cursor): boolean {
  if (c.takeWord("on")) return true;
  c.expectWord("off");
  return false;
}

/** `ON`, `OFF`, a name or a number, perhaps negative (LOCK_TIMEOUT -1). */
function parseOptionValue(c: Cursor): string {
  const sign = c.takeOp("-") ? "-" : "";
  const token = c.next();
  if (token.kind !== "word" && token.kind !== "number") throw c.unexpected();
  return sign + token.text.toLowerCase();
}

export function parseIf(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("if");
  const condition = parseCondition(c);
  const then = parseStatement(c);
  while (c.isOp(";") && c.peek(1).text.toLowerCase() === "else") c.next();
  return { kind: "if", condition, then, otherwise: c.takeWord("else") ? parseStatement(c) : null, line };
}

export function parseWhile(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("while");
  return { kind: "while", condition: parseCondition(c), body: parseStatement(c), line };
}

export function parseBegin(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("begin");
  if (c.takeWord("tran") || c.takeWord("transaction")) {
    return { kind: "begin_transaction", name: parseTranName(c), line };
  }
  if (c.isWord("distributed")) throw unsupported("BEGIN DISTRIBUTED TRANSACTION", line);
  if (!c.takeWord("try")) {
    c.takeOp(";");
    return { kind: "block", statements: parseStatementsUntil(c, "end"), line };
  }
  const body = parseStatementsUntil(c, "end");
  c.expectWord("try");
  c.takeOp(";");
  c.expectWord("begin", "catch");
  const handler = parseStatementsUntil(c, "end");
  c.expectWord("catch");
  return { kind: "try", body, handler, line };
}

function parseTranName(c: Cursor): string | null {
  if (c.peek().kind === "variable") throw unsupported("transaction name in a variable", c.line);
  return c.isName() && !c.isWord("throw") ? c.name() : null;
}

export function parseCommit(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("commit");
  if (c.takeWord("tran") || c.takeWord("transaction")) parseTranName(c);
  else c.takeWord("work");
  return { kind: "commit", line };
}

export function parseRollback(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("rollback");
  const named = c.takeWord("tran") || c.takeWord("transaction");
  if (!named) c.takeWord("work");
  return { kind: "rollback", name: named ? parseTranName(c) : null, line };
}

export function parseSave(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("save");
  if (!c.takeWord("tran")) c.expectWord("transaction");
  return { kind: "save", name: c.name(), line };
}

export function parsePrint(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("print");
  return { kind: "print", value: parseExpression(c), line };
}

export function parseThrow(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("throw");
  if (c.peek().kind !== "number" && c.peek().kind !== "variable") return { kind: "throw", parts: null, line };
  const number = parseExpression(c);
  c.expectOp(",");
  const message = parseExpression(c);
  c.expectOp(",");
  return { kind: "throw", parts: { number, message, state: parseExpression(c) }, line };
}

export function parseRaiserror(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("raiserror");
  const [message, severity, state, ...rest] = c.listInParens(() => parseExpression(c));
  if (message === undefined || severity === undefined || state === undefined) throw c.unexpected();
  if (rest.length > 0 || c.isWord("with")) throw unsupported("RAISERROR with arguments or options", line);
  return { kind: "raiserror", message, severity, state, line };
}

export function parseWaitfor(c: Cursor): Statement {
  const line = c.line;
  c.expectWord("waitfor");
  if (!c.takeWord("delay")) throw unsupported("WAITFOR TIME", line);
  return { kind: "waitfor", delay: parseExpression(c), line };
}
