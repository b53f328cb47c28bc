// Values as they follow their TYPE_INFO (MS-TDS 2.2.5.5): a writer is built once for a column and run for each of its rows.
import { codePage } from "../engine/codepage.ts";
import type { Collation } from "../engine/collation.ts";
import { decodeDecimal } from "../engine/decimal.ts";
import { showNul } from "../engine/nul.ts";
import { datetimeParts, DAY, floorDiv } from "../engine/temporal.ts";
import { isBinary, isText, isUnicode, MAX, type Physical, type SqlType } from "../sql/types.ts";
import type { ByteWriter } from "./bytes.ts";
import { decimalSize, integerSizes, SHORT_NULL, timeSize } from "./type_info.ts";

const PLP_NULL = 0xffff_ffff_ffff_ffffn;

/** Writes a value of one type that is not NULL. */
export type ValueWriter = (out: ByteWriter, value: Physical) => void;

/** Writes one value; NULL in the form the type has for it. */
export function writeValue(out: ByteWriter, value: Physical, type: SqlType, collation: Collation): void {
  if (value !== null) return valueWriter(type, collation)(out, value);
  if (!isText(type) && !isBinary(type)) return out.u8(0);
  return type.length === MAX ? out.u64(PLP_NULL) : out.u16(SHORT_NULL);
}

export function valueWriter(type: SqlType, collation: Collation): ValueWriter {
  if (isText(type)) return isUnicode(type) ? unicodeWriter(type) : narrowWriter(type, collation);
  if (isBinary(type)) return (out, value) => writeBytes(out, value as Uint8Array, type);
  const size = type.name === "bit" ? 1 : integerSizes[type.name];
  if (size !== undefined) return (out, value) => writeInteger(out, BigInt(value as bigint), size);
  switch (type.name) {
    case "decimal":
      return (out, value) => writeDecimal(out, decodeDecimal(value), decimalSize(type.precision));
    case "float":
    case "real":
      return (out, value) => writeFloat(out, Number(value), type.name === "real" ? 4 : 8);
    case "uniqueidentifier":
      return (out, value) => writeGuid(out, String(value));
    default:
      return (out, value) => writeTemporal(out, BigInt(value as bigint), type);
  }
}

/** Without a copy in between: most values of a result are such text. */
function unicodeWriter(type: SqlType): ValueWriter {
  return (out, value) => {
    const text = showNul(String(value));
    writeLength(out, text.length * 2, type);
    out.text(text);
    writeEnd(out, type);
  };
}

/** Codes are ASCII, which every code page writes alike: one byte a character, as it stands. */
function narrowWriter(type: SqlType, collation: Collation): ValueWriter {
  const page = codePage(collation.codePage);
  return (out, value) => {
    const text = showNul(String(value));
    if (!isAscii(text)) return writeBytes(out, page.encode(text), type);
    writeLength(out, text.length, type);
    out.ascii(text);
    writeEnd(out, type);
  };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function writeBytes(out: ByteWriter, bytes: Uint8Array, type: SqlType): void {
  writeLength(out, bytes.length, type);
  out.bytes(bytes);
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

function writeInteger(out: ByteWriter, value: bigint, size: number): void {
  out.u8(size);
  out.integer(value, size);
}

function writeFloat(out: ByteWriter, value: number, size: 4 | 8): void {
  out.u8(size);
  if (size === 4) out.f32(value);
  else out.f64(value);
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
  out.u8(16);
  for (const i of [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]) out.u8(byte(i));
}
