// BEGIN, COMMIT, ROLLBACK, SAVE TRANSACTION with the notes TDS wants about them.
import { SqlError } from "../errors.ts";
import type { Run } from "./run.ts";

export function beginTransaction(run: Run): void {
  const { transaction } = run.session;
  transaction.begin();
  if (transaction.depth === 1) run.sink.transactionChanged("begin", transaction.id);
}

export function commitTransaction(run: Run): void {
  const { transaction } = run.session;
  const { id } = transaction;
  transaction.commit();
  if (transaction.depth === 0) run.sink.transactionChanged("commit", id);
}

/** `asked` by ROLLBACK itself: then 3903 when there is nothing to roll back. */
export function rollbackTransaction(run: Run, name: string | null, asked: boolean): void {
  const { transaction } = run.session;
  const { id } = transaction;
  if (transaction.depth === 0) {
    if (asked) {
      throw new SqlError(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.");
    }
    return;
  }
  if (name !== null && transaction.hasSavepoint(name)) return transaction.rollbackTo(name);
  transaction.rollback();
  run.sink.transactionChanged("rollback", id);
}

export async function saveTransaction(run: Run, name: string): Promise<void> {
  const { transaction } = run.session;
  if (transaction.depth === 0) {
    throw new SqlError(628, "Cannot issue SAVE TRANSACTION when there is no active transaction.", {
      state: 0,
    });
  }
  await transaction.takeWriter(run.signal);
  transaction.save(name);
}
