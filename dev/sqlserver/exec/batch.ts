// Runs a batch: one statement after another, flow control, TRY … CATCH, and what an error means for the rest.
import { asSqlError, endsBatch, endsTransaction, SqlError, unsupported } from "../errors.ts";
import type { Statement } from "../sql/ast.ts";
import { INT, MAX, textType } from "../sql/types.ts";
import { runDefinition } from "./ddl.ts";
import { setOption, useDatabase } from "./options.ts";
import { evaluate, holds, runQuery } from "./read.ts";
import type { Run } from "./run.ts";
import {
  beginTransaction,
  commitTransaction,
  rollbackTransaction,
  saveTransaction,
} from "./transaction_statements.ts";
import { runWaitfor } from "./waitfor.ts";
import { runWrite } from "./write.ts";

/** How a statement ended. */
type Flow = "next" | "break" | "continue" | "return";

/** Thrown after an error was sent that ends the batch. */
class BatchEnded extends Error {}

/** Runs the statements; errors go to the sink. Only an abort (attention, lost connection) is thrown. */
export async function runBatch(run: Run, statements: readonly Statement[]): Promise<void> {
  try {
    declareAll(run, statements);
    await runAll(run, statements);
  } catch (error) {
    const known = asSqlError(error);
    if (known !== null) fail(run, known);
    else if (!(error instanceof BatchEnded)) throw error;
  }
}

/** Variables belong to the whole batch, also those declared in a branch that is not taken. */
function declareAll(run: Run, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (statement.kind === "declare") statement.items.forEach((item) => declare(run, item, statement.line));
    declareAll(run, innerStatements(statement));
  }
}

function declare(
  run: Run,
  item: { name: string; type: Parameters<typeof run.types.set>[1] },
  line: number,
): void {
  if (run.types.has(item.name)) {
    throw new SqlError(
      134,
      `The variable name '${item.name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
      {
        severity: 15,
        line,
      },
    );
  }
  run.types.set(item.name, item.type);
  run.variables.set(item.name, null);
}

function innerStatements(statement: Statement): Statement[] {
  switch (statement.kind) {
    case "if":
      return statement.otherwise === null ? [statement.then] : [statement.then, statement.otherwise];
    case "while":
      return [statement.body];
    case "block":
      return statement.statements;
    case "try":
      return [...statement.body, ...statement.handler];
    default:
      return [];
  }
}

async function runAll(run: Run, statements: readonly Statement[]): Promise<Flow> {
  for (const statement of statements) {
    run.signal.throwIfAborted();
    const flow = await runGuarded(run, statement);
    if (flow !== "next") return flow;
  }
  return "next";
}

async function runGuarded(run: Run, statement: Statement): Promise<Flow> {
  try {
    const flow = await runStatement(run, statement);
    run.session.lastErrorNumber = 0;
    return flow;
  } catch (cause) {
    const error = asSqlError(cause);
    if (error === null) throw cause;
    if (error.line === 0) error.line = statement.line;
    // Inside TRY the error belongs to the handler.
    if (run.tryDepth > 0) throw error;
    fail(run, error);
    if (endsBatch(error) || run.session.xactAbort) throw new BatchEnded();
    return "next";
  }
}

/** Sends an error and ends the transaction when it must. */
function fail(run: Run, error: SqlError): void {
  const { session, sink } = run;
  session.lastErrorNumber = error.number;
  session.rowCount = 0n;
  sink.error(error);
  if (!endsBatch(error)) {
    sink.info({ number: 3621, text: "The statement has been terminated.", line: error.line });
  }
  if (endsTransaction(error) || (session.xactAbort && error.severity > 10)) {
    rollbackTransaction(run, null, false);
  }
  sink.done(null);
}

async function runStatement(run: Run, statement: Statement): Promise<Flow> {
  switch (statement.kind) {
    case "if":
      return await runIf(run, statement);
    case "while":
      return await runWhile(run, statement);
    case "block":
      return await runAll(run, statement.statements);
    case "try":
      return await runTry(run, statement);
    case "break":
    case "continue":
    case "return":
      return statement.kind;
    default:
      await runSimple(run, statement);
      return "next";
  }
}

type Simple = Exclude<
  Statement,
  { kind: "if" | "while" | "block" | "try" | "break" | "continue" | "return" }
>;

async function runSimple(run: Run, statement: Simple): Promise<void> {
  switch (statement.kind) {
    case "query":
      return await runQuery(run, statement);
    case "insert":
    case "update":
    case "delete":
      return await runWrite(run, statement);
    case "declare":
    case "set_variable":
      return await runAssignment(run, statement);
    case "set_option":
    case "set_isolation":
    case "identity_insert":
      return setOption(run.session, statement);
    case "use":
      return useDatabase(run.session, statement);
    case "print":
      return run.sink.info({
        number: 0,
        text: String(await evaluate(run, statement.value, textType("nvarchar", 4000)) ?? ""),
        line: statement.line,
      });
    case "throw":
    case "raiserror":
      return await runThrow(run, statement);
    case "begin_transaction":
      return beginTransaction(run);
    case "commit":
      return commitTransaction(run);
    case "rollback":
      return rollbackTransaction(run, statement.name, true);
    case "save":
      return await saveTransaction(run, statement.name);
    case "waitfor":
      return await runWaitfor(run, statement);
    default:
      return await runDefinition(run, statement);
  }
}

async function runIf(run: Run, statement: Extract<Statement, { kind: "if" }>): Promise<Flow> {
  if (await holds(run, statement.condition)) return await runGuarded(run, statement.then);
  return statement.otherwise === null ? "next" : await runGuarded(run, statement.otherwise);
}

async function runWhile(run: Run, statement: Extract<Statement, { kind: "while" }>): Promise<Flow> {
  while (await holds(run, statement.condition)) {
    // The loop gives way, so that a client can stop it.
    await new Promise((resolve) => setTimeout(resolve));
    run.signal.throwIfAborted();
    const flow = await runGuarded(run, statement.body);
    if (flow === "break") break;
    if (flow === "return") return flow;
  }
  return "next";
}

async function runTry(run: Run, statement: Extract<Statement, { kind: "try" }>): Promise<Flow> {
  try {
    return await runAll({ ...run, tryDepth: run.tryDepth + 1 }, statement.body);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return await runHandler(run, statement.handler, error);
  }
}

async function runHandler(run: Run, handler: readonly Statement[], error: SqlError): Promise<Flow> {
  const { session } = run;
  const outer = session.caught;
  session.caught = error;
  session.lastErrorNumber = error.number;
  // A real server keeps a doomed transaction open for the handler; here it is rolled back already.
  if (endsTransaction(error) || session.xactAbort) rollbackTransaction(run, null, false);
  try {
    return await runAll(run, handler);
  } finally {
    session.caught = outer;
  }
}

async function runAssignment(
  run: Run,
  statement: Extract<Statement, { kind: "declare" | "set_variable" }>,
): Promise<void> {
  const items = statement.kind === "declare" ? statement.items : [statement];
  for (const { name, value } of items) {
    const type = run.types.get(name);
    if (type === undefined) {
      throw new SqlError(137, `Must declare the scalar variable "${name}".`, {
        severity: 15,
        line: statement.line,
      });
    }
    if (value !== null) run.variables.set(name, await evaluate(run, value, type));
  }
}

async function runThrow(
  run: Run,
  statement: Extract<Statement, { kind: "throw" | "raiserror" }>,
): Promise<void> {
  if (statement.kind === "raiserror") return await runRaiserror(run, statement);
  if (statement.parts === null) {
    if (run.session.caught !== null) throw run.session.caught;
    throw new SqlError(10704, "To rethrow an error, a THROW statement must be used inside a CATCH block.", {
      severity: 15,
    });
  }
  const number = Number(await evaluate(run, statement.parts.number, INT));
  const message = String(await evaluate(run, statement.parts.message, textType("nvarchar", 2048)));
  const state = Number(await evaluate(run, statement.parts.state, INT));
  throw new SqlError(number, message, { state, line: statement.line });
}

async function runRaiserror(run: Run, statement: Extract<Statement, { kind: "raiserror" }>): Promise<void> {
  const message = String(await evaluate(run, statement.message, textType("nvarchar", MAX)));
  const severity = Number(await evaluate(run, statement.severity, INT));
  const state = Number(await evaluate(run, statement.state, INT));
  if (message.includes("%")) throw unsupported("RAISERROR with a format", statement.line);
  if (severity <= 10) return run.sink.info({ number: 50000, text: message, line: statement.line });
  throw new SqlError(50000, message, { severity, state, line: statement.line });
}
