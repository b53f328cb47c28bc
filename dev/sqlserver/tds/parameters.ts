// Values a client sends: TYPE_INFO and value of an RPC parameter → SqlType and physical value.
import { unsupported } from "../errors.ts";
import { hideNul } from "../engine/nul.ts";
import { codePage, type CodePageName } from "../engine/codepage.ts";
import { encodeDecimal } from "../engine/decimal.ts";
import { datetimeFromParts, DAY } from "../engine/temporal.ts";
import {
  BIT,
  DATETIME,
  decimalType,
  FLOAT,
  fractionType,
  INT,
  MAX,
  type Physical,
  simpleType,
  type SqlType,
  textType,
  type TypeName,
} from "../sql/types.ts";
import { ByteReader, ProtocolError, utf16Text } from "./bytes.ts";
import { timeSize, TYPE } from "./type_info.ts";

export interface WireValue {
  readonly type: SqlType;
  readonly value: Physical;
}

const PLP_NULL = 0xffff_ffff_ffff_ffffn;
const SHORT_NULL = 0xffff;
const LONG_NULL = 0xffff_ffff;
const VIETNAMESE = 0x042a;

export function readValue(reader: ByteReader): WireValue {
  const code = reader.u8();
  const fixed = readFixed(reader, code) ?? readSized(reader, code) ?? readLong(reader, code);
  if (fixed !== null) return fixed;
  if (code === 0xf3) throw unsupported("table-valued parameter");
  if (code === TYPE.datetimeOffsetN) throw unsupported("parameter of type datetimeoffset");
  if (code === 0xf1) throw unsupported("parameter of type xml");
  if (code === 0x6e || code === 0x3c || code === 0x7a) throw unsupported("parameter of type money");
  throw new ProtocolError(`data type 0x${code.toString(16)}`);
}

const integers: Record<number, TypeName> = { 1: "tinyint", 2: "smallint", 4: "int", 8: "bigint" };

/** Types without a length: the old ones, and NULL. */
function readFixed(reader: ByteReader, code: number): WireValue | null {
  switch (code) {
    case TYPE.null:
      return { type: INT, value: null };
    case TYPE.bit:
      return { type: BIT, value: BigInt(reader.u8() === 0 ? 0 : 1) };
    case TYPE.int1:
      return integer(reader, 1, 1);
    case TYPE.int2:
      return integer(reader, 2, 2);
    case TYPE.int4:
      return integer(reader, 4, 4);
    case TYPE.int8:
      return integer(reader, 8, 8);
    case TYPE.float8:
      return { type: FLOAT, value: reader.f64() };
    case TYPE.float4:
      return { type: simpleType("real"), value: reader.f32() };
    case TYPE.datetime:
      return { type: DATETIME, value: readDatetime(reader) };
    default:
      return null;
  }
}

function integer(reader: ByteReader, size: number, declared: number): WireValue {
  const name = integers[declared];
  if (name === undefined) throw new ProtocolError(`integer of ${declared} bytes`);
  if (size !== 0 && size !== declared) throw new ProtocolError(`${size} bytes for an integer of ${declared}`);
  return { type: simpleType(name), value: size === 0 ? null : reader.integer(size) };
}

function readDatetime(reader: ByteReader): bigint {
  const days = reader.i32();
  return datetimeFromParts(days, reader.u32());
}

/** Types whose value has one byte of length; 0 is NULL. */
function readSized(reader: ByteReader, code: number): WireValue | null {
  switch (code) {
    case TYPE.intN: {
      const declared = reader.u8();
      return integer(reader, reader.u8(), declared);
    }
    case TYPE.bitN:
      reader.u8();
      return { type: BIT, value: nullable(reader, () => reader.u8() === 0 ? 0n : 1n) };
    case TYPE.floatN:
      return readFloat(reader, reader.u8());
    case TYPE.decimalN:
    case TYPE.numericN:
      return readDecimal(reader);
    case TYPE.datetimeN:
      return readOldDatetime(reader, reader.u8());
    case TYPE.dateN:
      return { type: simpleType("date"), value: nullable(reader, () => reader.unsigned(3)) };
    case TYPE.timeN:
    case TYPE.datetime2N:
      return readFraction(reader, code === TYPE.timeN ? "time" : "datetime2", reader.u8());
    case TYPE.guid:
      reader.u8();
      return {
        type: simpleType("uniqueidentifier"),
        value: nullable(reader, () => guidText(reader.bytes(16))),
      };
    default:
      return null;
  }
}

function nullable(reader: ByteReader, read: (size: number) => Physical): Physical {
  const size = reader.u8();
  return size === 0 ? null : read(size);
}

function readFloat(reader: ByteReader, declared: number): WireValue {
  const type = declared === 4 ? simpleType("real") : FLOAT;
  return { type, value: nullable(reader, (size) => size === 4 ? reader.f32() : reader.f64()) };
}

function readDecimal(reader: ByteReader): WireValue {
  reader.u8();
  const [precision, scale] = [reader.u8(), reader.u8()];
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new ProtocolError(`decimal(${precision},${scale})`);
  }
  const value = nullable(reader, (size) => {
    const positive = reader.u8() === 1;
    const magnitude = reader.unsigned(size - 1);
    return encodeDecimal(positive ? magnitude : -magnitude, precision);
  });
  return { type: decimalType(precision, scale), value };
}

function readOldDatetime(reader: ByteReader, declared: number): WireValue {
  const value = nullable(reader, (size) => {
    if (size === 8) return readDatetime(reader);
    const days = reader.u16();
    return BigInt(days) * 1440n + BigInt(reader.u16());
  });
  return { type: declared === 4 ? simpleType("smalldatetime") : DATETIME, value };
}

function readFraction(reader: ByteReader, name: "time" | "datetime2", scale: number): WireValue {
  if (scale > 7) throw new ProtocolError(`${name}(${scale})`);
  const unit = 10n ** BigInt(7 - scale);
  const value = nullable(reader, () => {
    const time = reader.unsigned(timeSize(scale)) * unit;
    return name === "time" ? time : reader.unsigned(3) * DAY + time;
  });
  return { type: fractionType(name, scale), value };
}

function guidText(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((i) => (bytes[i] ?? 0).toString(16).padStart(2, "0")).join("").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const longNames: Record<number, TypeName> = {
  [TYPE.nVarChar]: "nvarchar",
  [TYPE.nChar]: "nchar",
  [TYPE.bigVarChar]: "varchar",
  [TYPE.bigChar]: "char",
  [TYPE.bigVarBinary]: "varbinary",
  [TYPE.bigBinary]: "binary",
  [TYPE.ntext]: "nvarchar",
  [TYPE.text]: "varchar",
};

/** Texts and binaries: a length of two bytes, or in chunks (PLP) for MAX. */
function readLong(reader: ByteReader, code: number): WireValue | null {
  const name = longNames[code];
  if (name === undefined) return null;
  const old = code === TYPE.ntext || code === TYPE.text;
  const size = old ? reader.u32() : reader.u16();
  const page = name.endsWith("char") ? readCodePage(reader) : "1252";
  const isMax = old || size === SHORT_NULL;
  const bytes = old ? readOldText(reader) : isMax ? readChunks(reader) : readShort(reader);
  const unicode = name.startsWith("n");
  const length = isMax ? MAX : Math.max(1, unicode ? size / 2 : size);
  return { type: textType(name, length), value: bytes === null ? null : longValue(bytes, name, page) };
}

function readCodePage(reader: ByteReader): CodePageName {
  const lcid = reader.u16();
  reader.bytes(3);
  return lcid === VIETNAMESE ? "1258" : "1252";
}

function longValue(bytes: Uint8Array, name: TypeName, page: CodePageName): Physical {
  if (name.startsWith("n")) return hideNul(utf16Text(bytes));
  return name.endsWith("char") ? hideNul(codePage(page).decode(bytes)) : bytes.slice();
}

function readShort(reader: ByteReader): Uint8Array | null {
  const size = reader.u16();
  return size === SHORT_NULL ? null : reader.bytes(size);
}

function readOldText(reader: ByteReader): Uint8Array | null {
  const size = reader.u32();
  return size === LONG_NULL ? null : reader.bytes(size);
}

function readChunks(reader: ByteReader): Uint8Array | null {
  if (reader.u64() === PLP_NULL) return null;
  const parts: Uint8Array[] = [];
  for (let size = reader.u32(); size !== 0; size = reader.u32()) parts.push(reader.bytes(size));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
