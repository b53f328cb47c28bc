// Functions of dates: GETDATE and its like, DATEADD, DATEDIFF, DATEPART, YEAR, MONTH, DAY.
import {
  addPart,
  checkDifference,
  type DatePart,
  datePart,
  differenceOf,
  isPartOfDate,
  partOf,
} from "../../engine/dateparts.ts";
import { fromInstant, toInstant } from "../../engine/temporal.ts";
import { SqlError } from "../../errors.ts";
import {
  BIGINT,
  DATETIME,
  fractionType,
  INT,
  isTemporal,
  messageName,
  type SqlType,
  typeText,
} from "../types.ts";
import { argumentCount } from "./aggregates.ts";
import { coerce } from "./coerce.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { argumentsOf, type Call, type FunctionEmitter } from "./functions.ts";
import { sessionValue } from "./globals.ts";
import type { Typed } from "./typed.ts";

export const dateFunctions: Record<string, FunctionEmitter> = {
  getdate: (env, call) => emitNow(env, call, "now", DATETIME),
  getutcdate: (env, call) => emitNow(env, call, "utc_now", DATETIME),
  sysdatetime: (env, call) => emitNow(env, call, "now", fractionType("datetime2", 7)),
  sysutcdatetime: (env, call) => emitNow(env, call, "utc_now", fractionType("datetime2", 7)),
  dateadd: emitDateAdd,
  datediff: (env, call) => emitDateDiff(env, call, INT),
  datediff_big: (env, call) => emitDateDiff(env, call, BIGINT),
  datepart: emitDatePart,
  year: (env, call) => emitPart(env, call, "year", 0),
  month: (env, call) => emitPart(env, call, "month", 0),
  day: (env, call) => emitPart(env, call, "day", 0),
};

/** One moment for the whole statement: the session binds it. */
function emitNow(env: Env, call: Call, name: "now" | "utc_now", type: SqlType): Typed {
  argumentsOf(env, call, 0);
  const value = sessionValue(env.ctx, name, fractionType("datetime2", 7));
  return { ...coerce(env.ctx, value, type), nullable: false };
}

/** The first argument is a word, not an expression. */
function partArgument(call: Call, count: number): DatePart {
  if (call.args.length !== count) throw argumentCount(call, count);
  const [word] = call.args;
  if (word?.kind === "column" && word.parts.length === 1) return datePart(word.parts[0] ?? "", call.name);
  throw new SqlError(1023, `Invalid parameter 1 specified for ${call.name}.`, {
    severity: 15,
    line: call.line,
  });
}

/** A text is taken for a DATETIME. */
function dateArgument(env: Env, call: Call, index: number): Typed {
  const arg = call.args[index];
  if (arg === undefined) throw argumentCount(call, index + 1);
  const value = emitExpr(env, arg);
  return isTemporal(value.type) ? value : coerce(env.ctx, value, DATETIME);
}

function emitDateAdd(env: Env, call: Call): Typed {
  const part = partArgument(call, 3);
  const count = coerce(
    env.ctx,
    emitExpr(env, call.args[1] ?? { kind: "literal", type: "null", text: "" }),
    BIGINT,
  );
  const date = dateArgument(env, call, 2);
  const { type } = date;
  if (type.name === "date" && !isPartOfDate(part)) {
    throw new SqlError(
      9810,
      `The datepart ${part} is not supported by date function dateadd for data type date.`,
      {
        line: call.line,
      },
    );
  }
  const sql = env.ctx.ops.call(
    `dateadd|${part}|${typeText(type)}`,
    [count.sql, date.sql],
    () => ([n, value]) => addOrOverflow(part, BigInt(n as bigint), toInstant(value ?? null, type), type),
  );
  return { ...date, sql, nullable: date.nullable || count.nullable };
}

function addOrOverflow(part: DatePart, count: bigint, instant: bigint, type: SqlType): bigint {
  try {
    return fromInstant(addPart(part, count, instant), type);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new SqlError(517, `Adding a value to a '${messageName(type)}' column caused an overflow.`);
  }
}

function emitDateDiff(env: Env, call: Call, type: SqlType): Typed {
  const part = partArgument(call, 3);
  const [from, to] = [dateArgument(env, call, 1), dateArgument(env, call, 2)];
  const key = `${call.name}|${part}|${typeText(from.type)}|${typeText(to.type)}`;
  const sql = env.ctx.ops.call(key, [from.sql, to.sql], () => ([a, b]) => {
    const difference = differenceOf(part, toInstant(a ?? null, from.type), toInstant(b ?? null, to.type));
    return type.name === "int" ? checkDifference(difference) : difference;
  });
  return { sql, type, label: null, nullable: from.nullable || to.nullable, isNull: false };
}

function emitDatePart(env: Env, call: Call): Typed {
  return emitPart(env, call, partArgument(call, 2), 1);
}

function emitPart(env: Env, call: Call, part: DatePart, index: number): Typed {
  if (call.args.length !== index + 1) throw argumentCount(call, index + 1);
  const date = dateArgument(env, call, index);
  const sql = env.ctx.ops.call(
    `datepart|${part}|${typeText(date.type)}`,
    [date.sql],
    () => ([value]) => partOf(part, toInstant(value ?? null, date.type)),
  );
  return { sql, type: INT, label: null, nullable: date.nullable, isNull: false };
}
