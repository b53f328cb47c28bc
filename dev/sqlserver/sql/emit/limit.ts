// TOP and OFFSET … FETCH → LIMIT.
import { SqlError } from "../../errors.ts";
import type { Expr, Query } from "../ast.ts";
import { BIGINT } from "../types.ts";
import { coerce } from "./coerce.ts";
import type { Env } from "./env.ts";
import { emitExpr } from "./expression.ts";
import { Scope } from "./scope.ts";

export interface Limit {
  readonly count: Expr | null;
  readonly skip: Expr | null;
}

export function limitOf(top: Expr | null, offset: Query["offset"]): Limit {
  if (offset === null) return { count: top, skip: null };
  if (top !== null) {
    throw new SqlError(10741, "A TOP can not be used in the same query or sub-query as a OFFSET.", {
      severity: 15,
    });
  }
  return { count: offset.fetch, skip: offset.skip };
}

/** ` LIMIT … OFFSET …`, or nothing. The counts are the same for all rows, so they see no columns. */
export function emitLimit(env: Env, limit: Limit): string {
  if (limit.count === null && limit.skip === null) return "";
  const count = limit.count === null ? "-1" : emitCount(env, limit.count, "TOP N or FETCH rowcount");
  const skip = limit.skip === null ? "" : ` OFFSET ${emitCount(env, limit.skip, "OFFSET")}`;
  return ` LIMIT ${count}${skip}`;
}

function emitCount(env: Env, expr: Expr, what: string): string {
  const value = coerce(env.ctx, emitExpr({ ...env, scope: new Scope(null), groupKeys: null }, expr), BIGINT);
  return env.ctx.ops.callWithNulls(`limit|${what}`, [value.sql], () => ([n]) => {
    if (n === null || n === undefined) {
      throw new SqlError(1014, "A TOP or FETCH clause contains an invalid value.");
    }
    if (BigInt(n as bigint) < 0n) {
      throw new SqlError(127, `A ${what} value may not be negative.`, { severity: 15 });
    }
    return n;
  });
}
