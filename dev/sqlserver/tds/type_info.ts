// TYPE_INFO: how a type is described before its values (MS-TDS 2.2.5.6), and the writing of values. Reading: parameters.ts.
import { showNul } from "../engine/nul.ts";
import { codePage } from "../engine/codepage.ts";
import { type Collation } from "../engine/collation.ts";
import { decodeDecimal } from "../engine/decimal.ts";
import { datetimeParts, DAY, floorDiv } from "../engine/temporal.ts";
import { isText, isUnicode, MAX, type Physical, type SqlType } from "../sql/types.ts";
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

const PLP_NULL = 0xffff_ffff_ffff_ffffn;
const SHORT_NULL = 0xffff;
const integerSizes: Partial<Record<SqlType["name"], number>> = { tinyint: 1, smallint: 2, int: 4, bigint: 8 };

/** Bytes of the time part for a fraction of 0-2, 3-4, 5-7 digits. */
export function timeSize(scale: number): number {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

function decimalSize(precision: number): number {
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

/** Writes a value after its TYPE_INFO; NULL in the form the type has for it. */
export function writeValue(out: ByteWriter, value: Physical, type: SqlType, collation: Collation): void {
  if (isText(type) || type.name === "varbinary" || type.name === "binary") {
    return writeLong(out, value, type, collation);
  }
  if (value === null) return out.u8(0);
  const size = integerSizes[type.name];
  if (size !== undefined) return writeInteger(out, BigInt(value as bigint), size);
  switch (type.name) {
    case "bit":
      return writeInteger(out, BigInt(value as bigint), 1);
    case "decimal":
      return writeDecimal(out, decodeDecimal(value), decimalSize(type.precision));
    case "float":
      out.u8(8);
      return out.f64(Number(value));
    case "real":
      out.u8(4);
      return out.f32(Number(value));
    case "uniqueidentifier":
      return writeGuid(out, String(value));
    default:
      return writeTemporal(out, BigInt(value as bigint), type);
  }
}

function writeInteger(out: ByteWriter, value: bigint, size: number): void {
  out.u8(size);
  out.integer(value, size);
}

function writeDecimal(out: ByteWriter, scaled: bigint, size: number): void {
  out.u8(size);
  out.u8(scaled < 0n ? 0 : 1);
  out.integer(scaled < 0n ? -scaled : scaled, size - 1);
}

function writeTemporal(out: ByteWriter, value: bigint, type: SqlType): void {
  if (type.name === "date") return writeInteger(out, value, 3);
  if (type.name === "datetime") {
    const { days, ticks } = datetimeParts(value);
    out.u8(8);
    out.i32(days);
    return out.u32(ticks);
  }
  if (type.name === "smalldatetime") {
    out.u8(4);
    out.u16(Number(value / 1440n));
    return out.u16(Number(value % 1440n));
  }
  const unit = 10n ** BigInt(7 - type.scale);
  const size = timeSize(type.scale);
  if (type.name === "time") return writeInteger(out, value / unit, size);
  const days = floorDiv(value, DAY);
  out.u8(size + 3);
  out.integer((value - days * DAY) / unit, size);
  out.integer(days, 3);
}

/** The first three groups are little-endian. */
function writeGuid(out: ByteWriter, text: string): void {
  const hex = text.replaceAll("-", "");
  const byte = (i: number) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  writeBytes(out, 16, ...[3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map(byte));
}

function writeLong(out: ByteWriter, value: Physical, type: SqlType, collation: Collation): void {
  if (value === null) return type.length === MAX ? out.u64(PLP_NULL) : out.u16(SHORT_NULL);
  if (isUnicode(type) && !(value instanceof Uint8Array)) {
    return writeUnicode(out, showNul(String(value)), type);
  }
  const bytes = value instanceof Uint8Array
    ? value
    : codePage(collation.codePage).encode(showNul(String(value)));
  writeLength(out, bytes.length, type);
  out.bytes(bytes);
  writeEnd(out, type);
}

/** Without a copy in between: most values of a result are such text. */
function writeUnicode(out: ByteWriter, text: string, type: SqlType): void {
  writeLength(out, text.length * 2, type);
  out.text(text);
  writeEnd(out, type);
}

/** A MAX type comes in chunks (PLP), of which the stand-in sends one: the whole length, the chunk's, the chunk, and the end's, 0. */
function writeLength(out: ByteWriter, length: number, type: SqlType): void {
  if (type.length !== MAX) return out.u16(length);
  out.u64(BigInt(length));
  if (length > 0) out.u32(length);
}

function writeEnd(out: ByteWriter, type: SqlType): void {
  if (type.length === MAX) out.u32(0);
}
