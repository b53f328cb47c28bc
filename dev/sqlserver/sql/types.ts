// SQL Server's data types as the stand-in knows them: names, sizes, precedence. What comes before: the parser,
// which reads a type's text; what comes after: type inference (sql/emit), conversion (engine/convert) and TDS.

export type TypeName =
  | "bit"
  | "tinyint"
  | "smallint"
  | "int"
  | "bigint"
  | "decimal"
  | "float"
  | "real"
  | "date"
  | "time"
  | "smalldatetime"
  | "datetime"
  | "datetime2"
  | "char"
  | "varchar"
  | "nchar"
  | "nvarchar"
  | "binary"
  | "varbinary"
  | "uniqueidentifier";

/** A type with its size. `length` counts characters or bytes, -1 means MAX; unused fields are 0. */
export interface SqlType {
  readonly name: TypeName;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
}

/**
 * How a value lies in SQLite and in JavaScript:
 * bit and integers bigint; decimal up to 18 digits a scaled bigint, else a sortable text; float a number;
 * date days since 0001-01-01; datetime 1/300 s since 1900-01-01; smalldatetime minutes since 1900-01-01;
 * time and datetime2 100 ns units; texts and uniqueidentifier a string; binary bytes.
 */
export type Physical = bigint | number | string | Uint8Array | null;

export const MAX = -1;

export function simpleType(name: TypeName): SqlType {
  return { name, length: 0, precision: 0, scale: 0 };
}

export const BIT = simpleType("bit");
export const INT = simpleType("int");
export const BIGINT = simpleType("bigint");
export const FLOAT = simpleType("float");
export const DATETIME = simpleType("datetime");

export function decimalType(precision: number, scale: number): SqlType {
  return { name: "decimal", length: 0, precision, scale };
}

export function textType(name: TypeName, length: number): SqlType {
  return { name, length, precision: 0, scale: 0 };
}

export function fractionType(name: "time" | "datetime2", scale: number): SqlType {
  return { name, length: 0, precision: 0, scale };
}

const integerNames: readonly TypeName[] = ["bit", "tinyint", "smallint", "int", "bigint"];
const temporalNames: readonly TypeName[] = ["date", "time", "smalldatetime", "datetime", "datetime2"];
const textNames: readonly TypeName[] = ["char", "varchar", "nchar", "nvarchar"];

export function isInteger(type: SqlType): boolean {
  return integerNames.includes(type.name);
}

export function isTemporal(type: SqlType): boolean {
  return temporalNames.includes(type.name);
}

export function isText(type: SqlType): boolean {
  return textNames.includes(type.name);
}

export function isUnicode(type: SqlType): boolean {
  return type.name === "nchar" || type.name === "nvarchar";
}

export function isBinary(type: SqlType): boolean {
  return type.name === "binary" || type.name === "varbinary";
}

export function isFloat(type: SqlType): boolean {
  return type.name === "float" || type.name === "real";
}

export function isNumeric(type: SqlType): boolean {
  return isInteger(type) || isFloat(type) || type.name === "decimal";
}

/** Data type precedence (Microsoft Learn, "Data type precedence"): the lower type is converted to the higher. */
const precedence: readonly TypeName[] = [
  "binary",
  "varbinary",
  "char",
  "varchar",
  "nchar",
  "nvarchar",
  "uniqueidentifier",
  "bit",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "decimal",
  "real",
  "float",
  "time",
  "date",
  "smalldatetime",
  "datetime",
  "datetime2",
];

export function rank(type: SqlType): number {
  return precedence.indexOf(type.name);
}

/** Digits an integer type can have, for its conversion to decimal. */
export function integerDigits(type: SqlType): number {
  const digits: Partial<Record<TypeName, number>> = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 };
  return digits[type.name] ?? 0;
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.length === b.length && a.precision === b.precision && a.scale === b.scale;
}

/** The type as T-SQL writes it: `decimal(18,2)`, `nvarchar(max)`. */
export function typeText(type: SqlType): string {
  if (type.name === "decimal") return `decimal(${type.precision},${type.scale})`;
  if (type.name === "time" || type.name === "datetime2") return `${type.name}(${type.scale})`;
  if (isText(type) || isBinary(type)) return `${type.name}(${type.length === MAX ? "max" : type.length})`;
  return type.name;
}

/** The type's name in an error message: `numeric` for decimals, as SQL Server says. */
export function messageName(type: SqlType): string {
  return type.name === "decimal" ? "numeric" : type.name;
}
