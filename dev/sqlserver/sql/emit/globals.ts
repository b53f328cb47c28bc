// @@ROWCOUNT and its like: values of the session, bound when the statement runs.
import { VERSION_TEXT } from "../../version.ts";
import { SqlError } from "../../errors.ts";
import type { Expr } from "../ast.ts";
import { decimalType, INT, type SqlType, textType } from "../types.ts";
import { type EmitContext, quoteText, type SessionValue } from "./context.ts";
import type { Typed } from "./typed.ts";

const values: Record<string, { value: SessionValue; type: SqlType }> = {
  "@@rowcount": { value: "rowcount", type: INT },
  "@@trancount": { value: "trancount", type: INT },
  "@@identity": { value: "identity", type: decimalType(38, 0) },
  "@@spid": { value: "spid", type: INT },
  "@@error": { value: "error", type: INT },
};

export function emitGlobal(ctx: EmitContext, expr: Extract<Expr, { kind: "global" }>): Typed {
  if (expr.name === "@@version") return textConstant(ctx, VERSION_TEXT);
  if (expr.name === "@@servername") return textConstant(ctx, "HERMES-DEV");
  const known = values[expr.name];
  if (known === undefined) {
    throw new SqlError(137, `Must declare the scalar variable "${expr.name}".`, {
      severity: 15,
      line: expr.line,
    });
  }
  return sessionValue(ctx, known.value, known.type);
}

export function sessionValue(ctx: EmitContext, name: SessionValue, type: SqlType): Typed {
  return { sql: ctx.bind({ kind: "session", name }), type, label: null, nullable: true, isNull: false };
}

export function textConstant(ctx: EmitContext, text: string): Typed {
  const type = textType("nvarchar", Math.max(1, text.length));
  return { sql: quoteText(text), type, label: ctx.defaultLabel(), nullable: false, isNull: false };
}
