// The pharmacy's tables against what the profile needs: missing and wrong columns, rights, indexes, triggers. Pure, over the facts of
// read_sqlserver.ts.
import { fill } from "../../source_sql.ts";
import addColumn from "../../sql/doctor_cure_add_column.sql" with { type: "text" };
import widenColumn from "../../sql/doctor_cure_widen_column.sql" with { type: "text" };
import {
  conversionVerdict,
  lengthVerdict,
  typeText,
  typeVerdict,
  type Verdict,
  vietnameseVerdict,
} from "./column_types.ts";
import type { ExpectedColumn, ExpectedTable } from "./expected.ts";
import { counted, type DoctorFinding, listed, type Said, sayer, type Severity } from "./finding.ts";
import { quote } from "../../source_sql.ts";
import type { ColumnFacts, TableFacts } from "./read_sqlserver.ts";

const say = sayer("sqlserver");

/** From so many rows on, reading a whole table for every scan is a fault and not only slow. */
const rowsManyFrom = 1_000_000;

export interface TableContext {
  /** The database user, for GRANT. */
  user: string;
  /** Characters that the status column must hold. */
  statusLength: number;
}

/** Everything about one table; a single `ok` when nothing is wrong with it. */
export function checkTable(
  expected: ExpectedTable,
  facts: TableFacts,
  context: TableContext,
): DoctorFinding[] {
  if (facts.columns.length === 0) return [tableMissing(expected, context)];
  const found = [
    ...expected.columns.flatMap((column) => checkColumn(expected, column, facts, context)),
    ...checkRights(expected, facts, context),
    ...checkIndexes(expected, facts),
    ...checkTriggers(expected, facts),
  ];
  if (found.some(({ severity }) => severity === "error" || severity === "warning")) return found;
  const rows = facts.rows === null ? "a view" : counted(facts.rows, "row");
  return [
    say("ok", "table", {
      subject: facts.name,
      en: `Table ${facts.name} has all ${expected.columns.length} columns that are needed (${rows})`,
      vi: `Bảng ${facts.name} đủ cột`,
    }),
    ...found,
  ];
}

function tableMissing({ name, written }: ExpectedTable, { user }: TableContext): DoctorFinding {
  return say("error", "table_missing", {
    subject: name,
    en: `Table ${name} is not there, or this login may not see it`,
    vi: `Không thấy bảng ${name}: chưa có, hoặc tài khoản không có quyền`,
    cure:
      "Look whether MSSQL_DATABASE and SOURCE_PROFILE are right; if the table is there, grant the rights.",
    run: grant(written ? "SELECT, UPDATE" : "SELECT", name, user),
  });
}

function checkColumn(
  table: ExpectedTable,
  expected: ExpectedColumn,
  facts: TableFacts,
  { statusLength }: TableContext,
): DoctorFinding[] {
  const subject = `${table.name}.${expected.name}`;
  const column = facts.columns.find(({ name }) => name.toLowerCase() === expected.name.toLowerCase());
  if (column === undefined) return [columnMissing(table, expected, subject)];
  const type = typeVerdict(expected, column);
  if (type?.severity === "error") return [aboutColumn(subject, column, type, typeCure(table, expected))];
  return [
    ...(type
      ? [aboutColumn(subject, column, type, { cure: "Ask the maker of the pharmacy's software." })]
      : []),
    ...verdicts(subject, column, [
      [lengthVerdict(expected, column, statusLength), typeCure(table, expected)],
      [vietnameseVerdict(expected, column), typeCure(table, expected)],
      [conversionVerdict(expected, column), typeCure(table, expected)],
    ]),
    ...(column.computed && expected.written ? [computed(subject)] : []),
  ];
}

function columnMissing(table: ExpectedTable, expected: ExpectedColumn, subject: string): DoctorFinding {
  const type = expected.declared;
  return say("error", "column_missing", {
    subject,
    en: `Column ${subject} is not there${type ? ` (${type})` : ""}: every statement of this type fails`,
    vi: `Thiếu cột ${subject}: không đọc hoặc ghi được chứng từ loại này`,
    cure: "Look whether SOURCE_PROFILE is right; else have the column added by whoever owns the database.",
    ...(type ? { run: statement(addColumn, table.name, expected.name, type) } : {}),
  });
}

function verdicts(subject: string, column: ColumnFacts, list: [Verdict, Cure][]): DoctorFinding[] {
  return list.flatMap(([verdict, cure]) => verdict ? [aboutColumn(subject, column, verdict, cure)] : []);
}

type Cure = Pick<Said, "cure" | "run">;

function aboutColumn(
  subject: string,
  column: ColumnFacts,
  { severity, name, en, vi }: NonNullable<Verdict>,
  cure: Cure,
): DoctorFinding {
  const wrongType = name === "column_type_wrong" ? `is ${typeText(column)}; ` : "";
  return say(severity, name, {
    subject,
    en: `Column ${subject} ${wrongType}${en}`,
    vi: `Cột ${subject}: ${vi}`,
    ...(severity === "info" ? {} : cure),
  });
}

function typeCure(table: ExpectedTable, { name, declared }: ExpectedColumn): Cure {
  return {
    cure: "Have the type changed by whoever owns the database, after a backup.",
    ...(declared ? { run: statement(widenColumn, table.name, name, declared) } : {}),
  };
}

function computed(subject: string): DoctorFinding {
  return say("error", "column_computed", {
    subject,
    en: `Column ${subject} is computed: results cannot be written into it`,
    vi: `Cột ${subject} là cột tính toán nên không ghi kết quả được`,
    cure: "Ask the maker of the pharmacy's software for a column that can be written.",
  });
}

function checkRights(table: ExpectedTable, facts: TableFacts, { user }: TableContext): DoctorFinding[] {
  const present = (wanted: (column: ExpectedColumn) => boolean, may: (facts: ColumnFacts) => boolean) =>
    table.columns.filter(wanted).filter(({ name }) =>
      facts.columns.some((column) => column.name.toLowerCase() === name.toLowerCase() && !may(column))
    ).map(({ name }) => name);
  const unread = present(() => true, ({ canRead }) => canRead);
  const unwritten = present(({ written }) => written, ({ canWrite }) => canWrite);
  return [
    ...denied("SELECT", { en: "read", vi: "đọc" }, { table: table.name, columns: unread, user }),
    ...denied("UPDATE", { en: "write", vi: "ghi" }, { table: table.name, columns: unwritten, user }),
  ];
}

function denied(
  right: "SELECT" | "UPDATE",
  what: { en: string; vi: string },
  { table, columns, user }: { table: string; columns: string[]; user: string },
): DoctorFinding[] {
  if (columns.length === 0) return [];
  const list = right === "UPDATE" ? `UPDATE (${columns.map(quote).join(", ")})` : right;
  return [say("error", `no_right_${right.toLowerCase()}`, {
    subject: table,
    en: `User ${user} may not ${what.en} ${listed(columns)} of ${table}`,
    vi: `Tài khoản ${user} không có quyền ${what.vi} ${listed(columns)} của bảng ${table}`,
    cure: "Grant the right.",
    run: grant(list, table, user),
  })];
}

function grant(rights: string, table: string, user: string): string {
  return `GRANT ${rights} ON ${quote(table)} TO [${user.replaceAll("]", "]]")}];`;
}

function checkIndexes(table: ExpectedTable, facts: TableFacts): DoctorFinding[] {
  if (facts.rows === null) {
    return [say("info", "table_is_view", {
      subject: table.name,
      en: `${table.name} is a view: the indexes of the tables behind it are not looked at`,
      vi: `${table.name} là view nên không kiểm tra chỉ mục`,
    })];
  }
  const rows = facts.rows;
  return table.indexed.flatMap(({ column, include, slow }) => {
    const leading = facts.indexes.filter((index) => index.leading.toLowerCase() === column.toLowerCase());
    if (leading.some(({ disabled, filtered }) => !disabled && !filtered)) return [];
    const unusable = leading.map(({ name, disabled }) => `${name} is ${disabled ? "disabled" : "filtered"}`);
    const severity: Severity = rows >= rowsManyFrom ? "error" : "warning";
    return [say(severity, "index_missing", {
      subject: `${table.name}.${column}`,
      en: `No usable index of ${table.name} begins with ${column} (${counted(rows, "row")}${
        unusable.length > 0 ? `; ${unusable.join(", ")}` : ""
      }): ${slow.en}`,
      vi: `Bảng ${table.name} (${rows} dòng) thiếu chỉ mục trên ${column}: ${slow.vi}`,
      cure: "Have the index made by whoever owns the database, at a quiet hour.",
      run: createIndex(table.name, column, include),
    })];
  });
}

function createIndex(table: string, column: string, include: string | undefined): string {
  const more = include === undefined ? "" : ` INCLUDE (${quote(include)})`;
  return `CREATE NONCLUSTERED INDEX ${quote(`IX_${table}_${column}`)} ON ${quote(table)} (${
    quote(column)
  })${more};`;
}

function checkTriggers(table: ExpectedTable, { triggers }: TableFacts): DoctorFinding[] {
  if (!table.written) return [];
  return triggers.map(({ name, insteadOf }) =>
    say(insteadOf ? "warning" : "info", "trigger", {
      subject: `${table.name}.${name}`,
      en: insteadOf
        ? `Trigger ${name} runs instead of changes of ${table.name}: what Hermes writes back may not arrive`
        : `Trigger ${name} runs whenever ${table.name} changes, also when Hermes writes a result back`,
      vi: `Bảng ${table.name} có trigger ${name}, chạy cả khi Hermes ghi kết quả`,
      ...(insteadOf ? { cure: `Look at what it does: EXEC sp_helptext '${name}'` } : {}),
    })
  );
}

/** A cure in SQL, without its comments. */
function statement(template: string, table: string, column: string, type: string): string {
  return fill(template, { table: quote(table), column: quote(column), type }).trim();
}
