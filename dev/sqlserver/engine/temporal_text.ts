// Dates and times as text: the CONVERT styles SQL Server prints and the forms it reads.
import { SqlError, unsupported } from "../errors.ts";
import type { Physical, SqlType } from "../sql/types.ts";
import {
  type Civil,
  civilFromDays,
  DAY,
  daysFromCivil,
  daysInMonth,
  floorDiv,
  SECOND,
  toInstant,
} from "./temporal.ts";

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Styles in which a DATE is printed as `2024-01-31`. */
const isoStyles: readonly number[] = [0, 23, 120, 121, 126];
const unitsInSecond = Number(SECOND);

interface Fields {
  date: Civil;
  yyyy: string;
  mm: string;
  dd: string;
  hh: string;
  mi: string;
  ss: string;
  /** Fraction as the type prints it, without a dot; empty when it is left out. */
  fraction: string;
  hour: number;
}

/** Prints stored values of a type in a CONVERT style; style 0 is the one of CAST. */
export function temporalPrinter(type: SqlType, style: number): (value: Physical) => string {
  // Most dates by far are printed so, hence the short way.
  if (type.name === "date" && isoStyles.includes(style)) return (v) => isoText(civilFromDays(Number(v)));
  return (v) => printInstant(toInstant(v, type), type, style);
}

/** Prints an instant of a type in a CONVERT style; style 0 is the one of CAST. */
export function printInstant(instant: bigint, type: SqlType, style: number): string {
  const f = fieldsOf(instant, type);
  const parts = styleParts(f, type, style);
  if (parts === null) throw unsupported(`CONVERT style ${style} for ${type.name}`);
  if (type.name === "date") return parts.date;
  if (type.name === "time") return parts.time;
  return parts.date + parts.separator + parts.time;
}

/** CAST and style 0 print the old types as `Jan  2 2024  3:04PM`, the new ones as ISO. */
function styleParts(f: Fields, type: SqlType, style: number) {
  const iso = isoText(f.date);
  const clock = `${f.hh}:${f.mi}:${f.ss}`;
  const full = f.fraction === "" ? clock : `${clock}.${f.fraction}`;
  const modern = type.name === "date" || type.name === "time" || type.name === "datetime2";
  if (style === 0 && modern) return { date: iso, separator: " ", time: full };
  switch (style) {
    case 0:
    case 100:
      return { date: oldDate(f), separator: " ", time: twelveHours(f) };
    case 101:
      return { date: `${f.mm}/${f.dd}/${f.yyyy}`, separator: "", time: "" };
    case 103:
      return { date: `${f.dd}/${f.mm}/${f.yyyy}`, separator: "", time: "" };
    case 104:
      return { date: `${f.dd}.${f.mm}.${f.yyyy}`, separator: "", time: "" };
    case 108:
      return { date: "", separator: "", time: clock };
    case 112:
      return { date: `${f.yyyy}${f.mm}${f.dd}`, separator: "", time: "" };
    case 23:
      return { date: iso, separator: "", time: "" };
    case 120:
      return { date: iso, separator: " ", time: clock };
    case 121:
      return { date: iso, separator: " ", time: modern ? full : `${clock}.${f.fraction || "000"}` };
    case 126:
      return { date: iso, separator: "T", time: /^0*$/.test(f.fraction) ? clock : full };
    default:
      return null;
  }
}

/** `Jan  2 2024` */
function oldDate({ date, yyyy }: Fields): string {
  return `${monthNames[date.month - 1] ?? ""} ${date.day.toString().padStart(2, " ")} ${yyyy}`;
}

function twelveHours(f: Fields): string {
  const hour = f.hour % 12 === 0 ? 12 : f.hour % 12;
  return `${hour.toString().padStart(2, " ")}:${f.mi}${f.hour < 12 ? "AM" : "PM"}`;
}

function fieldsOf(instant: bigint, type: SqlType): Fields {
  const days = floorDiv(instant, DAY);
  const inDay = Number(instant - days * DAY);
  const seconds = Math.floor(inDay / unitsInSecond);
  const date = civilFromDays(Number(days));
  const hour = Math.floor(seconds / 3600);
  return {
    date,
    yyyy: four(date.year),
    mm: two(date.month),
    dd: two(date.day),
    hh: two(hour),
    mi: two(Math.floor(seconds / 60) % 60),
    ss: two(seconds % 60),
    fraction: fractionText(inDay % unitsInSecond, type),
    hour,
  };
}

/** `units` of 100 ns. */
function fractionText(units: number, type: SqlType): string {
  if (type.name === "datetime") return Math.floor((units + 5000) / 10_000).toString().padStart(3, "0");
  if (type.name === "smalldatetime" || type.name === "date") return "";
  return units.toString().padStart(7, "0").slice(0, type.scale);
}

function isoText({ year, month, day }: Civil): string {
  return `${four(year)}-${two(month)}-${two(day)}`;
}

function four(n: number): string {
  return n > 999 ? String(n) : n.toString().padStart(4, "0");
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

const isoDate = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const plainDate = /^(\d{4})(\d{2})(\d{2})$/;
const slashDate = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const timeText = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?\s*(am|pm)?$/i;

/**
 * Reads a date, a time or both, as SQL Server does under SET DATEFORMAT mdy; style 103 and 104 put the day first.
 * Returns null when the text is none of the forms that are known here, "range" when a field is out of range.
 */
export function readInstant(text: string, style: number): bigint | null | "range" {
  const trimmed = text.trim();
  if (trimmed === "") return daysOf(1900, 1, 1);
  const [first = "", second] = splitDateAndTime(trimmed);
  if (second === undefined && timeText.test(first)) return withTime(daysOf(1900, 1, 1), first);
  const date = readDate(first, style);
  if (date === null || date === "range" || second === undefined) return date;
  return withTime(date, second);
}

function splitDateAndTime(text: string): [string, string?] {
  const match = /^(\S+?)(?:T|\s+)(\d{1,2}:.*)$/.exec(text);
  return match === null ? [text] : [match[1] ?? "", match[2] ?? ""];
}

function readDate(text: string, style: number): bigint | null | "range" {
  const dayFirst = style === 103 || style === 104;
  const iso = isoDate.exec(text) ?? plainDate.exec(text);
  if (iso !== null) return dateOrRange(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slash = slashDate.exec(text);
  if (slash === null) return null;
  const [a, b] = [Number(slash[1]), Number(slash[2])];
  return dayFirst ? dateOrRange(Number(slash[3]), b, a) : dateOrRange(Number(slash[3]), a, b);
}

function dateOrRange(year: number, month: number, day: number): bigint | "range" {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return "range";
  return daysOf(year, month, day);
}

function daysOf(year: number, month: number, day: number): bigint {
  return BigInt(daysFromCivil({ year, month, day })) * DAY;
}

function withTime(date: bigint, text: string): bigint | null | "range" {
  const match = timeText.exec(text);
  if (match === null) return null;
  const half = match[5]?.toLowerCase();
  let hour = Number(match[1]);
  if (half !== undefined && (hour < 1 || hour > 12)) return "range";
  if (half !== undefined) hour = hour % 12 + (half === "pm" ? 12 : 0);
  const [minute, second] = [Number(match[2]), Number(match[3] ?? "0")];
  if (hour > 23 || minute > 59 || second > 59) return "range";
  const fraction = BigInt((match[4] ?? "").padEnd(7, "0") || "0");
  return date + BigInt(hour * 3600 + minute * 60 + second) * SECOND + fraction;
}

/** 241 or 242, as SQL Server words them for a text that is not a date of the type. */
export function dateTextError(source: string, type: SqlType, reason: null | "range"): SqlError {
  if (reason === "range" && (type.name === "datetime" || type.name === "smalldatetime")) {
    return new SqlError(
      242,
      `The conversion of a ${source} data type to a ${type.name} data type resulted in an out-of-range value.`,
      { state: 3 },
    );
  }
  return new SqlError(241, "Conversion failed when converting date and/or time from character string.");
}
