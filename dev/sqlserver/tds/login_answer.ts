// Whether a LOGIN7 is let in, and the tokens that say so: LOGINACK with its ENVCHANGEs, or 18456 and 4060.
import { same } from "../catalog.ts";
import { SqlError } from "../errors.ts";
import type { ServerContext } from "../server_context.ts";
import { ByteWriter } from "./bytes.ts";
import { type Login, readLogin } from "./login.ts";
import {
  DONE,
  DONE_STATUS,
  writeDone,
  writeEnvCollation,
  writeEnvText,
  writeError,
  writeInfo,
  writeLoginAck,
} from "./tokens.ts";

export interface LoginAnswer {
  readonly bytes: Uint8Array;
  readonly accepted: Login | null;
  /** Number of the error when it is refused. */
  readonly error: number;
}

export function answerLogin(data: Uint8Array, server: ServerContext): LoginAnswer {
  const login = readLogin(data);
  const errors = refusals(login, server);
  const [first] = errors;
  if (first !== undefined) return { bytes: refusal(errors), accepted: null, error: first.number };
  return { bytes: acceptance(login, server), accepted: login, error: 0 };
}

function refusals(login: Login, server: ServerContext): SqlError[] {
  const failed = new SqlError(18456, `Login failed for user '${login.user}'.`, { severity: 14, line: 1 });
  const known = same(login.user, server.user) && login.password === server.password;
  if (login.integrated || !known) return [failed];
  if (login.database === "" || same(login.database, server.database)) return [];
  const message = `Cannot open database "${login.database}" requested by the login. The login failed.`;
  return [new SqlError(4060, message, { severity: 11, line: 1 }), failed];
}

function refusal(errors: readonly SqlError[]): Uint8Array {
  const out = new ByteWriter();
  for (const error of errors) writeError(out, error);
  writeDone(out, DONE.done, DONE_STATUS.error, 0n);
  return out.take();
}

function acceptance(login: Login, server: ServerContext): Uint8Array {
  const out = new ByteWriter();
  writeEnvText(out, "database", server.database, "master");
  writeInfo(out, { number: 5701, text: `Changed database context to '${server.database}'.`, line: 0 });
  writeEnvCollation(out, server.store.collation);
  writeEnvText(out, "language", "us_english", "");
  writeInfo(out, { number: 5703, text: "Changed language setting to us_english.", line: 0 });
  writeLoginAck(out);
  writeEnvText(out, "packetSize", String(login.packetSize), "4096");
  writeDone(out, DONE.done, 0, 0n);
  return out.take();
}
