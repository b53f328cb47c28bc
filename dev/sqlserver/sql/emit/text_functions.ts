// Functions of texts: LEN, LEFT, SUBSTRING, REPLACE, CONCAT … Positions count UTF-16 units, as NVARCHAR does.
import { collationKey, trimEndBlanks } from "../../engine/collation.ts";
import { hideNul } from "../../engine/nul.ts";
import { SqlError, unsupported } from "../../errors.ts";
import {
  BIGINT,
  INT,
  isBinary,
  isText,
  isUnicode,
  MAX,
  type Physical,
  type SqlType,
  textType,
} from "../types.ts";
import { argumentCount } from "./aggregates.ts";
import { asText, coerce, commonType, pieceType } from "./coerce.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { argument, argumentsOf, type Call, type FunctionEmitter } from "./functions.ts";
import { comparisonLabel, mergeLabels, type Typed } from "./typed.ts";

export const textFunctions: Record<string, FunctionEmitter> = {
  len: emitLen,
  datalength: emitDataLength,
  left: (env, call) => emitSide(env, call, (text, n) => text.slice(0, n)),
  right: (env, call) => emitSide(env, call, (text, n) => n === 0 ? "" : text.slice(-n)),
  substring: emitSubstring,
  replace: emitReplace,
  upper: (env, call) => mapText(env, call, (text) => text.toUpperCase()),
  lower: (env, call) => mapText(env, call, (text) => text.toLowerCase()),
  ltrim: (env, call) => mapText(env, call, (text) => text.replace(/^ +/, "")),
  rtrim: (env, call) => mapText(env, call, trimEndBlanks),
  trim: (env, call) => mapText(env, call, (text) => trimEndBlanks(text).replace(/^ +/, "")),
  reverse: (env, call) => mapText(env, call, (text) => text.split("").reverse().join("")),
  concat: emitConcat,
  charindex: emitCharIndex,
  replicate: emitReplicate,
  nchar: (env, call) => emitCharacter(env, call, "nchar"),
  char: (env, call) => emitCharacter(env, call, "char"),
  unicode: emitUnicode,
};

function integerResult(sql: string, nullable: boolean): Typed {
  return { sql, type: INT, label: null, nullable, isNull: false };
}

/** Trailing blanks do not count. */
function emitLen(env: Env, call: Call): Typed {
  const value = asText(env.ctx, argument(argumentsOf(env, call, 1), 0));
  const sql = env.ctx.ops.call(
    "len",
    [value.sql],
    () => ([text]) => BigInt(trimEndBlanks(String(text)).length),
  );
  return { ...integerResult(sql, value.nullable), type: value.type.length === MAX ? BIGINT : INT };
}

/** Bytes: two a character for NVARCHAR, one for VARCHAR. */
function emitDataLength(env: Env, call: Call): Typed {
  const value = argument(argumentsOf(env, call, 1), 0);
  const type = value.type.length === MAX ? BIGINT : INT;
  const size = byteSize(value.type);
  const sql = env.ctx.ops.call(
    `datalength|${value.type.name}`,
    [value.sql],
    () => ([v]) => BigInt(size(v ?? null)),
  );
  return { ...integerResult(sql, value.nullable), type };
}

function byteSize(type: SqlType): (value: Physical) => number {
  if (isText(type)) return (value) => String(value).length * (isUnicode(type) ? 2 : 1);
  if (isBinary(type)) return (value) => value instanceof Uint8Array ? value.length : 0;
  const sizes: Record<string, number> = {
    bit: 1,
    tinyint: 1,
    smallint: 2,
    int: 4,
    bigint: 8,
    float: 8,
    real: 4,
    datetime: 8,
    date: 3,
  };
  const size = sizes[type.name];
  if (size === undefined) throw unsupported(`DATALENGTH of ${type.name}`);
  return () => size;
}

function mapText(env: Env, call: Call, map: (text: string) => string): Typed {
  const value = asText(env.ctx, argument(argumentsOf(env, call, 1), 0));
  const sql = env.ctx.ops.call(call.name, [value.sql], () => ([text]) => map(String(text)));
  return { ...value, sql, type: pieceType(value.type, value.type.length) };
}

function emitSide(env: Env, call: Call, take: (text: string, n: number) => string): Typed {
  const values = argumentsOf(env, call, 2);
  const value = asText(env.ctx, argument(values, 0));
  const count = coerce(env.ctx, argument(values, 1), INT);
  const sql = env.ctx.ops.call(
    call.name,
    [value.sql, count.sql],
    () => ([text, n]) => take(String(text), lengthOf(n, call.name)),
  );
  return {
    ...value,
    sql,
    nullable: value.nullable || count.nullable,
    type: pieceType(value.type, value.type.length),
  };
}

function lengthOf(value: Physical | undefined, name: string): number {
  const n = Number(value);
  if (n >= 0) return n;
  throw new SqlError(536, `Invalid length parameter passed to the ${name} function.`);
}

function emitSubstring(env: Env, call: Call): Typed {
  const values = argumentsOf(env, call, 3);
  const value = asText(env.ctx, argument(values, 0));
  const [start, count] = values.slice(1).map((v) => coerce(env.ctx, v, INT));
  const args = [value.sql, start?.sql ?? "", count?.sql ?? ""];
  const sql = env.ctx.ops.call("substring", args, () => ([text, from, n]) => {
    const begin = Number(from) - 1;
    const end = begin + lengthOf(n, "substring");
    return String(text).slice(Math.max(begin, 0), Math.max(end, 0));
  });
  return {
    ...value,
    sql,
    nullable: values.some((v) => v.nullable),
    type: pieceType(value.type, value.type.length),
  };
}

/** Finds under the collation of its arguments, each character on its own. */
function emitReplace(env: Env, call: Call): Typed {
  const values = argumentsOf(env, call, 3).map((value) => asText(env.ctx, value));
  const [value, find] = [argument(values, 0), argument(values, 1)];
  const label = comparisonLabel(value.label, find.label, "replace");
  const { comparison } = label.collation;
  const type = commonType(values);
  const length = values.some((v) => v.type.length === MAX) ? MAX : 8000;
  const sql = env.ctx.ops.call(
    `replace|${comparison}`,
    values.map((v) => v.sql),
    () => ([text, from, to]) =>
      replaceAll(String(text), String(from), String(to), comparison !== "bin" && comparison.startsWith("ci")),
  );
  return {
    ...value,
    sql,
    label: values.map((v) => v.label).reduce(mergeLabels, null),
    type: pieceType(type, length),
  };
}

function replaceAll(text: string, find: string, put: string, ignoreCase: boolean): string {
  if (find === "") return text;
  const pattern = new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), ignoreCase ? "giu" : "gu");
  return text.replace(pattern, () => put);
}

/** NULLs are empty; the result is never NULL. */
function emitConcat(env: Env, call: Call): Typed {
  if (call.args.length < 2) throw argumentCount(call, 2);
  const values = call.args.map((arg) => asText(env.ctx, emitExpr(env, arg)));
  const lengths = values.map((value) => value.type.length);
  const length = lengths.includes(MAX) ? MAX : lengths.reduce((a, b) => a + b, 0);
  const type = pieceType(commonType(values), length);
  const sql = env.ctx.ops.callWithNulls(
    `concat|${type.name}|${type.length}`,
    values.map((v) => v.sql),
    () => (args) => {
      const text = args.map((arg) => arg === null ? "" : String(arg)).join("");
      return type.length === MAX ? text : text.slice(0, type.length);
    },
  );
  return {
    sql,
    type,
    label: values.map((v) => v.label).reduce(mergeLabels, null),
    nullable: false,
    isNull: false,
  };
}

function emitCharIndex(env: Env, call: Call): Typed {
  if (call.args.length === 3) throw unsupported("CHARINDEX with a start", call.line);
  const values = argumentsOf(env, call, 2).map((value) => asText(env.ctx, value));
  const { comparison } =
    comparisonLabel(argument(values, 0).label, argument(values, 1).label, "charindex").collation;
  const fold = (text: string) => comparison.startsWith("ci") ? text.toLowerCase() : text;
  const sql = env.ctx.ops.call(`charindex|${comparison}`, values.map((v) => v.sql), () => ([find, text]) => {
    if (collationKey(String(find), "bin") === "") return 0n;
    return BigInt(fold(String(text)).indexOf(fold(String(find))) + 1);
  });
  return integerResult(sql, values.some((value) => value.nullable));
}

function emitReplicate(env: Env, call: Call): Typed {
  const values = argumentsOf(env, call, 2);
  const value = asText(env.ctx, argument(values, 0));
  const count = coerce(env.ctx, argument(values, 1), INT);
  const type = pieceType(value.type, value.type.length === MAX ? MAX : 8000);
  const sql = env.ctx.ops.call(
    `replicate|${type.name}|${type.length}`,
    [value.sql, count.sql],
    () => ([text, n]) => {
      const piece = String(text);
      const most = type.length === MAX
        ? Number(n)
        : Math.min(Number(n), Math.ceil(type.length / Math.max(piece.length, 1)));
      if (most < 0) return null;
      return type.length === MAX ? piece.repeat(most) : piece.repeat(most).slice(0, type.length);
    },
  );
  return { ...value, sql, type, nullable: true };
}

function emitCharacter(env: Env, call: Call, name: "nchar" | "char"): Typed {
  const code = coerce(env.ctx, argument(argumentsOf(env, call, 1), 0), INT);
  const most = name === "char" ? 127n : 65_535n;
  const sql = env.ctx.ops.call(name, [code.sql], () => ([n]) => {
    const value = BigInt(n as bigint);
    if (name === "char" && value > most && value < 256n) throw unsupported("CHAR above 127");
    return value < 0n || value > most ? null : hideNul(String.fromCharCode(Number(value)));
  });
  return { sql, type: textType(name, 1), label: env.ctx.defaultLabel(), nullable: true, isNull: false };
}

function emitUnicode(env: Env, call: Call): Typed {
  const value = asText(env.ctx, argument(argumentsOf(env, call, 1), 0));
  const sql = env.ctx.ops.call("unicode", [value.sql], () => ([text]) => {
    const s = String(text);
    return s === "" ? null : BigInt(s.charCodeAt(0));
  });
  return integerResult(sql, true);
}
