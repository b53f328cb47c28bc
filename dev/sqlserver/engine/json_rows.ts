// OPENJSON's rows: a JSON text becomes an array of rows of physical values, which SQLite reads with json_each.
// Also JSON_VALUE and ISJSON.
import { SqlError, unsupported } from "../errors.ts";
import { MAX, type Physical, type SqlType, textType } from "../sql/types.ts";
import { type Converter, converter } from "./convert.ts";
import type { CodePageName } from "./codepage.ts";
import { follow, type JsonPath, type JsonValue, readJson, readPath } from "./json.ts";

export interface JsonColumnPlan {
  readonly type: SqlType;
  readonly path: JsonPath;
  readonly asJson: boolean;
  readonly codePage: CodePageName;
}

const anyText = textType("nvarchar", MAX);

/** Rows of OPENJSON(text, root) WITH (columns): JSON text of an array of arrays; of values where there is one column. */
export function openJsonWith(
  columns: readonly JsonColumnPlan[],
): (text: string, root: string | null) => string {
  const readers = columns.map(cellReader);
  const [only] = readers;
  if (only !== undefined && readers.length === 1) {
    return (text, root) => rowToJson(elements(rootOf(text, root)).map((element) => only(element, text)));
  }
  return (text, root) => {
    const rows = elements(rootOf(text, root)).map((element) => readers.map((read) => read(element, text)));
    return rowsToJson(rows);
  };
}

/** Rows of OPENJSON(text, root) without WITH: key, value, type. */
export function openJsonPlain(text: string, root: string | null): string {
  const value = rootOf(text, root);
  if (value === undefined) return "[]";
  if (value.kind === "array") {
    return rowsToJson(value.items.map((item, i) => plainRow(String(i), item, text)));
  }
  if (value.kind === "object") {
    return rowsToJson(value.entries.map(([key, item]) => plainRow(key, item, text)));
  }
  throw notOpenable();
}

export function jsonValueOf(text: string, path: string): string | null {
  const found = follow(readJson(text), readPath(path));
  if (found === undefined || found.kind === "null" || found.kind === "array" || found.kind === "object") {
    return null;
  }
  return found.text.length > 4000 ? null : found.text;
}

/** SQL Server takes objects and arrays for JSON, not bare values. */
export function isJson(text: string): boolean {
  try {
    return ["array", "object"].includes(readJson(text).kind);
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

/** JSON text of rows. */
export function rowsToJson(rows: readonly (readonly Physical[])[]): string {
  return `[${rows.map(rowToJson).join(",")}]`;
}

/** JSON text of values; bigints are written digit for digit. */
function rowToJson(row: readonly Physical[]): string {
  return `[${
    row.map((value) => typeof value === "bigint" ? String(value) : JSON.stringify(value)).join(",")
  }]`;
}

function rootOf(text: string, root: string | null): JsonValue | undefined {
  const value = readJson(text);
  if (value.kind !== "array" && value.kind !== "object") throw notOpenable();
  return root === null ? value : follow(value, readPath(root));
}

function notOpenable(): SqlError {
  return new SqlError(13609, "JSON text is not properly formatted. OPENJSON takes an object or an array.", {
    state: 1,
  });
}

/** An array gives a row for each element, an object one row. */
function elements(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  if (value.kind === "array") return value.items;
  return value.kind === "object" ? [value] : [];
}

function plainRow(key: string, value: JsonValue, text: string): Physical[] {
  const types = { null: 0n, string: 1n, number: 2n, boolean: 3n, array: 4n, object: 5n };
  const shown = value.kind === "null"
    ? null
    : "text" in value
    ? value.text
    : text.slice(value.start, value.end);
  return [key, shown, types[value.kind]];
}

function cellReader(column: JsonColumnPlan): (element: JsonValue, text: string) => Physical {
  const convert = cellConverter(column);
  const takesBits = ["bit", "tinyint", "smallint", "int", "bigint"].includes(column.type.name);
  return (element, text) => {
    const value = follow(element, column.path);
    if (value === undefined || value.kind === "null") return null;
    if (value.kind === "array" || value.kind === "object") {
      return column.asJson ? text.slice(value.start, value.end) : missing(column);
    }
    return column.asJson ? missing(column) : convert(takesBits ? bitText(value) : value.text);
  };
}

function missing(column: JsonColumnPlan): null {
  if (column.path.strict) {
    throw new SqlError(13624, "Object or array cannot be found in the specified JSON path.");
  }
  return null;
}

/** true and false are 1 and 0 where a number is wanted. */
function bitText(value: Extract<JsonValue, { text: string }>): string {
  if (value.kind !== "boolean") return value.text;
  return value.text === "true" ? "1" : "0";
}

function cellConverter(column: JsonColumnPlan): Converter {
  const convert = converter(anyText, column.type, { style: 0, codePage: column.codePage });
  const { length, name } = column.type;
  return (value) => {
    if (name.endsWith("char") && length !== MAX && String(value).length > length) {
      // Not known for certain what a real server makes of it, so it is not guessed.
      throw unsupported(
        `OPENJSON value of ${String(value).length} characters in a column ${name}(${length})`,
      );
    }
    return convert(value);
  };
}
