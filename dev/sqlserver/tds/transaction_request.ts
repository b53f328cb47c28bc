// Transaction manager requests: BEGIN, COMMIT, ROLLBACK, SAVE as a driver sends them (MS-TDS 2.2.6.9).
import { setIsolation } from "../exec/options.ts";
import type { Run } from "../exec/run.ts";
import {
  beginTransaction,
  commitTransaction,
  rollbackTransaction,
  saveTransaction,
} from "../exec/transaction_statements.ts";
import { unsupported } from "../errors.ts";
import { ByteReader, ProtocolError } from "./bytes.ts";
import { skipHeaders } from "./rpc.ts";

const REQUEST = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;
const levels = ["", "read uncommitted", "read committed", "repeatable read", "serializable", "snapshot"];

export interface TransactionRequest {
  readonly kind: "begin" | "commit" | "rollback" | "save";
  /** Empty for the session's own level. */
  readonly isolation: string;
  readonly name: string;
}

export function readTransactionRequest(data: Uint8Array): TransactionRequest {
  const reader = new ByteReader(data);
  skipHeaders(reader);
  const code = reader.u16();
  if (code === REQUEST.begin) {
    const level = reader.u8();
    const isolation = levels[level];
    if (isolation === undefined) throw new ProtocolError(`isolation level ${level}`);
    return { kind: "begin", isolation, name: readName(reader) };
  }
  if (code === REQUEST.save) return { kind: "save", isolation: "", name: readName(reader) };
  if (code !== REQUEST.commit && code !== REQUEST.rollback) {
    throw unsupported(`transaction manager request ${code}`);
  }
  const name = readName(reader);
  if ((reader.left > 0 ? reader.u8() : 0) !== 0) {
    throw unsupported("transaction that begins where another ends");
  }
  return { kind: code === REQUEST.commit ? "commit" : "rollback", isolation: "", name };
}

/** The name's length is in bytes. */
function readName(reader: ByteReader): string {
  return reader.left === 0 ? "" : reader.text(Math.floor(reader.u8() / 2));
}

export async function runTransactionRequest(run: Run, request: TransactionRequest): Promise<void> {
  switch (request.kind) {
    case "begin":
      if (request.isolation !== "") setIsolation(run.session, request.isolation, 0);
      return beginTransaction(run);
    case "commit":
      return commitTransaction(run);
    case "rollback":
      return rollbackTransaction(run, request.name === "" ? null : request.name, true);
    case "save":
      return await saveTransaction(run, request.name);
  }
}
