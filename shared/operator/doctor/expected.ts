// What the profile needs of the pharmacy's tables: which columns, of what kind, how long, and which of them indexed. From the document specs and
// the schema script; source-schema is the authority of both. Pure.
import { type DocumentType, documentTypes } from "../../document.ts";
import { type DocumentSpec, documentSpecs, type Tables } from "../../documents/mod.ts";
import type { Field, Fields } from "../../fields.ts";
import type { Profile } from "../../profiles.ts";
import phieuSchema from "../../sql/schema.phieu.sql" with { type: "text" };
import nationalSchema from "../../sql/schema.national.sql" with { type: "text" };

/** What a column's values are used as. */
export type Use = "text" | "date" | "decimal" | "integer" | "key" | "status" | "order";

export interface ExpectedColumn {
  name: string;
  use: Use;
  /** Hermes writes it: a value that does not fit would never be written back. */
  written: boolean;
  /** T-SQL type in the schema script; null where the profile has none. */
  declared: string | null;
  /** T-SQL type of the parameter that it is compared with, where it is. */
  comparedWith: string | null;
}

export interface ExpectedTable {
  name: string;
  /** Null for AccountShop. */
  type: DocumentType | null;
  columns: ExpectedColumn[];
  /** Columns that an index should begin with, and what is slow without one. */
  indexed: { column: string; include?: string; slow: { en: string; vi: string } }[];
  /** Whether results are written into it. */
  written: boolean;
}

/** A shop's code, as the account's statement types its parameter. */
const shopParameter = "varchar(50)";

/** The schema scripts of the built-in profiles; a pharmacy's own has none. */
const schemas = new Map([["national", nationalSchema], ["phieu", phieuSchema]]);

/** Every table that Hermes uses with this profile. */
export function expectedTables(profile: Profile): ExpectedTable[] {
  const declared = declaredTypes(schemas.get(profile.name) ?? "");
  const documents = documentTypes.flatMap((type) => {
    const [spec, tables] = [documentSpecs[type], profile.tables[type]];
    return [headerTable(spec, tables, profile), detailTable(spec, tables, profile)];
  });
  const accounts = profile.hasAccounts ? [accountTable()] : [];
  return [...documents, ...accounts].map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      declared: declared.get(`${table.name}.${column.name}`.toLowerCase()) ?? null,
    })),
  }));
}

function headerTable(spec: DocumentSpec, tables: Tables, profile: Profile): ExpectedTable {
  const codeColumn = tables.columns[spec.code];
  const columns = [
    column(tables.key, "key", { comparedWith: profile.keyType }),
    column(tables.status, "status", { comparedWith: profile.statusType, written: true }),
    column(tables.shop, "text"),
    ...(tables.nationalCode === null ? [] : [column(tables.nationalCode, "text", { written: true })]),
    column(tables.message, "text", { written: true }),
    column(typeof tables.createdAt === "string" ? tables.createdAt : tables.createdAt.day, "date"),
    ...(tables.updatedAt === null ? [] : [column(tables.updatedAt, "date", { written: true })]),
    ...fieldColumns(spec.header, tables.columns),
  ].map((each) => each.name === codeColumn ? { ...each, comparedWith: codeParameter(profile) } : each);
  return {
    name: tables.header,
    type: spec.type,
    columns: unique(columns),
    indexed: [
      {
        column: tables.status,
        // The scan asks for the shop of each row: with it in the index, no row is looked up.
        include: tables.shop,
        slow: { en: "every scan reads the whole table", vi: "mỗi lần quét phải đọc cả bảng" },
      },
      {
        column: tables.key,
        slow: {
          en: "reading and writing back a document reads the whole table",
          vi: "đọc và ghi kết quả mỗi chứng từ phải đọc cả bảng",
        },
      },
    ],
    written: true,
  };
}

function detailTable(spec: DocumentSpec, { details }: Tables, profile: Profile): ExpectedTable {
  return {
    name: details.table,
    type: spec.type,
    columns: unique([
      column(details.key, "order"),
      column(details.parent, "key", { comparedWith: profile.keyType }),
      ...fieldColumns(spec.lines.fields, details.columns),
    ]),
    indexed: [{
      column: details.parent,
      slow: {
        en: "reading the lines of a document reads the whole table",
        vi: "đọc chi tiết mỗi chứng từ phải đọc cả bảng",
      },
    }],
    written: false,
  };
}

function accountTable(): ExpectedTable {
  return {
    name: "AccountShop",
    type: null,
    columns: [
      column("shop_pharmacy_code", "text", { comparedWith: shopParameter }),
      column("pharmacy_code", "text"),
      column("account", "text"),
      column("password", "text"),
      column("status", "integer"),
      column("updated_at", "date"),
    ],
    indexed: [],
    written: false,
  };
}

function fieldColumns(fields: Fields, columns: Readonly<Record<string, string>>): ExpectedColumn[] {
  return Object.entries(fields).flatMap(([name, field]: [string, Field]) => {
    const source = columns[name];
    return source === undefined ? [] : [column(source, field.kind)];
  });
}

function column(
  name: string,
  use: Use,
  more: { written?: boolean; comparedWith?: string } = {},
): ExpectedColumn {
  return {
    name,
    use,
    written: more.written ?? false,
    declared: null,
    comparedWith: more.comparedWith ?? null,
  };
}

/** Codes are VARCHAR where keys are numbers, and the key itself in the other layout. */
function codeParameter(profile: Profile): string {
  return profile.keyType.includes("char") ? profile.keyType : "varchar(50)";
}

/** One of a name: where a code is the key too, the key's. */
function unique(columns: ExpectedColumn[]): ExpectedColumn[] {
  return columns.filter((each, index) => columns.findIndex(({ name }) => name === each.name) === index);
}

/** `table.column` in lower case → its type, read from a script of CREATE TABLE statements with a column a line. */
export function declaredTypes(schema: string): Map<string, string> {
  const types = new Map<string, string>();
  let table = "";
  for (const line of schema.split("\n")) {
    const opened = /^\s*CREATE TABLE (?:\[\w+\]\.)?\[(\w+)\]/i.exec(line);
    if (opened) table = opened[1] ?? "";
    const [, name, type] = /^\s+\[(\w+)\] (\w+(?:\s*\([^)]*\))?)/.exec(line) ?? [];
    if (table !== "" && name !== undefined && type !== undefined) {
      types.set(`${table}.${name}`.toLowerCase(), type.replaceAll(" ", ""));
    }
  }
  return types;
}
