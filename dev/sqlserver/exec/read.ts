// Reading: queries, single expressions and conditions. A row held by another session makes the statement wait for
// that transaction's end and run again, as a locking read does; READPAST has been written into the SQL already.
import { convertColumns } from "../engine/convert.ts";
import { SqlError } from "../errors.ts";
import type { Session } from "../session.ts";
import type { Condition, Expr, Query } from "../sql/ast.ts";
import { coerce } from "../sql/emit/coerce.ts";
import { emitCondition } from "../sql/emit/condition.ts";
import type { EmitContext } from "../sql/emit/context.ts";
import { emitExpr } from "../sql/emit/expression.ts";
import { type EmittedColumn, emitTopQuery, topEnv } from "../sql/emit/query.ts";
import { isText, type Physical, type SqlType } from "../sql/types.ts";
import { RowIsLocked } from "../store/store.ts";
import { bindValues, type Plan, planFor } from "./plan.ts";
import type { OutputColumn, Run } from "./run.ts";

/** Runs a SELECT: sends its rows, or sets its variables. */
export async function runQuery(run: Run, query: Query): Promise<void> {
  const { emitted, rows } = await read(run, query, (ctx) => emitTopQuery(ctx, query));
  convertColumns(rows, emitted.prints ?? []);
  run.session.rowCount = BigInt(rows.length);
  if (emitted.assigns !== null) return assignVariables(run, emitted, rows.at(-1));
  run.sink.columns(emitted.columns.map(outputColumn));
  await run.sink.rows(rows);
  run.sink.done(run.session.noCount ? null : run.session.rowCount);
}

/** An expression on its own, as a value of the type. */
export async function evaluate(run: Run, expr: Expr, type: SqlType): Promise<Physical> {
  const { rows } = await read(run, expr, (ctx) => {
    const typed = coerce(ctx, emitExpr({ ...topEnv(ctx, []), aggregates: "forbidden" }, expr), type);
    return { sql: `SELECT ${typed.sql}` };
  });
  return rows[0]?.[0] ?? null;
}

/** True when the condition holds; unknown is not true. */
export async function holds(run: Run, condition: Condition): Promise<boolean> {
  const { rows } = await read(run, condition, (ctx) => {
    const sql = emitCondition({ ...topEnv(ctx, []), aggregates: "forbidden" }, condition);
    return { sql: `SELECT CASE WHEN ${sql} THEN 1 ELSE 0 END` };
  });
  return rows[0]?.[0] === 1n;
}

async function read<T extends { sql: string }>(run: Run, node: object, emit: (ctx: EmitContext) => T) {
  const { session, signal } = run;
  for (;;) {
    signal.throwIfAborted();
    const plan = planFor(session, node, run.types, emit);
    checkReadPast(session, plan);
    if (takesLocks(session, plan)) await session.transaction.takeWriter(signal);
    try {
      return { emitted: plan.emitted, rows: readNow(run, plan, plan.emitted.sql) };
    } catch (error) {
      if (!(error instanceof RowIsLocked)) throw error;
    }
    await session.store.lock.waitForRelease({ timeoutMs: session.lockTimeoutMs, signal });
  }
}

function readNow(run: Run, plan: Plan<unknown>, sql: string): Physical[][] {
  const { session } = run;
  const dirty = session.transaction.isolation === "read uncommitted" ||
    (plan.uses.length > 0 && plan.uses.every((use) => use.reads === "dirty"));
  const connection = session.store.connectionFor(session, dirty);
  return session.store.as(session, () => connection.all(sql, bindValues(plan, session, run.variables)));
}

function checkReadPast(session: Session, plan: Plan<unknown>): void {
  const { isolation } = session.transaction;
  if (isolation === "read committed" || isolation === "repeatable read") return;
  if (!plan.uses.some((use) => use.reads === "skip")) return;
  throw new SqlError(
    650,
    "You can only specify the READPAST lock in the READ COMMITTED or REPEATABLE READ isolation levels.",
  );
}

/** Reads that keep their locks to the end of the transaction take the one writer, so that nobody changes the rows. */
function takesLocks(session: Session, plan: Plan<unknown>): boolean {
  const { transaction } = session;
  if (transaction.depth === 0 || plan.uses.length === 0) return false;
  const keeps = transaction.isolation === "serializable" || transaction.isolation === "repeatable read";
  return keeps || plan.uses.some((use) => use.locks);
}

/** The last row sets the variables; without a row they stay. */
function assignVariables(
  run: Run,
  emitted: { columns: readonly EmittedColumn[]; assigns: readonly string[] | null },
  row: Physical[] | undefined,
): void {
  if (row === undefined) return;
  emitted.assigns?.forEach((name, i) => run.variables.set(name, row[i] ?? null));
}

function outputColumn(column: EmittedColumn): OutputColumn {
  const collation = isText(column.type) ? column.label?.collation ?? null : null;
  return { name: column.name, type: column.type, collation, nullable: column.nullable };
}
