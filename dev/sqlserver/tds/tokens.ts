// The tokens of an answer (MS-TDS 2.2.7): LOGINACK, ENVCHANGE, INFO, ERROR, COLMETADATA, ROW, NBCROW, DONE.
import type { Collation } from "../engine/collation.ts";
import type { SqlError } from "../errors.ts";
import type { OutputColumn } from "../exec/run.ts";
import type { Physical, SqlType } from "../sql/types.ts";
import { PRODUCT_BUILD, PRODUCT_MAJOR } from "../version.ts";
import { ByteWriter } from "./bytes.ts";
import { writeTypeInfo } from "./type_info.ts";
import { type ValueWriter, valueWriter, writeValue } from "./values.ts";

const TOKEN = {
  returnStatus: 0x79,
  colMetadata: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  row: 0xd1,
  nbcRow: 0xd2,
  envChange: 0xe3,
} as const;

export const DONE = { done: 0xfd, doneProc: 0xfe, doneInProc: 0xff } as const;
export const DONE_STATUS = { more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;

const SERVER_NAME = "hermes-sqlserver";

export function writeDone(out: ByteWriter, token: number, status: number, count: bigint): void {
  out.u8(token);
  out.u16(status);
  out.u16(0);
  out.u64(count);
}

/** ERROR and INFO differ in their token and severity only. */
export function writeError(out: ByteWriter, error: SqlError): void {
  const { number, state, severity, line } = error;
  writeMessage(out, TOKEN.error, { number, state, severity, line, text: error.message });
}

export function writeInfo(out: ByteWriter, info: { number: number; text: string; line: number }): void {
  writeMessage(out, TOKEN.info, { ...info, state: 1, severity: 0 });
}

function writeMessage(
  out: ByteWriter,
  token: number,
  message: { number: number; state: number; severity: number; text: string; line: number },
): void {
  const body = new ByteWriter();
  body.i32(message.number);
  body.u8(message.state);
  body.u8(message.severity);
  body.longText(message.text.slice(0, 4000));
  body.shortText(SERVER_NAME);
  body.shortText("");
  body.u32(message.line);
  writeBody(out, token, body.take());
}

function writeBody(out: ByteWriter, token: number, body: Uint8Array): void {
  out.u8(token);
  out.u16(body.length);
  out.bytes(body);
}

export function writeLoginAck(out: ByteWriter): void {
  const body = new ByteWriter();
  body.u8(1);
  body.bytes(Uint8Array.of(0x74, 0, 0, 0x04));
  body.shortText("Microsoft SQL Server");
  body.bytes(Uint8Array.of(PRODUCT_MAJOR, 0, PRODUCT_BUILD >> 8, PRODUCT_BUILD & 0xff));
  writeBody(out, TOKEN.loginAck, body.take());
}

const ENV = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  begin: 8,
  commit: 9,
  rollback: 10,
  reset: 18,
} as const;

export function writeEnvText(
  out: ByteWriter,
  kind: "database" | "language" | "packetSize",
  now: string,
  before: string,
): void {
  const body = new ByteWriter();
  body.u8(ENV[kind]);
  body.shortText(now);
  body.shortText(before);
  writeBody(out, TOKEN.envChange, body.take());
}

export function writeEnvCollation(out: ByteWriter, collation: Collation): void {
  const body = new ByteWriter();
  body.u8(ENV.collation);
  body.u8(collation.bytes.length);
  body.bytes(collation.bytes);
  body.u8(0);
  writeBody(out, TOKEN.envChange, body.take());
}

/** BEGIN tells the new descriptor, COMMIT and ROLLBACK the old one. */
export function writeEnvTransaction(
  out: ByteWriter,
  event: "begin" | "commit" | "rollback",
  id: bigint,
): void {
  const body = new ByteWriter();
  body.u8(ENV[event]);
  if (event !== "begin") body.u8(0);
  body.u8(8);
  body.u64(id);
  if (event === "begin") body.u8(0);
  writeBody(out, TOKEN.envChange, body.take());
}

export function writeEnvReset(out: ByteWriter): void {
  writeBody(out, TOKEN.envChange, Uint8Array.of(ENV.reset, 0, 0));
}

/** Describes the columns of the rows that follow; gives the writers for their values. */
export function writeColumns(
  out: ByteWriter,
  columns: readonly OutputColumn[],
  fallback: Collation,
): ValueWriter[] {
  out.u8(TOKEN.colMetadata);
  out.u16(columns.length);
  for (const column of columns) {
    out.u32(0);
    out.u16(column.nullable ? 0x09 : 0x08);
    writeTypeInfo(out, column.type, column.collation ?? fallback);
    out.shortText(column.name);
  }
  return columns.map((column) => valueWriter(column.type, column.collation ?? fallback));
}

/** A row with NULLs leaves them out and has a bitmap instead (NBCROW). */
export function writeRow(
  out: ByteWriter,
  writers: readonly ValueWriter[],
  values: readonly Physical[],
): void {
  const hasNulls = values.includes(null);
  out.u8(hasNulls ? TOKEN.nbcRow : TOKEN.row);
  if (hasNulls) out.bytes(nullBitmap(values));
  // A row has as many values as there are columns. A loop by index: this runs for each cell of each result.
  for (let i = 0; i < writers.length; i++) {
    const value = values[i] ?? null;
    if (value !== null) writers[i]?.(out, value);
  }
}

function nullBitmap(values: readonly Physical[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) {
    if (values[i] === null) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | 1 << (i & 7);
  }
  return bitmap;
}

export function writeReturnStatus(out: ByteWriter, status: number): void {
  out.u8(TOKEN.returnStatus);
  out.i32(status);
}

/** An output parameter's value. */
export function writeReturnValue(
  out: ByteWriter,
  parameter: { ordinal: number; name: string; type: SqlType; value: Physical },
  collation: Collation,
): void {
  out.u8(TOKEN.returnValue);
  out.u16(parameter.ordinal);
  out.shortText(parameter.name);
  out.u8(1);
  out.u32(0);
  out.u16(0x09);
  writeTypeInfo(out, parameter.type, collation);
  writeValue(out, parameter.value, parameter.type, collation);
}
