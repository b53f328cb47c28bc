// The wire protocol of the MongoDB stand-in, without a socket.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { serialize } from "bson";
import fc from "fast-check";
import { crc32c } from "../../dev/mongodb/crc32c.ts";
import { FrameError, FrameReader, messageBytesMax, parseFrame, replyFrame } from "../../dev/mongodb/frame.ts";

const ping = { ping: 1, $db: "admin" };

Deno.test("crc32c gives the check value of its definition", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

Deno.test("FrameReader gives the same frames however the bytes are cut", () => {
  const frames = [
    opMsg(section(ping)),
    opMsg(section({ ...ping, text: "x".repeat(300) })),
    opMsg(section(ping)),
  ];
  const bytes = joined(...frames);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 20 }), (cuts) => {
      const reader = new FrameReader();
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const found = places.slice(1).flatMap((end, i) => reader.push(bytes.slice(places[i], end)));
      assertEquals(found, frames);
    }),
  );
});

Deno.test("FrameReader refuses impossible lengths before it has the bytes", () => {
  for (const length of [-1, 0, 15, messageBytesMax + 1]) {
    assertThrows(() => new FrameReader().push(int32(length)), FrameError, String(length));
  }
});

Deno.test("parseFrame reads a body and its document sequences", () => {
  const documents = [{ n: 1 }, { n: 2 }];
  const { body, id, answer } = parseFrame(
    opMsg(joined(section({ insert: "a" }), sequence("documents", documents))),
  );
  assertEquals([body, id, answer], [{ insert: "a", documents }, 7, "message"]);
});

Deno.test("parseFrame takes the sequence before the body as well", () => {
  const frame = opMsg(joined(sequence("documents", [{}]), section({ insert: "a" })));
  assertEquals(parseFrame(frame).body, { insert: "a", documents: [{}] });
});

Deno.test("parseFrame sees that no answer is wanted", () => {
  assertEquals(parseFrame(opMsg(section(ping), 2)).answer, "none");
});

Deno.test("parseFrame checks a checksum", () => {
  const frame = opMsg(joined(section(ping), int32(0)), 1);
  const view = new DataView(frame.buffer);
  view.setUint32(frame.length - 4, crc32c(frame.subarray(0, frame.length - 4)), true);
  assertEquals(parseFrame(frame).body, ping);
  view.setUint32(frame.length - 4, 1, true);
  assertThrows(() => parseFrame(frame), FrameError, "checksum");
});

Deno.test("parseFrame refuses what is not the protocol", () => {
  const body = section(ping);
  assertThrows(() => parseFrame(opMsg(new Uint8Array())), FrameError, "section of kind 0");
  assertThrows(() => parseFrame(opMsg(joined(body, body))), FrameError, "kind 0");
  assertThrows(() => parseFrame(opMsg(body, 4)), FrameError, "flag bits 4");
  assertThrows(() => parseFrame(opMsg(joined(body, sequence("ping", [])))), FrameError, "twice");
  assertThrows(() => parseFrame(opMsg(joined(new Uint8Array([9]), body.subarray(1)))), FrameError, "kind 9");
  assertThrows(() => parseFrame(withOpcode(opMsg(body), 2002)), FrameError, "opcode 2002");
});

Deno.test("parseFrame reads the OP_QUERY of a first hello", () => {
  const name = new TextEncoder().encode("admin.$cmd\0");
  const query = serialize({ ismaster: 1 });
  const { body, answer } = parseFrame(framed(2004, joined(int32(0), name, int32(0), int32(1), query)));
  assertEquals([body, answer], [{ ismaster: 1, $db: "admin" }, "legacy"]);
});

Deno.test("replyFrame answers the request in the form it came", () => {
  const request = { id: 7, body: {}, answer: "message" } as const;
  const reply = replyFrame(request, { ok: 1 });
  assertEquals(parseFrame(reply).body, { ok: 1 });
  assertEquals(new DataView(reply.buffer).getInt32(8, true), 7);
  const legacy = replyFrame({ ...request, answer: "legacy" }, { ok: 1 });
  assertEquals([...legacy.subarray(36)], [...serialize({ ok: 1 })]);
});

Deno.test("parseFrame gives a request or an error for any bytes, and no other thing", () => {
  const valid = opMsg(joined(section({ insert: "a" }), sequence("documents", [{ n: 1 }])));
  const change = fc.tuple(fc.integer({ min: 16, max: valid.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
    const frame = valid.slice();
    for (const [at, byte] of changes) frame[at] = byte;
    try {
      assert(typeof parseFrame(frame).body === "object");
    } catch (error) {
      assert(error instanceof Error, String(error));
    }
  }));
});

function opMsg(sections: Uint8Array, flags = 0): Uint8Array {
  return framed(2013, joined(int32(flags), sections));
}

function framed(opcode: number, content: Uint8Array): Uint8Array {
  return joined(int32(16 + content.length), int32(7), int32(0), int32(opcode), content);
}

function withOpcode(frame: Uint8Array, opcode: number): Uint8Array {
  new DataView(frame.buffer).setInt32(12, opcode, true);
  return frame;
}

function section(body: object): Uint8Array {
  return joined(new Uint8Array([0]), serialize(body));
}

function sequence(name: string, documents: object[]): Uint8Array {
  const content = joined(new TextEncoder().encode(`${name}\0`), ...documents.map((each) => serialize(each)));
  return joined(new Uint8Array([1]), int32(4 + content.length), content);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
