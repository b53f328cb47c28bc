// Random frames and texts for the stand-ins' readers: whatever comes in is read, or refused with the error that says so.
import { type FuzzTarget, target } from "./target.ts";
import { assert } from "@std/assert";
import { BSONError, serialize } from "bson";
import fc from "fast-check";
import { FrameError, parseFrame } from "../../dev/mongodb/frame.ts";
import { SqlError } from "../../dev/sqlserver/errors.ts";
import { parseBatch } from "../../dev/sqlserver/sql/parser/statement.ts";
import { ProtocolError } from "../../dev/sqlserver/tds/bytes.ts";
import { readLogin } from "../../dev/sqlserver/tds/login.ts";
import { MessageReader } from "../../dev/sqlserver/tds/packets.ts";
import { readRpc } from "../../dev/sqlserver/tds/rpc.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

/** A frame with a right header and a body that is right, cut, or has a few bytes changed. */
const mongoFrame = fc.tuple(
  fc.constantFrom(2013, 2004, 2012, 1, 0),
  fc.oneof(
    bytes,
    fc.constant(new Uint8Array([0, 0, 0, 0, 0, ...serialize({ ping: 1, $db: "x", a: [{ n: 1 }] })])),
  ),
  fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
).map(([opcode, body, changes]) => {
  const frame = new Uint8Array(16 + body.length);
  new DataView(frame.buffer).setInt32(0, frame.length, true);
  new DataView(frame.buffer).setInt32(12, opcode, true);
  frame.set(body, 16);
  for (const [at, value] of changes) if (body.length > 0) frame[16 + at % body.length] = value;
  return frame;
});

const tdsPackets = fc.array(
  fc.tuple(fc.constantFrom(1, 3, 6, 14, 16, 18, 99), fc.constantFrom(0, 1), bytes).map((
    [type, status, data],
  ) => new Uint8Array([type, status, (data.length + 8) >> 8, (data.length + 8) & 255, 0, 0, 1, 0, ...data])),
  { maxLength: 4 },
);

const words =
  "SELECT FROM WHERE a b [c] 'x N'y' 1 2.5 ( ) , = * @p AND OR NOT IN EXISTS CASE END TOP JOIN ON AS NULL UPDATE SET INSERT VALUES WITH ;"
    .split(" ");
const sql = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((list) => list.join(" ")),
);

export const frameTargets: FuzzTarget[] = [
  target("MongoDB frames: read, or refused as malformed", mongoFrame, (frame) => {
    refusedAs(() => parseFrame(frame), (error) => error instanceof FrameError || error instanceof BSONError);
  }),
  target("TDS packets, logins and calls: read, or refused as malformed", tdsPackets, (packets) => {
    refusedAs(() => {
      const reader = new MessageReader();
      for (const { data } of packets.flatMap((packet) => reader.push(packet))) {
        refusedAs(() => readLogin(data), isProtocol);
        refusedAs(() => readRpc(data), isProtocol);
      }
    }, isProtocol);
  }),
  target("T-SQL: parsed, or refused with a SQL error", sql, (text) => {
    refusedAs(() => parseBatch(text), (error) => error instanceof SqlError);
  }),
];

function isProtocol(error: Error): boolean {
  return error instanceof ProtocolError || error instanceof SqlError;
}

function refusedAs(read: () => unknown, expected: (error: Error) => boolean): void {
  try {
    read();
  } catch (error) {
    assert(error instanceof Error && expected(error), `${error instanceof Error ? error.stack : error}`);
  }
}
