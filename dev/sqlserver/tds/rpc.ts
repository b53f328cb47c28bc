// RPC requests: which procedure, with which parameters (MS-TDS 2.2.6.6). Carried out by procedures.ts.
import { ByteReader, ProtocolError } from "./bytes.ts";
import { readValue, type WireValue } from "./parameters.ts";

export interface RpcParameter extends WireValue {
  /** With its @, lower-case; empty when it is given by position. */
  readonly name: string;
  readonly output: boolean;
}

export interface RpcRequest {
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}

const procedureIds: Record<number, string> = {
  1: "sp_cursor",
  2: "sp_cursoropen",
  3: "sp_cursorprepare",
  4: "sp_cursorexecute",
  5: "sp_cursorprepexec",
  6: "sp_cursorunprepare",
  7: "sp_cursorfetch",
  8: "sp_cursoroption",
  9: "sp_cursorclose",
  10: "sp_executesql",
  11: "sp_prepare",
  12: "sp_execute",
  13: "sp_prepexec",
  14: "sp_prepexecrpc",
  15: "sp_unprepare",
};
const BY_REFERENCE = 0x01;
const MORE_REQUESTS = [0x80, 0xff];

export function readRpc(data: Uint8Array): RpcRequest {
  const reader = new ByteReader(data);
  skipHeaders(reader);
  const procedure = readProcedure(reader);
  reader.u16();
  const parameters: RpcParameter[] = [];
  while (reader.left > 0) parameters.push(readParameter(reader));
  return { procedure, parameters };
}

/** ALL_HEADERS: its length first, counting itself. */
export function skipHeaders(reader: ByteReader): void {
  const total = reader.u32();
  if (total < 4) throw new ProtocolError(`headers of ${total} bytes`);
  reader.bytes(total - 4);
}

function readProcedure(reader: ByteReader): string {
  const length = reader.u16();
  if (length !== 0xffff) return reader.text(length);
  const id = reader.u16();
  const name = procedureIds[id];
  if (name === undefined) throw new ProtocolError(`procedure number ${id}`);
  return name;
}

function readParameter(reader: ByteReader): RpcParameter {
  const length = reader.u8();
  if (MORE_REQUESTS.includes(length) && reader.left < length * 2) {
    throw new ProtocolError("several requests in one RPC message");
  }
  const name = reader.text(length).toLowerCase();
  const flags = reader.u8();
  return { name, output: (flags & BY_REFERENCE) !== 0, ...readValue(reader) };
}
