// Functions about the server and the session: DB_NAME, OBJECT_ID, SERVERPROPERTY, SCOPE_IDENTITY, ERROR_NUMBER …
import { PRODUCT_MAJOR, PRODUCT_VERSION } from "../../version.ts";
import { unsupported } from "../../errors.ts";
import { decimalType, INT, simpleType, type SqlType, textType } from "../types.ts";
import { argumentCount } from "./aggregates.ts";
import type { SessionValue } from "./context.ts";
import type { Env } from "./env.ts";
import { argumentsOf, type Call, type FunctionEmitter } from "./functions.ts";
import { sessionValue, textConstant } from "./globals.ts";
import type { Typed } from "./typed.ts";
import { asText } from "./coerce.ts";

const NAME = textType("nvarchar", 128);

export const systemFunctions: Record<string, FunctionEmitter> = {
  db_name: emitDbName,
  schema_name: (env, call) => constant(env, call, "dbo"),
  suser_sname: (env, call) => session(env, call, "login", NAME),
  user_name: (env, call) => constant(env, call, "dbo"),
  scope_identity: (env, call) => session(env, call, "scope_identity", decimalType(38, 0)),
  xact_state: (env, call) => session(env, call, "xact_state", INT),
  error_number: (env, call) => session(env, call, "error_number", INT),
  error_message: (env, call) => session(env, call, "error_message", textType("nvarchar", 4000)),
  error_severity: (env, call) => session(env, call, "error_severity", INT),
  error_state: (env, call) => session(env, call, "error_state", INT),
  error_line: (env, call) => session(env, call, "error_line", INT),
  serverproperty: emitServerProperty,
  object_id: emitObjectId,
};

function session(env: Env, call: Call, name: SessionValue, type: SqlType): Typed {
  argumentsOf(env, call, 0);
  const value = sessionValue(env.ctx, name, type);
  return type.name === "nvarchar" ? { ...value, label: env.ctx.defaultLabel() } : value;
}

function constant(env: Env, call: Call, text: string): Typed {
  argumentsOf(env, call, 0);
  return { ...textConstant(env.ctx, text), type: NAME };
}

function emitDbName(env: Env, call: Call): Typed {
  argumentsOf(env, call, 0);
  return { ...textConstant(env.ctx, env.ctx.catalog.database), type: NAME };
}

/** Only the properties named here; the name must be a literal. A real server gives sql_variant. */
function emitServerProperty(env: Env, call: Call): Typed {
  const [name] = call.args;
  if (name === undefined || call.args.length > 1) throw argumentCount(call, 1);
  if (name.kind !== "literal") throw unsupported("SERVERPROPERTY of a computed name", call.line);
  const properties: Record<string, string> = {
    productversion: PRODUCT_VERSION,
    productmajorversion: String(PRODUCT_MAJOR),
    productlevel: "SP3",
    edition: "Developer Edition (64-bit)",
    engineedition: "3",
    collation: env.ctx.catalog.collation.name,
  };
  const text = properties[name.text.toLowerCase()];
  if (text === undefined) throw unsupported(`SERVERPROPERTY('${name.text}')`, call.line);
  return { ...textConstant(env.ctx, text), type: NAME };
}

/** OBJECT_ID(N'dbo.t' [, N'U']): tables only. */
function emitObjectId(env: Env, call: Call): Typed {
  if (call.args.length !== 1 && call.args.length !== 2) throw argumentCount(call, 1);
  const values = argumentsOf(env, call, call.args.length).map((value) => asText(env.ctx, value));
  const sql = `object_id(${values.map((value) => value.sql).join(",")})`;
  return { sql, type: INT, label: null, nullable: true, isNull: false };
}

export function guidFunction(env: Env, call: Call): Typed {
  argumentsOf(env, call, 0);
  return {
    sql: "new_id()",
    type: simpleType("uniqueidentifier"),
    label: null,
    nullable: false,
    isNull: false,
  };
}
