// HAS_PERMS_BY_NAME and DATABASEPROPERTYEX: the one login may do everything, and the one database can be written.
import { unsupported } from "../../errors.ts";
import { INT, textType } from "../types.ts";
import { argumentCount } from "./aggregates.ts";
import { asText } from "./coerce.ts";
import type { Env } from "./env.ts";
import { argument, argumentsOf, type Call, type FunctionEmitter } from "./functions.ts";
import { textConstant } from "./globals.ts";
import type { Typed } from "./typed.ts";

export const securityFunctions: Record<string, FunctionEmitter> = {
  has_perms_by_name: emitHasPermsByName,
  databasepropertyex: emitDatabaseProperty,
};

/** HAS_PERMS_BY_NAME(table, 'OBJECT', permission [, column, 'COLUMN']): 1, or NULL when there is no such table. */
function emitHasPermsByName(env: Env, call: Call): Typed {
  if (call.args.length !== 3 && call.args.length !== 5) throw argumentCount(call, 3);
  const securableClass = call.args[1];
  if (securableClass?.kind !== "literal" || securableClass.text.toLowerCase() !== "object") {
    throw unsupported("HAS_PERMS_BY_NAME of another class than 'OBJECT'", call.line);
  }
  const table = asText(env.ctx, argument(argumentsOf(env, call, call.args.length), 0));
  const sql = `(CASE WHEN object_id(${table.sql}) IS NULL THEN NULL ELSE 1 END)`;
  return { sql, type: INT, label: null, nullable: true, isNull: false };
}

function emitDatabaseProperty(env: Env, call: Call): Typed {
  argumentsOf(env, call, 2);
  const property = call.args[1];
  if (property?.kind !== "literal" || property.text.toLowerCase() !== "updateability") {
    throw unsupported("DATABASEPROPERTYEX of another property than 'Updateability'", call.line);
  }
  return { ...textConstant(env.ctx, "READ_WRITE"), type: textType("nvarchar", 128) };
}
