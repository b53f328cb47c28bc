// Conversion of a value from one type to another: CAST, CONVERT, implicit conversion, assignment to a column.
// A converter is built once for a pair of types (sql/emit asks for it) and run for each row.
import { overflow, SqlError, typeClash, unsupported } from "../errors.ts";
import {
  INT,
  isBinary,
  isFloat,
  isInteger,
  isTemporal,
  isText,
  isUnicode,
  MAX,
  messageName,
  type Physical,
  sameType,
  type SqlType,
} from "../sql/types.ts";
import { codePage, type CodePageName } from "./codepage.ts";
import { decodeDecimal, encodeDecimal, printDecimal } from "./decimal.ts";
import { fitText, type TextTarget } from "./fit.ts";
import { toBigint, toDecimal, toFloat } from "./numbers.ts";
import { fromInstant, instantFromDays, toInstant } from "./temporal.ts";
import { dateTextError, readInstant, temporalPrinter } from "./temporal_text.ts";

export interface ConvertOptions {
  /** CONVERT style; 0 when none is given. */
  readonly style: number;
  /** Code page of a char or varchar target. */
  readonly codePage: CodePageName;
  /** The column that is assigned to: values too long raise 2628 instead of being cut. */
  readonly column?: TextTarget;
}

export type Converter = (value: Physical) => Physical;

/** Converts the columns for which there is a converter, in place: what the emitter left for after SQLite. */
export function convertColumns(rows: readonly Physical[][], converters: readonly (Converter | null)[]): void {
  const columns = converters.flatMap((convert, i) => convert === null ? [] : [{ convert, i }]);
  if (columns.length === 0) return;
  for (const row of rows) {
    for (const { convert, i } of columns) row[i] = convert(row[i] ?? null);
  }
}

/** True when a value of the one type is, as it lies, a value of the other, so that nothing need be done to it. */
export function samePhysical(from: SqlType, to: SqlType, samePage: boolean): boolean {
  if (isInteger(from) && isInteger(to)) return integerWidth(from) <= integerWidth(to);
  if (isText(from) && isText(to)) return fits(from, to) && (isUnicode(to) || (!isUnicode(from) && samePage));
  if (isFloat(from) && isFloat(to)) return from.name === to.name || to.name === "float";
  if (from.name !== to.name) return false;
  if (from.name === "decimal") {
    return from.scale === to.scale && from.precision <= to.precision &&
      (from.precision > 18) === (to.precision > 18);
  }
  if (isBinary(from)) return fits(from, to);
  return from.scale <= to.scale;
}

/** Fixed-length targets are padded, so only a text of the same length and kind fits as it lies. */
function fits(from: SqlType, to: SqlType): boolean {
  if (to.name === "nchar" || to.name === "char" || to.name === "binary") return sameType(from, to);
  return to.length === MAX || (from.length !== MAX && from.length <= to.length);
}

function integerWidth(type: SqlType): number {
  return ["bit", "tinyint", "smallint", "int", "bigint"].indexOf(type.name);
}

/** Builds the converter; throws 206 or 529 when SQL Server does not allow the conversion at all. */
export function converter(from: SqlType, to: SqlType, options: ConvertOptions): Converter {
  const convert = rawConverter(from, to, options);
  return (value) => value === null ? null : convert(value);
}

function rawConverter(from: SqlType, to: SqlType, options: ConvertOptions): Converter {
  if (isText(to)) return toTextConverter(from, to, options);
  if (isInteger(to)) return integerConverter(from, to);
  if (to.name === "decimal") return (v) => encodeDecimal(toDecimal(v, from, to), to.precision);
  if (isFloat(to)) {
    return (v) => to.name === "real" ? Math.fround(toFloat(v, from, to)) : toFloat(v, from, to);
  }
  if (isTemporal(to)) return temporalConverter(from, to, options.style);
  if (to.name === "uniqueidentifier") return guidConverter(from);
  if (isBinary(to) && isBinary(from)) return (v) => fitBinary(v, to, options);
  throw unsupported(`conversion from ${from.name} to ${to.name}`);
}

function integerConverter(from: SqlType, to: SqlType): Converter {
  if (isTemporal(from) || isBinary(from) || from.name === "uniqueidentifier") {
    throw typeClash(from.name, to.name);
  }
  return (v) => toBigint(v, from, to);
}

function toTextConverter(from: SqlType, to: SqlType, options: ConvertOptions): Converter {
  if (isBinary(from)) throw unsupported(`conversion from ${from.name} to ${to.name}`);
  const squeeze = isUnicode(to)
    ? (text: string) => text
    : (text: string) => codePage(options.codePage).squeeze(text);
  if (isText(from)) return (v) => fitText(squeeze(String(v)), to, options.column);
  const print = printer(from, options.style);
  return (v) => {
    const text = print(v);
    if (isTemporal(from) || to.length === -1 || text.length <= to.length) {
      return fitText(text, to, options.column);
    }
    return tooNarrow(from, to);
  };
}

/** A number that does not fit its text: integers become `*` in char and varchar, all else is an error. */
function tooNarrow(from: SqlType, to: SqlType): string {
  if (isInteger(from) && from.name !== "bigint" && !isUnicode(to)) return fitText("*", to, undefined);
  if (from.name === "uniqueidentifier") {
    throw new SqlError(8170, "Insufficient result space to convert uniqueidentifier value to char.", {
      state: 2,
    });
  }
  throw overflow(to.name, isInteger(from) ? "expression" : messageName(from));
}

/** Prints values of a type as CAST does; dates take the style. */
export function printer(type: SqlType, style: number): (value: Physical) => string {
  if (type.name === "decimal") return (v) => printDecimal(decodeDecimal(v), type.scale);
  if (isTemporal(type)) return temporalPrinter(type, style);
  if (isFloat(type)) return (v) => printFloat(Number(v), style);
  return String;
}

/** Style 0 prints a float with six digits at most. */
function printFloat(value: number, style: number): string {
  if (style !== 0) throw unsupported(`CONVERT style ${style} for float`);
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -5 && exponent < 15) return String(Number(value.toPrecision(6)));
  const [mantissa = "", power = "0"] = value.toExponential(5).split("e");
  const digits = power.replace(/^[+-]/, "").padStart(3, "0");
  return `${Number(mantissa)}e${power.startsWith("-") ? "-" : "+"}${digits}`;
}

function temporalConverter(from: SqlType, to: SqlType, style: number): Converter {
  if (isTemporal(from)) {
    if (from.name === "time" && to.name === "date") throw typeClash(from.name, to.name);
    return (v) => fromInstant(toInstant(v, from), to);
  }
  if (isText(from)) return (v) => fromInstant(readDateText(String(v), from, to, style), to);
  const old = to.name === "datetime" || to.name === "smalldatetime";
  if (isInteger(from) && old) return (v) => fromInstant(instantFromDays(toBigint(v, from, INT)), to);
  throw typeClash(messageName(from), to.name);
}

function readDateText(text: string, from: SqlType, to: SqlType, style: number): bigint {
  const instant = readInstant(text, style);
  if (instant === null || instant === "range") throw dateTextError(from.name, to, instant);
  return instant;
}

function guidConverter(from: SqlType): Converter {
  if (from.name === "uniqueidentifier") return (v) => v;
  if (!isText(from)) throw typeClash(from.name, "uniqueidentifier");
  return (v) => {
    const text = String(v).trim().replace(/^\{(.*)\}$/, "$1").slice(0, 36);
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toUpperCase();
    throw new SqlError(
      8169,
      "Conversion failed when converting from a character string to uniqueidentifier.",
      {
        state: 2,
      },
    );
  };
}

function fitBinary(value: Physical, to: SqlType, options: ConvertOptions): Physical {
  const bytes = value as Uint8Array;
  if (to.length === -1 || bytes.length === to.length) return bytes;
  if (bytes.length > to.length && options.column !== undefined) {
    throw new SqlError(8152, "String or binary data would be truncated.", { state: 10 });
  }
  if (to.name === "varbinary") return bytes.slice(0, to.length);
  const padded = new Uint8Array(to.length);
  padded.set(bytes.slice(0, to.length));
  return padded;
}
