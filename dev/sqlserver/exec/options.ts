// SET options. Those that change what statements mean here are kept; those whose usual value is the only one known
// are accepted at that value and refused at another.
import { same } from "../catalog.ts";
import { SqlError, unsupported } from "../errors.ts";
import type { Session } from "../session.ts";
import type { Statement } from "../sql/ast.ts";

type Option = Extract<Statement, { kind: "set_option" | "set_isolation" | "identity_insert" }>;

/** Options with the values that are no different from what is done anyway. */
const harmless: Record<string, readonly string[]> = {
  ansi_nulls: ["on"],
  ansi_null_dflt_on: ["on"],
  ansi_padding: ["on"],
  ansi_warnings: ["on"],
  ansi_defaults: ["on"],
  arithabort: ["on", "off"],
  concat_null_yields_null: ["on"],
  cursor_close_on_commit: ["off", "on"],
  datefirst: ["7"],
  dateformat: ["mdy"],
  implicit_transactions: ["off"],
  language: ["us_english", "english"],
  numeric_roundabort: ["off"],
  quoted_identifier: ["on"],
  textsize: ["2147483647", "-1"],
  rowcount: ["0"],
};

export function setOption(session: Session, statement: Option): void {
  if (statement.kind === "set_isolation") return setIsolation(session, statement.level, statement.line);
  if (statement.kind === "identity_insert") return setIdentityInsert(session, statement);
  const { option, value } = statement;
  if (option === "nocount") session.noCount = onOff(statement);
  else if (option === "xact_abort") session.xactAbort = onOff(statement);
  else if (option === "lock_timeout" && /^-?\d+$/.test(value)) session.lockTimeoutMs = Number(value);
  else if (!harmless[option]?.includes(value)) {
    throw unsupported(`SET ${option.toUpperCase()} ${value.toUpperCase()}`, statement.line);
  }
}

function onOff(statement: { option: string; value: string; line: number }): boolean {
  if (statement.value === "on" || statement.value === "off") return statement.value === "on";
  throw new SqlError(102, `Incorrect syntax near '${statement.value}'.`, {
    severity: 15,
    line: statement.line,
  });
}

export function setIsolation(session: Session, level: string, line: number): void {
  switch (level) {
    case "read uncommitted":
    case "read committed":
    case "repeatable read":
    case "serializable":
      session.transaction.isolation = level;
      return;
    default: {
      const { database } = session.store.catalogFor(session);
      throw new SqlError(
        3952,
        `Snapshot isolation transaction failed accessing database '${database}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.`,
        { line },
      );
    }
  }
}

/** One table at a time, as in SQL Server (8107). */
function setIdentityInsert(session: Session, statement: Extract<Option, { kind: "identity_insert" }>): void {
  const table = session.store.catalogFor(session).get(statement.table, statement.line);
  const name = table.name.toLowerCase();
  if (!statement.on) {
    if (session.identityInsert === name) session.identityInsert = null;
    return;
  }
  if (session.identityInsert !== null && session.identityInsert !== name) {
    throw new SqlError(
      8107,
      `IDENTITY_INSERT is already ON for table '${session.identityInsert}'. Cannot perform SET operation for table '${table.name}'.`,
    );
  }
  if (!table.columns.some((column) => column.identity !== null)) {
    throw new SqlError(
      8106,
      `Table '${table.name}' does not have the identity property. Cannot perform SET operation.`,
    );
  }
  session.identityInsert = name;
}

/** There is one database. */
export function useDatabase(session: Session, statement: Extract<Statement, { kind: "use" }>): void {
  if (same(statement.database, session.store.catalogFor(session).database)) return;
  throw new SqlError(
    911,
    `Database '${statement.database}' does not exist. Make sure that the name is entered correctly.`,
    {
      line: statement.line,
    },
  );
}
