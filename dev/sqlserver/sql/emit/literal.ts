// Literals: a number's or text's form decides its type.
import { codePage } from "../../engine/codepage.ts";
import { hideNul } from "../../engine/nul.ts";
import { encodeDecimal, parseDecimal } from "../../engine/decimal.ts";
import { overflow, SqlError } from "../../errors.ts";
import type { Expr } from "../ast.ts";
import { decimalType, FLOAT, INT, MAX, type SqlType, textType } from "../types.ts";
import { quoteText } from "./context.ts";
import type { Env } from "./env.ts";
import type { Typed } from "./typed.ts";

export function emitLiteral(env: Env, expr: Extract<Expr, { kind: "literal" }>): Typed {
  switch (expr.type) {
    case "null":
      return { sql: "NULL", type: INT, label: null, nullable: true, isNull: true };
    case "int":
      return numberLiteral(expr.text);
    case "decimal":
      return decimalLiteral(expr.text);
    case "float":
      return plain(floatText(Number(expr.text)), FLOAT);
    case "hex":
      return hexLiteral(expr.text);
    case "string": {
      const squeezed = codePage(env.ctx.catalog.collation.codePage).squeeze(expr.text);
      return textLiteral(env, squeezed, "varchar", 8000);
    }
    case "nstring":
      return textLiteral(env, expr.text, "nvarchar", 4000);
  }
}

export function plain(sql: string, type: SqlType): Typed {
  return { sql, type, label: null, nullable: false, isNull: false };
}

/** Always with a point or an exponent, so that SQLite does not take it for an integer. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) throw overflow("float");
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A whole number beyond INT is a decimal in T-SQL, not a BIGINT. */
function numberLiteral(text: string): Typed {
  const value = BigInt(text);
  return value <= 2_147_483_647n ? plain(String(value), INT) : decimalLiteral(`${value}.`);
}

function decimalLiteral(text: string): Typed {
  const [whole = "", fraction = ""] = text.split(".");
  const digits = whole.replace(/^0+/, "").length;
  const type = decimalType(Math.max(1, digits + fraction.length), fraction.length);
  const scaled = parseDecimal(text, fraction.length);
  if (type.precision > 38 || scaled === null) {
    throw new SqlError(
      1007,
      `The number '${text}' is out of the range for numeric representation (maximum precision 38).`,
      {
        severity: 15,
      },
    );
  }
  const physical = encodeDecimal(scaled, type.precision);
  return plain(typeof physical === "string" ? quoteText(physical) : String(physical), type);
}

function hexLiteral(text: string): Typed {
  const digits = text.slice(2);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return plain(`x'${even}'`, textType("varbinary", Math.max(1, even.length / 2)));
}

function textLiteral(env: Env, text: string, name: "varchar" | "nvarchar", most: number): Typed {
  const type = textType(name, text.length > most ? MAX : Math.max(1, text.length));
  return {
    sql: quoteText(hideNul(text)),
    type,
    label: env.ctx.defaultLabel(),
    nullable: false,
    isNull: false,
  };
}

/** -2147483648 is an INT although 2147483648 is not. */
export function negativeLiteral(text: string): Typed {
  const value = -BigInt(text);
  if (value >= -2_147_483_648n) return plain(`(${value})`, INT);
  const positive = decimalLiteral(`${text}.`);
  const encoded = encodeDecimal(value, positive.type.precision);
  return { ...positive, sql: typeof encoded === "string" ? quoteText(encoded) : `(${encoded})` };
}
