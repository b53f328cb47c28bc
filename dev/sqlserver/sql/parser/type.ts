// Type names in T-SQL text → SqlType: `nvarchar(50)`, `decimal(18, 2)`, `[int]`.
import { SqlError, unsupported } from "../../errors.ts";
import {
  decimalType,
  fractionType,
  MAX,
  simpleType,
  type SqlType,
  textType,
  type TypeName,
} from "../types.ts";
import type { Cursor } from "./cursor.ts";

const plain: Record<string, TypeName> = {
  bit: "bit",
  tinyint: "tinyint",
  smallint: "smallint",
  int: "int",
  integer: "int",
  bigint: "bigint",
  real: "real",
  date: "date",
  datetime: "datetime",
  smalldatetime: "smalldatetime",
  uniqueidentifier: "uniqueidentifier",
};
const sized: Record<string, TypeName> = {
  char: "char",
  character: "char",
  varchar: "varchar",
  nchar: "nchar",
  nvarchar: "nvarchar",
  sysname: "nvarchar",
  binary: "binary",
  varbinary: "varbinary",
};
const known = [
  "money",
  "smallmoney",
  "datetimeoffset",
  "text",
  "ntext",
  "image",
  "xml",
  "sql_variant",
  "rowversion",
]
  .concat(["timestamp", "hierarchyid", "geography", "geometry"]);

/** Reads a type. `unsized` is the length of a character type without one: 1 in DDL and DECLARE, 30 in CAST. */
export function parseType(c: Cursor, unsized: 1 | 30): SqlType {
  const line = c.line;
  const name = typeName(c);
  const args = c.isOp("(") ? c.listInParens(() => c.takeWord("max") ? MAX : c.integer()) : [];
  const type = typeOf(name, args, unsized);
  if (type !== null) return type;
  if (known.includes(name)) throw unsupported(`type ${name}`, line);
  throw new SqlError(2715, `Cannot find data type ${name}.`, { line });
}

function typeName(c: Cursor): string {
  if (c.takeWord("sys") || (c.peek().kind === "quoted" && c.isOp(".", 1) && c.next() !== undefined)) {
    c.expectOp(".");
  }
  const token = c.peek();
  if (token.kind !== "word" && token.kind !== "quoted") throw c.unexpected();
  c.next();
  const name = token.text.toLowerCase();
  if (name === "double") {
    c.expectWord("precision");
    return "float";
  }
  return name;
}

function typeOf(name: string, args: number[], unsized: number): SqlType | null {
  const [first, second] = args;
  if (plain[name] !== undefined && args.length === 0) return simpleType(plain[name]);
  if (name === "float" && args.length <= 1) {
    return simpleType(first !== undefined && first <= 24 ? "real" : "float");
  }
  if (["decimal", "numeric", "dec"].includes(name)) return checkDecimal(first ?? 18, second ?? 0);
  if (name === "time" || name === "datetime2") return fractionType(name, checkFraction(first ?? 7));
  const text = sized[name];
  if (text === undefined || args.length > 1) return null;
  return textType(text, checkLength(text, first ?? (name === "sysname" ? 128 : unsized)));
}

function checkDecimal(precision: number, scale: number): SqlType {
  if (precision < 1 || precision > 38) {
    throw new SqlError(
      2750,
      `Column or parameter #1: Specified column precision ${precision} is greater than the maximum precision of 38.`,
    );
  }
  if (scale > precision) {
    throw new SqlError(192, "The scale must be less than or equal to the precision.", { severity: 15 });
  }
  return decimalType(precision, scale);
}

function checkFraction(scale: number): number {
  if (scale <= 7) return scale;
  throw new SqlError(1002, `Line 1: Specified scale ${scale} is invalid.`, { severity: 15 });
}

function checkLength(name: TypeName, length: number): number {
  const most = name.startsWith("n") ? 4000 : 8000;
  const fixed = name === "char" || name === "nchar" || name === "binary";
  if (length === MAX && !fixed) return MAX;
  if (length >= 1 && length <= most) return length;
  throw new SqlError(
    131,
    `The size (${length}) given to the type '${name}' exceeds the maximum allowed (${most}).`,
    {
      severity: 15,
    },
  );
}
