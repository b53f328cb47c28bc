// Exact decimals: scaled bigints, their physical form in SQLite, their text. Used by conversion and arithmetic.
import { overflow } from "../errors.ts";
import { messageName, type Physical, type SqlType } from "../sql/types.ts";

/** Up to this precision a decimal is an INTEGER in SQLite; above it a text that sorts like the number. */
const PLAIN_PRECISION = 18;
const DIGITS = 38;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const NINES = 10n ** BigInt(DIGITS) - 1n;

export function power10(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** Physical form of a scaled value of a decimal type of this precision. */
export function encodeDecimal(scaled: bigint, precision: number): Physical {
  if (precision <= PLAIN_PRECISION) return scaled;
  return scaled >= 0n
    ? "1" + scaled.toString().padStart(DIGITS, "0")
    : "0" + (NINES + scaled).toString().padStart(DIGITS, "0");
}

export function decodeDecimal(value: Physical): bigint {
  if (typeof value === "bigint") return value;
  const text = String(value);
  const digits = BigInt(text.slice(1));
  return text.startsWith("1") ? digits : digits - NINES;
}

/** Changes the scale, rounding half away from zero as SQL Server does. */
export function rescale(scaled: bigint, from: number, to: number): bigint {
  if (to >= from) return scaled * power10(to - from);
  return divideRounded(scaled, power10(from - to));
}

export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = (numerator < 0n) !== (denominator < 0n);
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (n * 2n + d) / (d * 2n);
  return negative ? -rounded : rounded;
}

/** Throws 8115 when the scaled value has more digits than the type. */
export function checkPrecision(scaled: bigint, type: SqlType, source: string): bigint {
  const limit = power10(type.precision);
  if (scaled >= limit || scaled <= -limit) throw overflow(messageName(type), source);
  return scaled;
}

/** `-1250` at scale 2 → `-12.50`. */
export function printDecimal(scaled: bigint, scale: number): string {
  const negative = scaled < 0n;
  const magnitude = negative ? -scaled : scaled;
  // The text of a number is had for less than that of a bigint.
  const digits = String(magnitude <= SAFE ? Number(magnitude) : magnitude).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const sign = negative ? "-" : "";
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - scale)}`;
}

/** Reads `12.5`, `-.5`, `+7.`; null when the text is not such a number. Digits beyond `scale` are rounded. */
export function parseDecimal(text: string, scale: number): bigint | null {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (match === null) return null;
  const whole = match[2] ?? "";
  const fraction = match[3] ?? "";
  if (whole === "" && fraction === "") return null;
  const scaled = rescale(BigInt(whole + fraction), fraction.length, scale);
  return match[1] === "-" ? -scaled : scaled;
}

/** A double as an exact scaled integer, rounded half away from zero; 17 digits are what a double holds. */
export function decimalFromNumber(value: number, scale: number): bigint {
  const [mantissa = "0", exponentText = "0"] = value.toExponential(16).split("e");
  const exponent = Number(exponentText) - 16;
  const digits = BigInt(mantissa.replace(".", ""));
  const shift = exponent + scale;
  return shift >= 0 ? digits * power10(shift) : divideRounded(digits, power10(Math.min(-shift, 400)));
}

export function decimalToNumber(scaled: bigint, scale: number): number {
  return Number(printDecimal(scaled, scale));
}
