// The simulated partner's HTTP, without a socket: how bytes become requests, and what the head of an answer says.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { BodyStore } from "../../dev/partner/body_store.ts";
import { answerHead, mayHaveBody, refusalText } from "../../dev/partner/http/answer_head.ts";
import { readHead } from "../../dev/partner/http/head.ts";
import { type Reading, RequestReader } from "../../dev/partner/http/request_reader.ts";
import { remembered } from "../../dev/partner/remembered.ts";

const bodyMaxBytes = 300;

/** What one reading says, with the body as text. */
function shown(reading: Reading): unknown {
  if (reading.kind !== "request") return reading;
  const { head, body, isTooLarge } = reading.request;
  return { head, body: Buffer.from(body).toString("latin1"), isTooLarge };
}

/** Everything that a connection reads from these pieces. */
function readAll(pieces: readonly Buffer[]): unknown[] {
  const reader = new RequestReader(bodyMaxBytes);
  const readings: unknown[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      readings.push(shown(next));
      if (next.kind === "refusal") return readings;
    }
  }
  assertEquals(reader.waitingBytes, 0, "every byte is read");
  return readings;
}

function read(text: string): unknown[] {
  return readAll([Buffer.from(text, "latin1")]);
}

/** One request as it is sent: its body measured, or in chunks of these sizes. */
interface Sent {
  readonly body: Uint8Array;
  readonly chunks: readonly number[] | undefined;
  readonly expects: boolean;
  readonly emptyLines: number;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  body: fc.uint8Array({ maxLength: 400 }),
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }), {
    nil: undefined,
  }),
  expects: fc.boolean(),
  emptyLines: fc.integer({ min: 0, max: 2 }),
});

function bytesOf({ body, chunks, expects, emptyLines }: Sent): Buffer {
  const length = chunks === undefined ? `Content-Length: ${body.length}` : "Transfer-Encoding: chunked";
  const head = `${"\r\n".repeat(emptyLines)}POST /a?b HTTP/1.1\r\nHost: x\r\n${
    expects ? "Expect: 100-continue\r\n" : ""
  }${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), chunks === undefined ? body : inChunks(body, chunks)]);
}

function inChunks(body: Uint8Array, sizes: readonly number[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const data = body.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
    const line = turn % 2 === 0
      ? data.length.toString(16)
      : `0${data.length.toString(16).toUpperCase()} ;a="b"`;
    pieces.push(Buffer.from(`${line}\r\n`), data, Buffer.from("\r\n"));
    at += data.length;
  }
  return Buffer.concat([...pieces, Buffer.from(sizes.length % 2 === 0 ? "0\r\n\r\n" : "0\r\nX: y\r\n\r\n")]);
}

Deno.test("requests are the same wherever their bytes are cut", () => {
  const cuts = fc.array(fc.nat(1500), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 4 }), cuts, (requests, places) => {
      const bytes = Buffer.concat(requests.map(bytesOf));
      const readings = readAll(cutAt(bytes, places));
      assertEquals(readings, readAll([bytes]));
      const bodies = readings.filter((reading) => !Object.hasOwn(Object(reading), "kind"));
      assertEquals(
        bodies.map((reading) => Object(reading).body),
        requests.map(({ body }) => body.length > bodyMaxBytes ? "" : Buffer.from(body).toString("latin1")),
      );
    }),
    { numRuns: 300 },
  );
});

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places.filter((place) => place < bytes.length), bytes.length].sort((a, b) => a - b);
  return sorted.map((place, index) => bytes.subarray(sorted[index - 1] ?? 0, place));
}

Deno.test("a request is read byte by byte as it is at once", () => {
  const bytes = bytesOf({ body: Buffer.from("{}"), chunks: [1], expects: true, emptyLines: 1 });
  assertEquals(readAll([...bytes].map((byte) => Buffer.from([byte]))), readAll([bytes]));
});

Deno.test("whatever bytes arrive are read, waited for or refused, wherever they are cut", () => {
  const words = fc.constantFrom("GET ", "/ ", "HTTP/1.1", "\r\n", "\n", "\r", "Host: x", ":", "\0", "5", "A");
  fc.assert(
    fc.property(fc.array(words, { maxLength: 25 }), fc.nat(80), (pieces, place) => {
      const bytes = Buffer.from(pieces.join(""), "latin1");
      const whole = new RequestReader(bodyMaxBytes);
      const cut = new RequestReader(bodyMaxBytes);
      whole.push(bytes);
      cut.push(bytes.subarray(0, place));
      const before = cut.next();
      if (before === undefined) cut.push(bytes.subarray(place));
      const [one, other] = [whole.next(), before ?? cut.next()];
      assertEquals(other?.kind, one?.kind);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a body longer than is kept is read past, and the next request after it is read", () => {
  const long = "x".repeat(bodyMaxBytes + 1);
  const readings = read(
    `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${long.length}\r\n\r\n${long}` +
      `POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n12d\r\n${long}\r\n0\r\n\r\n`,
  );
  assertEquals(readings.map((reading) => [Object(reading).isTooLarge, Object(reading).body]), [
    [true, ""],
    [true, ""],
  ]);
});

const field = (line: string) => `GET /x HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`;

const refused: [string, string, number][] = [
  ["no words", "\0\x01\xff\r\n\r\n", 400],
  ["TLS, whose head never ends", "\x16\x03\x01\x02", 400],
  ["a method alone", "GET\r\n\r\n", 400],
  ["an unknown method", "FOO /x HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["a method in lower case", "get /x HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["a tunnel", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["another version", "GET /x HTTP/1.2\r\nHost: x\r\n\r\n", 400],
  ["a blank in the path", "GET /x y HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["a path without a slash", "GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["bytes past ASCII in the path", "GET /\xe9 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["no host", "GET /x HTTP/1.1\r\n\r\n", 400],
  ["newlines alone", "GET /x HTTP/1.1\nHost: x\n\n", 400],
  ["a field without a colon", field("nope"), 400],
  ["a blank before the colon", field("A : b"), 400],
  ["a field over two lines", field("A: b\r\n c"), 400],
  ["a control character in a field", field("A: b\0c"), 400],
  ["a length that is no number", field("Content-Length: nine"), 400],
  ["a length below nothing", field("Content-Length: -2"), 400],
  ["no length where one is named", field("Content-Length:"), 400],
  ["a length past all measure", field(`Content-Length: ${"9".repeat(20)}`), 400],
  ["two lengths", field("Content-Length: 2\r\nContent-Length: 2"), 400],
  ["a length and chunks", field("Content-Length: 2\r\nTransfer-Encoding: chunked"), 400],
  ["another encoding", field("Transfer-Encoding: gzip"), 400],
  ["a size of a chunk that is no number", `${field("Transfer-Encoding: chunked")}zz\r\n`, 400],
  ["a chunk longer than its size", `${field("Transfer-Encoding: chunked")}3\r\nabcX0\r\n\r\n`, 400],
  ["a line of a chunk without end", `${field("Transfer-Encoding: chunked")}1;${"a".repeat(17_000)}`, 400],
  ["a trailer without end", `${field("Transfer-Encoding: chunked")}0\r\n${"a: b\r\n".repeat(3000)}`, 400],
  ["another expectation", field("Expect: tea"), 417],
  ["a head that is too long", field(`A: ${"b".repeat(17_000)}`), 431],
  ["a head without end", `GET /x HTTP/1.1\r\nA: ${"b".repeat(40_000)}`, 431],
];

Deno.test("what is no HTTP/1.1 is refused with the status that says why", () => {
  for (const [name, text, status] of refused) {
    assertEquals(read(text).at(-1), { kind: "refusal", status }, name);
  }
  assertEquals(refusalText(431), "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n");
});

Deno.test("a head says what the partner looks at, of several fields the first", () => {
  const head = readHead(
    "POST /a?b HTTP/1.1\r\nHOST:x\r\nauthorization:  bearer é \r\nAuthorization: no\r\nContent-Type:\ta/b\r\ncontent-length: 007",
  );
  assertEquals(head, {
    method: "POST",
    url: "/a?b",
    minor: 1,
    keepAlive: true,
    expectsContinue: false,
    bodyLength: 7,
    authorization: "bearer é",
    contentType: "a/b",
  });
});

Deno.test("a connection is kept as the version and the field say", () => {
  const keeps = (minor: number, connection: string) => {
    const head = readHead(`GET / HTTP/1.${minor}\r\nHost: x\r\n${connection}`);
    assert("keepAlive" in head);
    return head.keepAlive;
  };
  assertEquals([keeps(1, "A: b"), keeps(0, "A: b")], [true, false]);
  assertEquals([keeps(1, "Connection: x, Close"), keeps(0, "Connection: Keep-Alive")], [false, true]);
  assertEquals(keeps(1, "Connection: keep-alive\r\nConnection: close"), false);
});

Deno.test("the head of an answer has its own fields first, its date, and what becomes of the connection", () => {
  const nowMs = Date.UTC(2026, 10, 22, 1, 2, 3);
  const head = (status: number, keepAlive: boolean) =>
    answerHead(status, { "content-length": 2 }, { keepAlive, nowMs });
  assertEquals(
    head(200, true),
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nDate: Sun, 22 Nov 2026 01:02:03 GMT\r\n" +
      "Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n",
  );
  assertStringIncludes(head(299, false), "HTTP/1.1 299 unknown\r\n");
  assertStringIncludes(head(200, false), "Connection: close\r\n\r\n");
  assertStringIncludes(answerHead(200, {}, { keepAlive: true, nowMs: nowMs + 1000 }), "01:02:04 GMT");
  assertEquals([mayHaveBody("GET", 200), mayHaveBody("HEAD", 200), mayHaveBody("POST", 204)], [
    true,
    false,
    false,
  ]);
});

Deno.test("what was said of a text is said again, and past the bound found out again", () => {
  const asked: string[] = [];
  const read = remembered(2, (text) => asked.push(text));
  assertEquals([read("a"), read("a"), read("b"), read("c"), read("c"), read("a")], [1, 1, 2, 3, 3, 4]);
  const long = "x".repeat(3000);
  assertEquals([read(long), read(long)], [5, 6]);
});

Deno.test("kept bodies are the text that arrived, however many and however long", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", size: "medium" })), (texts) => {
      const store = new BodyStore();
      const long = "ẩ".repeat(100_000);
      const kept = [...texts, long, ...texts].map((text) => store.keep(Buffer.from(text)));
      assertEquals(kept.map((body) => body.text()), [...texts, long, ...texts]);
    }),
    { numRuns: 20 },
  );
});
