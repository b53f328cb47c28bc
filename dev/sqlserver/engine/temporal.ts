// Dates and times: the calendar, one common scale (100 ns since 0001-01-01) and each type's physical form on it.
// Printing and reading of texts are in temporal_text.ts.
import { SqlError } from "../errors.ts";
import type { Physical, SqlType } from "../sql/types.ts";

/** 100 ns units in a day. */
export const DAY = 864_000_000_000n;
export const SECOND = 10_000_000n;
/** Days from 0001-01-01 to 1900-01-01, the zero of DATETIME. */
const DAYS_TO_1900 = 693_595n;
const EPOCH_1900 = DAYS_TO_1900 * DAY;
const DAYS_TO_1970 = 719_162n;
/** DATETIME begins on 1753-01-01, DATE ends on 9999-12-31. */
const MIN_DATETIME = 639_905n * DAY;
const MAX_INSTANT = 3_652_059n * DAY;
const TICKS_PER_DAY = 25_920_000n;

export interface Civil {
  year: number;
  month: number;
  day: number;
}

/** Days since 0001-01-01 of a date of the proleptic Gregorian calendar. */
export function daysFromCivil(date: Civil): number {
  const y = date.month <= 2 ? date.year - 1 : date.year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5) + date.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 306;
}

export function civilFromDays(days: number): Civil {
  const shifted = days + 306;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthPart = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthPart < 10 ? monthPart + 3 : monthPart - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthPart + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return daysFromCivil(next) - daysFromCivil({ year, month, day: 1 });
}

/** A stored value on the common scale; a TIME lies on 1900-01-01, as SQL Server converts it. */
export function toInstant(value: Physical, type: SqlType): bigint {
  const n = BigInt(value as bigint);
  switch (type.name) {
    case "date":
      return n * DAY;
    case "datetime":
      return EPOCH_1900 + roundDiv(n * 100_000n, 3n);
    case "smalldatetime":
      return EPOCH_1900 + n * 60n * SECOND;
    case "time":
      return EPOCH_1900 + n;
    default:
      return n;
  }
}

/** An instant as a stored value of a type, rounded to what the type holds; 242 when out of its range. */
export function fromInstant(instant: bigint, type: SqlType): bigint {
  if (instant < 0n || instant >= MAX_INSTANT) throw outOfRange(type);
  switch (type.name) {
    case "date":
      return instant / DAY;
    case "datetime":
      if (instant < MIN_DATETIME) throw outOfRange(type);
      return roundDiv((instant - EPOCH_1900) * 3n, 100_000n);
    case "smalldatetime":
      if (instant < EPOCH_1900) throw outOfRange(type);
      return roundDiv(instant - EPOCH_1900, 60n * SECOND);
    case "time":
      return roundFraction(instant % DAY, type.scale) % DAY;
    default:
      return roundFraction(instant, type.scale);
  }
}

function roundFraction(value: bigint, scale: number): bigint {
  const unit = 10n ** BigInt(7 - scale);
  return roundDiv(value, unit) * unit;
}

/** Days since 1900-01-01 with the ticks of the day: what TDS sends for DATETIME. */
export function datetimeParts(ticks: bigint): { days: number; ticks: number } {
  const days = floorDiv(ticks, TICKS_PER_DAY);
  return { days: Number(days), ticks: Number(ticks - days * TICKS_PER_DAY) };
}

export function datetimeFromParts(days: number, ticks: number): bigint {
  return BigInt(days) * TICKS_PER_DAY + BigInt(ticks);
}

export function instantFromUnixMs(ms: number): bigint {
  return DAYS_TO_1970 * DAY + BigInt(Math.round(ms * 10)) * 1000n;
}

/** An integer stands for days since 1900-01-01 where a date is wanted. */
export function instantFromDays(days: bigint): bigint {
  return EPOCH_1900 + days * DAY;
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && (a < 0n) !== (b < 0n) ? quotient - 1n : quotient;
}

/** Division rounded half up, for a positive divisor. */
function roundDiv(a: bigint, b: bigint): bigint {
  return floorDiv(a * 2n + b, b * 2n);
}

function outOfRange(type: SqlType): SqlError {
  return new SqlError(
    242,
    `The conversion of a date value to a ${type.name} data type resulted in an out-of-range value.`,
    { state: 3 },
  );
}
