// TYPE_INFO: how a type is described before its values (MS-TDS 2.2.5.6). Writing of values: values.ts, reading: parameters.ts.
import type { Collation } from "../engine/collation.ts";
import { isText, isUnicode, MAX, type SqlType } from "../sql/types.ts";
import type { ByteWriter } from "./bytes.ts";

export const TYPE = {
  null: 0x1f,
  guid: 0x24,
  intN: 0x26,
  dateN: 0x28,
  timeN: 0x29,
  datetime2N: 0x2a,
  datetimeOffsetN: 0x2b,
  int1: 0x30,
  bit: 0x32,
  int2: 0x34,
  int4: 0x38,
  datetime4: 0x3a,
  float4: 0x3b,
  datetime: 0x3d,
  float8: 0x3e,
  ntext: 0x63,
  text: 0x23,
  bitN: 0x68,
  decimalN: 0x6a,
  numericN: 0x6c,
  floatN: 0x6d,
  datetimeN: 0x6f,
  int8: 0x7f,
  bigVarBinary: 0xa5,
  bigVarChar: 0xa7,
  bigBinary: 0xad,
  bigChar: 0xaf,
  nVarChar: 0xe7,
  nChar: 0xef,
} as const;

/** The length of a MAX type, and of NULL in the others. */
export const SHORT_NULL = 0xffff;
export const integerSizes: Partial<Record<SqlType["name"], number>> = {
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
};

/** Bytes of the time part for a fraction of 0-2, 3-4, 5-7 digits. */
export function timeSize(scale: number): number {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

export function decimalSize(precision: number): number {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

export function writeTypeInfo(out: ByteWriter, type: SqlType, collation: Collation): void {
  const size = integerSizes[type.name];
  if (size !== undefined) return writeBytes(out, TYPE.intN, size);
  switch (type.name) {
    case "bit":
      return writeBytes(out, TYPE.bitN, 1);
    case "decimal":
      return writeBytes(out, TYPE.decimalN, decimalSize(type.precision), type.precision, type.scale);
    case "float":
    case "real":
      return writeBytes(out, TYPE.floatN, type.name === "real" ? 4 : 8);
    case "date":
      return writeBytes(out, TYPE.dateN);
    case "time":
      return writeBytes(out, TYPE.timeN, type.scale);
    case "datetime2":
      return writeBytes(out, TYPE.datetime2N, type.scale);
    case "datetime":
      return writeBytes(out, TYPE.datetimeN, 8);
    case "smalldatetime":
      return writeBytes(out, TYPE.datetimeN, 4);
    case "uniqueidentifier":
      return writeBytes(out, TYPE.guid, 16);
    default:
      return writeLongTypeInfo(out, type, collation);
  }
}

function writeBytes(out: ByteWriter, ...bytes: number[]): void {
  out.bytes(Uint8Array.from(bytes));
}

function writeLongTypeInfo(out: ByteWriter, type: SqlType, collation: Collation): void {
  const codes: Partial<Record<SqlType["name"], number>> = {
    char: TYPE.bigChar,
    varchar: TYPE.bigVarChar,
    nchar: TYPE.nChar,
    nvarchar: TYPE.nVarChar,
    binary: TYPE.bigBinary,
    varbinary: TYPE.bigVarBinary,
  };
  out.u8(codes[type.name] ?? TYPE.bigVarBinary);
  out.u16(type.length === MAX ? SHORT_NULL : type.length * (isUnicode(type) ? 2 : 1));
  if (isText(type)) out.bytes(collation.bytes);
}
