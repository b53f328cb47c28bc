// Conversions whose target is a number: integers, decimals, floats. The errors are SQL Server's own.
import { overflow, SqlError, typeClash } from "../errors.ts";
import {
  isFloat,
  isInteger,
  isTemporal,
  isText,
  messageName,
  type Physical,
  type SqlType,
  type TypeName,
} from "../sql/types.ts";
import {
  checkPrecision,
  decimalFromNumber,
  decimalToNumber,
  decodeDecimal,
  parseDecimal,
  power10,
  rescale,
} from "./decimal.ts";

const ranges: Partial<Record<TypeName, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

/** Throws 8115 (220 for a number too large for a small type) when the value is outside the type. */
export function checkInteger(value: bigint, type: SqlType): bigint {
  if (type.name === "bit") return value === 0n ? 0n : 1n;
  const [low, high] = ranges[type.name] ?? [0n, 0n];
  if (value >= low && value <= high) return value;
  if (type.name === "tinyint" || type.name === "smallint") {
    throw new SqlError(220, `Arithmetic overflow error for data type ${type.name}, value = ${value}.`, {
      state: 2,
    });
  }
  throw overflow(type.name);
}

/** To an integer type: decimals and floats lose their fraction, they are not rounded. */
export function toBigint(value: Physical, from: SqlType, to: SqlType): bigint {
  if (isInteger(from)) return checkInteger(BigInt(value as bigint), to);
  if (from.name === "decimal") return checkInteger(decodeDecimal(value) / power10(from.scale), to);
  if (isFloat(from)) return checkInteger(truncate(Number(value), to), to);
  if (isText(from)) return integerText(String(value), from, to);
  throw typeClash(from.name, to.name);
}

function truncate(value: number, to: SqlType): bigint {
  if (!Number.isFinite(value)) throw overflow(to.name);
  return BigInt(Math.trunc(value));
}

function integerText(text: string, from: SqlType, to: SqlType): bigint {
  const trimmed = text.trim();
  if (trimmed === "") return 0n;
  if (to.name === "bit" && /^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === "true" ? 1n : 0n;
  if (!/^[+-]?\s*\d+$/.test(trimmed)) throw notANumber(text, from, to);
  // Most texts are digits alone, which need no tidying.
  const plain = /^\d/.test(trimmed) ? trimmed : trimmed.replace(/^\+?\s*/, "").replace(/^-\s*/, "-");
  const value = BigInt(plain);
  if (to.name === "bit") return value === 0n ? 0n : 1n;
  const [low, high] = ranges[to.name] ?? [0n, 0n];
  if (value >= low && value <= high) return value;
  throw textOverflow(text, from, to);
}

function notANumber(text: string, from: SqlType, to: SqlType): SqlError {
  if (to.name === "bigint") {
    return new SqlError(8114, `Error converting data type ${from.name} to bigint.`, { state: 5 });
  }
  return new SqlError(
    245,
    `Conversion failed when converting the ${from.name} value '${text}' to data type ${to.name}.`,
  );
}

function textOverflow(text: string, from: SqlType, to: SqlType): SqlError {
  if (to.name === "bigint") {
    return new SqlError(8115, `Arithmetic overflow error converting expression to data type bigint.`);
  }
  if (to.name === "int") {
    return new SqlError(248, `The conversion of the ${from.name} value '${text}' overflowed an int column.`);
  }
  const column = to.name === "tinyint" ? "INT1" : "INT2";
  return new SqlError(
    244,
    `The conversion of the ${from.name} value '${text}' overflowed an ${column} column. Use a larger integer column.`,
  );
}

/** To a decimal: the scaled value, rounded to the scale and checked against the precision. */
export function toDecimal(value: Physical, from: SqlType, to: SqlType): bigint {
  if (isInteger(from)) return checkPrecision(BigInt(value as bigint) * power10(to.scale), to, from.name);
  if (from.name === "decimal") {
    return checkPrecision(rescale(decodeDecimal(value), from.scale, to.scale), to, messageName(from));
  }
  if (isFloat(from)) return checkPrecision(decimalFromNumber(Number(value), to.scale), to, from.name);
  if (!isText(from)) throw typeClash(isTemporal(from) ? from.name : messageName(from), messageName(to));
  const scaled = parseDecimal(String(value), to.scale);
  if (scaled === null) {
    throw new SqlError(8114, `Error converting data type ${from.name} to numeric.`, { state: 5 });
  }
  return checkPrecision(scaled, to, from.name);
}

/** To a float. */
export function toFloat(value: Physical, from: SqlType, to: SqlType): number {
  if (isInteger(from) || isFloat(from)) return Number(value);
  if (from.name === "decimal") return decimalToNumber(decodeDecimal(value), from.scale);
  if (!isText(from)) throw typeClash(from.name, to.name);
  const text = String(value).trim();
  if (text === "") return 0;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new SqlError(8114, `Error converting data type ${from.name} to ${to.name}.`, { state: 5 });
  }
  return Number(text);
}
