// DATEADD, DATEDIFF, DATEPART on the common scale of temporal.ts.
import { SqlError } from "../errors.ts";
import { civilFromDays, DAY, daysFromCivil, daysInMonth, floorDiv, SECOND } from "./temporal.ts";

export type DatePart =
  | "year"
  | "quarter"
  | "month"
  | "dayofyear"
  | "day"
  | "week"
  | "weekday"
  | "hour"
  | "minute"
  | "second"
  | "millisecond"
  | "microsecond"
  | "nanosecond";

const abbreviations: Record<string, DatePart> = {
  year: "year",
  yy: "year",
  yyyy: "year",
  quarter: "quarter",
  qq: "quarter",
  q: "quarter",
  month: "month",
  mm: "month",
  m: "month",
  dayofyear: "dayofyear",
  dy: "dayofyear",
  y: "dayofyear",
  day: "day",
  dd: "day",
  d: "day",
  week: "week",
  wk: "week",
  ww: "week",
  weekday: "weekday",
  dw: "weekday",
  hour: "hour",
  hh: "hour",
  minute: "minute",
  mi: "minute",
  n: "minute",
  second: "second",
  ss: "second",
  s: "second",
  millisecond: "millisecond",
  ms: "millisecond",
  microsecond: "microsecond",
  mcs: "microsecond",
  nanosecond: "nanosecond",
  ns: "nanosecond",
};

/** Length of the parts that are always equally long, in 100 ns; a nanosecond is counted apart. */
const lengths: Partial<Record<DatePart, bigint>> = {
  week: DAY * 7n,
  day: DAY,
  dayofyear: DAY,
  weekday: DAY,
  hour: SECOND * 3600n,
  minute: SECOND * 60n,
  second: SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};

export function datePart(name: string, functionName: string): DatePart {
  const part = abbreviations[name.toLowerCase()];
  if (part !== undefined) return part;
  throw new SqlError(155, `'${name}' is not a recognized ${functionName} option.`, { severity: 15 });
}

/** True for the parts that a DATE has; hours and less are refused for it (9810). */
export function isPartOfDate(part: DatePart): boolean {
  return ["year", "quarter", "month", "dayofyear", "day", "week", "weekday"].includes(part);
}

export function addPart(part: DatePart, count: bigint, instant: bigint): bigint {
  const length = lengths[part];
  if (length !== undefined) return instant + count * length;
  if (part === "nanosecond") return instant + count / 100n;
  const months = part === "year" ? count * 12n : part === "quarter" ? count * 3n : count;
  return addMonths(instant, months);
}

/** The day stays, or becomes the month's last when the month is too short. */
function addMonths(instant: bigint, count: bigint): bigint {
  const days = floorDiv(instant, DAY);
  const date = civilFromDays(Number(days));
  const index = BigInt(date.year) * 12n + BigInt(date.month - 1) + count;
  const year = Number(floorDiv(index, 12n));
  const month = Number(index - floorDiv(index, 12n) * 12n) + 1;
  if (year < 1 || year > 9999) {
    throw new SqlError(517, "Adding a value to a 'datetime' column caused an overflow.", { state: 1 });
  }
  const day = Math.min(date.day, daysInMonth(year, month));
  return BigInt(daysFromCivil({ year, month, day })) * DAY + (instant - days * DAY);
}

/** How many boundaries of the part lie between the two: 23:59 to 00:01 is one day. */
export function differenceOf(part: DatePart, from: bigint, to: bigint): bigint {
  if (part === "nanosecond") return (to - from) * 100n;
  if (part === "week") return weekIndex(to) - weekIndex(from);
  const length = lengths[part];
  if (length !== undefined) return floorDiv(to, length) - floorDiv(from, length);
  const months = monthIndex(to) - monthIndex(from);
  if (part === "month") return months;
  const size = part === "year" ? 12n : 3n;
  return floorDiv(monthIndex(to), size) - floorDiv(monthIndex(from), size);
}

/** Weeks begin on Sunday for DATEDIFF, whatever DATEFIRST says; 0001-01-01 was a Monday. */
function weekIndex(instant: bigint): bigint {
  return floorDiv(floorDiv(instant, DAY) + 1n, 7n);
}

function monthIndex(instant: bigint): bigint {
  const date = civilFromDays(Number(floorDiv(instant, DAY)));
  return BigInt(date.year) * 12n + BigInt(date.month - 1);
}

export function partOf(part: DatePart, instant: bigint): bigint {
  const days = Number(floorDiv(instant, DAY));
  const date = civilFromDays(days);
  const inDay = instant - BigInt(days) * DAY;
  switch (part) {
    case "year":
      return BigInt(date.year);
    case "quarter":
      return BigInt(Math.floor((date.month - 1) / 3) + 1);
    case "month":
      return BigInt(date.month);
    case "day":
      return BigInt(date.day);
    case "dayofyear":
      return BigInt(dayOfYear(days));
    case "weekday":
      return BigInt((days + 1) % 7 + 1);
    case "week":
      return BigInt(weekOfYear(days));
    default:
      return clockPart(part, inDay);
  }
}

function clockPart(part: DatePart, inDay: bigint): bigint {
  if (part === "hour") return inDay / (SECOND * 3600n);
  if (part === "minute") return inDay / (SECOND * 60n) % 60n;
  if (part === "second") return inDay / SECOND % 60n;
  const fraction = inDay % SECOND;
  if (part === "millisecond") return fraction / 10_000n;
  return part === "microsecond" ? fraction / 10n : fraction * 100n;
}

function dayOfYear(days: number): number {
  return days - daysFromCivil({ year: civilFromDays(days).year, month: 1, day: 1 }) + 1;
}

/** Week 1 holds the first of January; weeks begin on Sunday (DATEFIRST 7, us_english). */
function weekOfYear(days: number): number {
  const newYear = days - dayOfYear(days) + 1;
  return Math.floor((dayOfYear(days) - 1 + (newYear + 1) % 7) / 7) + 1;
}

/** 535 when a DATEDIFF does not fit INT. */
export function checkDifference(value: bigint): bigint {
  if (value >= -2_147_483_648n && value <= 2_147_483_647n) return value;
  throw new SqlError(
    535,
    "The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.",
  );
}
