// + - * / % & | ^ on numbers: the type of the result (Microsoft Learn, "Precision, scale, and length") and its value.
import { overflow, SqlError, typeClash } from "../errors.ts";
import type { BinaryOp } from "../sql/ast.ts";
import {
  decimalType,
  FLOAT,
  INT,
  integerDigits,
  isFloat,
  isInteger,
  isNumeric,
  messageName,
  rank,
} from "../sql/types.ts";
import type { Physical, SqlType } from "../sql/types.ts";
import { decodeDecimal, divideRounded, encodeDecimal, power10, rescale } from "./decimal.ts";
import { checkInteger, toFloat } from "./numbers.ts";

const names: Record<BinaryOp, string> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "&": "'&'",
  "|": "'|'",
  "^": "'^'",
};

/** Result type of a numeric operation; 402 or 8117 when the types do not allow it. */
export function arithmeticType(op: BinaryOp, left: SqlType, right: SqlType): SqlType {
  if (!isNumeric(left) || !isNumeric(right)) throw wrongOperand(op, isNumeric(left) ? right : left);
  const bitwise = op === "&" || op === "|" || op === "^";
  if (isInteger(left) && isInteger(right)) {
    const type = rank(left) >= rank(right) ? left : right;
    return type.name === "bit" && !bitwise ? INT : type;
  }
  if (bitwise || (op === "%" && (isFloat(left) || isFloat(right)))) {
    throw new SqlError(
      402,
      `The data types ${messageName(left)} and ${messageName(right)} are incompatible in the ${
        names[op]
      } operator.`,
    );
  }
  if (isFloat(left) || isFloat(right)) return FLOAT;
  return decimalResult(op, asDecimal(left), asDecimal(right));
}

function wrongOperand(op: BinaryOp, type: SqlType): SqlError {
  return new SqlError(8117, `Operand data type ${messageName(type)} is invalid for ${names[op]} operator.`);
}

/** An integer type as the decimal that holds it. */
function asDecimal(type: SqlType): SqlType {
  return type.name === "decimal" ? type : decimalType(integerDigits(type), 0);
}

function decimalResult(op: BinaryOp, a: SqlType, b: SqlType): SqlType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  if (op === "+" || op === "-") return capped(whole + scale + 1, scale, false);
  if (op === "*") return capped(a.precision + b.precision + 1, a.scale + b.scale, true);
  if (op === "%") return capped(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale, false);
  const quotientScale = Math.max(6, a.scale + b.precision + 1);
  return capped(a.precision - a.scale + b.scale + quotientScale, quotientScale, true);
}

/** Beyond 38 digits the scale gives way, for products and quotients not below 6. */
function capped(precision: number, scale: number, keepsSix: boolean): SqlType {
  if (precision <= 38) return decimalType(precision, scale);
  const whole = precision - scale;
  const room = Math.max(38 - whole, 0);
  if (!keepsSix) return decimalType(38, Math.min(scale, room));
  return decimalType(38, whole < 32 ? Math.min(scale, room) : Math.min(scale, 6));
}

/** The operation itself; operands come in their own types. */
export function arithmetic(
  op: BinaryOp,
  left: SqlType,
  right: SqlType,
): (a: Physical, b: Physical) => Physical {
  const type = arithmeticType(op, left, right);
  if (isInteger(type)) {
    return (a, b) => checkInteger(integerOp(op, BigInt(a as bigint), BigInt(b as bigint)), type);
  }
  if (isFloat(type)) return (a, b) => floatOp(op, toFloat(a, left, type), toFloat(b, right, type));
  return (a, b) =>
    decimalOp(
      op,
      { value: scaled(a), type: asDecimal(left) },
      { value: scaled(b), type: asDecimal(right) },
      type,
    );
}

function scaled(value: Physical): bigint {
  return decodeDecimal(value);
}

function integerOp(op: BinaryOp, a: bigint, b: bigint): bigint {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / notZero(b);
    case "%":
      return a % notZero(b);
    case "&":
      return a & b;
    case "|":
      return a | b;
    default:
      return a ^ b;
  }
}

function notZero(divisor: bigint): bigint {
  if (divisor === 0n) throw divideByZero();
  return divisor;
}

function divideByZero(): SqlError {
  return new SqlError(8134, "Divide by zero error encountered.");
}

function floatOp(op: BinaryOp, a: number, b: number): number {
  if (op === "/" && b === 0) throw divideByZero();
  const result = op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : a / b;
  if (!Number.isFinite(result)) throw overflow("float");
  return result;
}

interface Operand {
  value: bigint;
  type: SqlType;
}

function decimalOp(op: BinaryOp, a: Operand, b: Operand, type: SqlType): Physical {
  const result = decimalValue(op, a, b, type);
  const limit = power10(type.precision);
  if (result >= limit || result <= -limit) throw overflow("numeric");
  return encodeDecimal(result, type.precision);
}

function decimalValue(op: BinaryOp, a: Operand, b: Operand, type: SqlType): bigint {
  const scale = Math.max(a.type.scale, b.type.scale);
  const left = rescale(a.value, a.type.scale, scale);
  const right = rescale(b.value, b.type.scale, scale);
  if (op === "+") return rescale(left + right, scale, type.scale);
  if (op === "-") return rescale(left - right, scale, type.scale);
  if (op === "*") return rescale(a.value * b.value, a.type.scale + b.type.scale, type.scale);
  if (op === "%") return rescale(left % notZero(right), scale, type.scale);
  // One digit more than wanted would be cut, not rounded: SQL Server truncates quotients.
  return (left * power10(type.scale)) / notZero(right);
}

/** AVG of a sum: exact for decimals, cut for integers. */
export function averageOf(sum: bigint, count: bigint, shift: number): bigint {
  return shift === 0 ? sum / count : (sum * power10(shift)) / count;
}

/** Sign change, for unary minus. */
export function negate(type: SqlType): (a: Physical) => Physical {
  if (isInteger(type)) return (a) => checkInteger(-BigInt(a as bigint), type);
  if (isFloat(type)) return (a) => -Number(a);
  if (type.name === "decimal") return (a) => encodeDecimal(-decodeDecimal(a), type.precision);
  throw typeClash(type.name, "numeric");
}

/** ROUND(x, digits): the type stays, the digits beyond become zero. */
export function roundTo(type: SqlType): (a: Physical, digits: Physical) => Physical {
  return (a, digits) => {
    const n = Number(digits);
    if (isFloat(type)) return Math.round(Number(a) * 10 ** n) / 10 ** n;
    const drop = type.scale - n;
    const value = decodeDecimal(a);
    if (drop <= 0) return encodeDecimal(value, type.precision);
    const rounded = divideRounded(value, power10(drop)) * power10(drop);
    return isInteger(type) ? checkInteger(rounded, type) : encodeDecimal(rounded, type.precision);
  };
}
