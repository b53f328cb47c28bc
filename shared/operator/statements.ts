// Fills the operator's statements (shared/sql/operator_*.sql) with a profile's tables and columns. Text in, text out; source.ts runs them.
import type { DocumentSpec } from "../documents/mod.ts";
import type { Profile } from "../profiles.ts";
import { column, fill, keyFragments } from "../source_sql.ts";
import clockSql from "../sql/operator_clock.sql" with { type: "text" };
import countPending from "../sql/operator_count_pending.sql" with { type: "text" };
import failedRows from "../sql/operator_failed_rows.sql" with { type: "text" };
import findRows from "../sql/operator_find_rows.sql" with { type: "text" };
import oldestPending from "../sql/operator_oldest_pending.sql" with { type: "text" };
import pendingRows from "../sql/operator_pending_rows.sql" with { type: "text" };
import redriveRows from "../sql/operator_redrive_rows.sql" with { type: "text" };
import reportDay from "../sql/operator_report_day.sql" with { type: "text" };

const statements = {
  countPending,
  oldestPending,
  pendingRows,
  findRows,
  failedRows,
  redriveRows,
  reportDay,
};

export type OperatorStatements = Record<keyof typeof statements, string>;

export const clockStatement: string = clockSql;

/** The operator's statements for one document type. Throws RangeError when the profile has no tables for it. */
export function operatorStatements(spec: DocumentSpec, profile: Profile): OperatorStatements {
  const variables = fragments(spec, profile);
  const filled = (name: keyof typeof statements) => fill(statements[name], variables);
  return {
    countPending: filled("countPending"),
    oldestPending: filled("oldestPending"),
    pendingRows: filled("pendingRows"),
    findRows: filled("findRows"),
    failedRows: filled("failedRows"),
    redriveRows: filled("redriveRows"),
    reportDay: filled("reportDay"),
  };
}

function fragments(spec: DocumentSpec, profile: Profile): Record<string, string> {
  const tables = profile.tables[spec.type];
  const code = tables.columns[spec.code];
  if (!code) throw new RangeError(`Profile "${profile.name}" has no column for the code of ${spec.type}`);
  const created = typeof tables.createdAt === "string" ? tables.createdAt : tables.createdAt.day;
  const of = (name: string) => column("h", name);
  return {
    ...keyFragments(tables, profile),
    code: of(code),
    shop: of(tables.shop),
    national_code: tables.nationalCode === null ? "CAST(NULL AS nvarchar(1))" : of(tables.nationalCode),
    message: of(tables.message),
    created_at: of(created),
    // Where the table does not say when a row was changed, there is nothing nearer than when it was made.
    changed_at: of(tables.updatedAt ?? created),
    redrive_assignments: [
      `${of(tables.status)} = @pending`,
      ...(tables.updatedAt === null ? [] : [`${of(tables.updatedAt)} = GETDATE()`]),
    ].join(",\n  "),
  };
}
