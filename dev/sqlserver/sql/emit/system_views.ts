// sys.* and INFORMATION_SCHEMA.*: read-only views over the catalog. A new view is one entry in `views`.
import { type Catalog, type Column, type Index, type Table } from "../../catalog.ts";
import { rowsToJson } from "../../engine/json_rows.ts";
import { fromInstant, instantFromUnixMs } from "../../engine/temporal.ts";
import {
  BIT,
  DATETIME,
  INT,
  isText,
  isUnicode,
  MAX,
  type Physical,
  simpleType,
  type SqlType,
  textType,
  type TypeName,
} from "../types.ts";
import { type EmitContext, quoteText } from "./context.ts";
import type { ScopeColumn } from "./scope.ts";
import { serverViews } from "./server_views.ts";

const NAME = textType("nvarchar", 128);
const TINYINT = simpleType("tinyint");
const SMALLINT = simpleType("smallint");

interface View {
  readonly columns: Record<string, SqlType>;
  readonly rows: (catalog: Catalog) => Physical[][];
}

/** The view of that name, or null when the name is not one. */
export function systemView(ctx: EmitContext, parts: readonly string[]) {
  const [name = "", schema = ""] = [...parts].reverse().map((part) => part.toLowerCase());
  const view = viewOf(`${schema}.${name}`, ctx.catalog);
  if (view === null) return null;
  const label = { collation: ctx.catalog.collation, strength: "implicit" as const };
  return {
    rows: view.sql,
    columns: (sqlAlias: string): ScopeColumn[] =>
      Object.entries(view.columns).map(([column, type], i) => ({
        name: column,
        sql: `json_extract(${sqlAlias}.value,'$[${i}]')`,
        type,
        label: isText(type) ? label : null,
        nullable: true,
      })),
  };
}

/** Its columns, and the SQL of its rows as a JSON array of arrays. */
function viewOf(name: string, catalog: Catalog): { columns: Record<string, SqlType>; sql: string } | null {
  const live = serverViews[name];
  if (live !== undefined) return { columns: live.columns, sql: live.sql(catalog) };
  const view = views[name];
  return view === undefined
    ? null
    : { columns: view.columns, sql: quoteText(rowsToJson(view.rows(catalog))) };
}

/** system_type_id as a real server numbers them. */
const typeIds: Record<TypeName, number> = {
  uniqueidentifier: 36,
  date: 40,
  time: 41,
  datetime2: 42,
  tinyint: 48,
  smallint: 52,
  int: 56,
  smalldatetime: 58,
  real: 59,
  datetime: 61,
  float: 62,
  bit: 104,
  decimal: 106,
  bigint: 127,
  varbinary: 165,
  varchar: 167,
  binary: 173,
  char: 175,
  nvarchar: 231,
  nchar: 239,
};

function byteLength(type: SqlType): number {
  const fixed: Partial<Record<TypeName, number>> = {
    bit: 1,
    tinyint: 1,
    smallint: 2,
    int: 4,
    bigint: 8,
    real: 4,
    float: 8,
    date: 3,
    time: 5,
    datetime: 8,
    smalldatetime: 4,
    datetime2: 8,
    uniqueidentifier: 16,
  };
  if (type.length === MAX) return -1;
  if (type.name === "decimal") {
    return type.precision <= 9 ? 5 : type.precision <= 19 ? 9 : type.precision <= 28 ? 13 : 17;
  }
  return fixed[type.name] ?? type.length * (isUnicode(type) ? 2 : 1);
}

function bit(value: boolean): bigint {
  return value ? 1n : 0n;
}

function tableRow(table: Table): Physical[] {
  const created = fromInstant(instantFromUnixMs(table.createdAt), DATETIME);
  return [table.name, BigInt(table.id), 1n, "U ", "USER_TABLE", created, created];
}

function columnRows(table: Table): Physical[][] {
  return table.columns.map((column, i) => {
    const { type } = column;
    const typeId = BigInt(typeIds[type.name]);
    const sizes = [BigInt(byteLength(type)), BigInt(type.precision), BigInt(type.scale)];
    const flags = [bit(column.nullable), bit(column.identity !== null), bit(false)];
    const head = [BigInt(table.id), column.name, BigInt(i + 1), typeId, typeId];
    return [...head, ...sizes, ...flags, column.collation?.name ?? null];
  });
}

function indexRows(table: Table): Physical[][] {
  return table.indexes.map((index, i) => {
    const primary = index.kind === "primary";
    const type = primary ? 1n : 2n;
    const description = primary ? "CLUSTERED" : "NONCLUSTERED";
    const flags = [bit(index.kind !== "index"), bit(primary), bit(index.kind === "unique_constraint")];
    // Disabled, filtered or hypothetical indexes are not made here.
    const never = [bit(false), bit(false), bit(false)];
    return [BigInt(table.id), index.name, BigInt(i + 1), type, description, ...flags, ...never];
  });
}

function indexColumnRows(table: Table, index: Index, number: number): Physical[][] {
  return [...index.columns, ...index.include].map((name, i) => {
    const included = i >= index.columns.length;
    const columnId = table.columns.findIndex((column) => column.name === name) + 1;
    const ordinal = included ? 0n : BigInt(i + 1);
    return [BigInt(table.id), BigInt(number), BigInt(i + 1), BigInt(columnId), ordinal, bit(included)];
  });
}

function informationRow(catalog: Catalog, table: Table, column: Column, position: number): Physical[] {
  const { type } = column;
  const length = isText(type) ? BigInt(type.length) : null;
  const [precision, scale] = type.name === "decimal"
    ? [BigInt(type.precision), BigInt(type.scale)]
    : [null, null];
  const head = [
    catalog.database,
    "dbo",
    table.name,
    column.name,
    BigInt(position),
    column.default?.text ?? null,
  ];
  return [
    ...head,
    column.nullable ? "YES" : "NO",
    type.name,
    length,
    precision,
    scale,
    column.collation?.name ?? null,
  ];
}

const tableColumns = {
  name: NAME,
  object_id: INT,
  schema_id: INT,
  type: textType("char", 2),
  type_desc: NAME,
  create_date: DATETIME,
  modify_date: DATETIME,
};

const views: Record<string, View> = {
  "sys.tables": { columns: tableColumns, rows: (catalog) => catalog.tables().map(tableRow) },
  "sys.objects": { columns: tableColumns, rows: (catalog) => catalog.tables().map(tableRow) },
  "sys.columns": {
    columns: {
      object_id: INT,
      name: NAME,
      column_id: INT,
      system_type_id: TINYINT,
      user_type_id: INT,
      max_length: SMALLINT,
      precision: TINYINT,
      scale: TINYINT,
      is_nullable: BIT,
      is_identity: BIT,
      is_computed: BIT,
      collation_name: NAME,
    },
    rows: (catalog) => catalog.tables().flatMap(columnRows),
  },
  "sys.indexes": {
    columns: {
      object_id: INT,
      name: NAME,
      index_id: INT,
      type: TINYINT,
      type_desc: NAME,
      is_unique: BIT,
      is_primary_key: BIT,
      is_unique_constraint: BIT,
      is_disabled: BIT,
      has_filter: BIT,
      is_hypothetical: BIT,
    },
    rows: (catalog) => catalog.tables().flatMap(indexRows),
  },
  "sys.index_columns": {
    columns: {
      object_id: INT,
      index_id: INT,
      index_column_id: INT,
      column_id: INT,
      key_ordinal: TINYINT,
      is_included_column: BIT,
    },
    rows: (catalog) =>
      catalog.tables().flatMap((table) =>
        table.indexes.flatMap((index, i) => indexColumnRows(table, index, i + 1))
      ),
  },
  "sys.types": {
    columns: { name: NAME, system_type_id: TINYINT, user_type_id: INT },
    rows: () => Object.entries(typeIds).map(([name, id]) => [name, BigInt(id), BigInt(id)]),
  },
  "sys.schemas": { columns: { name: NAME, schema_id: INT }, rows: () => [["dbo", 1n], ["sys", 4n]] },
  "sys.databases": {
    columns: {
      name: NAME,
      database_id: INT,
      compatibility_level: TINYINT,
      collation_name: NAME,
      is_read_committed_snapshot_on: BIT,
    },
    rows: (catalog) => [[catalog.database, 5n, 130n, catalog.collation.name, 0n]],
  },
  "information_schema.tables": {
    columns: { TABLE_CATALOG: NAME, TABLE_SCHEMA: NAME, TABLE_NAME: NAME, TABLE_TYPE: NAME },
    rows: (catalog) => catalog.tables().map((table) => [catalog.database, "dbo", table.name, "BASE TABLE"]),
  },
  "information_schema.columns": {
    columns: {
      TABLE_CATALOG: NAME,
      TABLE_SCHEMA: NAME,
      TABLE_NAME: NAME,
      COLUMN_NAME: NAME,
      ORDINAL_POSITION: INT,
      COLUMN_DEFAULT: textType("nvarchar", 4000),
      IS_NULLABLE: textType("varchar", 3),
      DATA_TYPE: NAME,
      CHARACTER_MAXIMUM_LENGTH: INT,
      NUMERIC_PRECISION: TINYINT,
      NUMERIC_SCALE: INT,
      COLLATION_NAME: NAME,
    },
    rows: (catalog) =>
      catalog.tables().flatMap((table) =>
        table.columns.map((column, i) => informationRow(catalog, table, column, i + 1))
      ),
  },
};
