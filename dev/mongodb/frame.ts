// The MongoDB wire protocol between bytes and messages, without any I/O: cuts a byte stream into frames,
// reads OP_MSG and the legacy OP_QUERY, writes OP_MSG and OP_REPLY. (MongoDB manual, "Wire Protocol".)

import { crc32c } from "./crc32c.ts";
import { decode } from "./decode.ts";
import { type Doc, encode, isPlain, put } from "./values.ts";

/** A message longer than this ends the connection; it is `maxMessageSizeBytes` of the handshake. */
export const messageBytesMax = 48_000_000;

const headerBytes = 16;
const opcode = { reply: 1, query: 2004, compressed: 2012, message: 2013 };
const flag = { checksumPresent: 1, moreToCome: 2 };
/** The flag bits that a receiver must know; the upper half may be passed over. */
const requiredFlags = 0xffff;

/** Bytes that are not the protocol: the connection cannot go on. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** One request. `answer` says how the client wants its reply. */
export interface Request {
  readonly id: number;
  readonly body: Doc;
  /** "none" for an unacknowledged write; "legacy" for OP_QUERY. */
  readonly answer: "message" | "legacy" | "none";
  /** A reason to refuse the request whatever it asks. */
  readonly refusal?: string;
}

/** Collects what a socket delivers and gives out whole frames. */
export class FrameReader {
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** @throws FrameError when a frame's length is impossible. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    const frames: Uint8Array[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Uint8Array | undefined {
    if (this.#heldBytes < 4) return undefined;
    if ((this.#held[0]?.length ?? 0) < 4) this.#join();
    const length = int32(this.#held[0] ?? new Uint8Array(4), 0);
    if (length < headerBytes || length > messageBytesMax) {
      throw new FrameError(`a frame must have ${headerBytes} to ${messageBytesMax} bytes, not ${length}`);
    }
    if (this.#heldBytes < length) return undefined;
    const all = this.#join();
    this.#held = [all.subarray(length)];
    this.#heldBytes -= length;
    return all.subarray(0, length);
  }

  #join(): Uint8Array {
    const [only] = this.#held;
    if (this.#held.length === 1 && only) return only;
    const all = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const chunk of this.#held) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#held = [all];
    return all;
  }
}

/**
 * Reads one whole frame.
 * @throws FrameError, or BSONError from `bson`, when the frame is malformed.
 */
export function parseFrame(frame: Uint8Array): Request {
  const id = int32(frame, 4);
  switch (int32(frame, 12)) {
    case opcode.message:
      return parseMessage(frame, id);
    case opcode.query:
      return parseQuery(frame, id);
    case opcode.compressed:
      return { id, body: {}, answer: "message", refusal: "OP_COMPRESSED: compression was not agreed on" };
    default:
      throw new FrameError(`opcode ${int32(frame, 12)} is not known`);
  }
}

/** Writes the reply to a request in the form that it wants. */
export function replyFrame(request: Request, reply: Doc): Uint8Array {
  const body = encode(reply);
  const isMessage = request.answer !== "legacy";
  const bodyAt = headerBytes + (isMessage ? 5 : 20);
  const frame = new Uint8Array(bodyAt + body.length);
  const view = new DataView(frame.buffer);
  view.setInt32(0, frame.length, true);
  view.setInt32(8, request.id, true);
  view.setInt32(12, isMessage ? opcode.message : opcode.reply, true);
  if (!isMessage) {
    view.setInt32(16, 8, true); // AwaitCapable, as every server sets it
    view.setInt32(32, 1, true); // one document; cursor id and starting place stay 0
  }
  frame.set(body, bodyAt);
  return frame;
}

function parseMessage(frame: Uint8Array, id: number): Request {
  const flags = int32(frame, headerBytes);
  const unknown = flags & requiredFlags & ~(flag.checksumPresent | flag.moreToCome);
  if (unknown) throw new FrameError(`OP_MSG flag bits ${unknown} are not known`);
  const end = (flags & flag.checksumPresent) ? checkedEnd(frame) : frame.length;
  const body = parseSections(frame, headerBytes + 4, end);
  return { id, body, answer: (flags & flag.moreToCome) ? "none" : "message" };
}

function checkedEnd(frame: Uint8Array): number {
  const end = frame.length - 4;
  if (int32(frame, end) !== (crc32c(frame.subarray(0, end)) | 0)) {
    throw new FrameError("the checksum is wrong");
  }
  return end;
}

function parseSections(frame: Uint8Array, start: number, end: number): Doc {
  let body: Doc | undefined;
  const sequences: [string, Doc[]][] = [];
  for (let at = start; at < end;) {
    const kind = frame[at];
    const size = int32(frame, at + 1);
    if (size < 5 || at + 1 + size > end) {
      throw new FrameError(`a section of ${size} bytes does not fit its frame`);
    }
    const section = frame.subarray(at + 1, at + 1 + size);
    if (kind === 1) sequences.push(parseSequence(section));
    else if (kind === 0 && !body) body = decode(section);
    else throw new FrameError(`a section of kind ${kind} has no place here`);
    at += 1 + size;
  }
  if (!body) throw new FrameError("an OP_MSG needs a section of kind 0");
  return withSequences(body, sequences);
}

function parseSequence(section: Uint8Array): [string, Doc[]] {
  const zero = section.indexOf(0, 4);
  if (zero < 0) throw new FrameError("a document sequence needs a name");
  const name = new TextDecoder("utf-8", { fatal: true }).decode(section.subarray(4, zero));
  return [name, parseDocuments(section, zero + 1)];
}

function parseDocuments(bytes: Uint8Array, start: number): Doc[] {
  const documents: Doc[] = [];
  for (let at = start; at < bytes.length;) {
    const size = int32(bytes, at);
    if (size < 5 || at + size > bytes.length) {
      throw new FrameError(`a document of ${size} bytes does not fit`);
    }
    documents.push(decode(bytes.subarray(at, at + size)));
    at += size;
  }
  return documents;
}

function withSequences(body: Doc, sequences: readonly [string, Doc[]][]): Doc {
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(body, name)) throw new FrameError(`the field ${name} is given twice`);
    put(body, name, documents);
  }
  return body;
}

/** OP_QUERY: flags, collection name, skip, limit, query. Drivers send it once, to say hello. */
function parseQuery(frame: Uint8Array, id: number): Request {
  const nameAt = headerBytes + 4;
  const zero = frame.indexOf(0, nameAt);
  if (zero < 0) throw new FrameError("an OP_QUERY needs a collection name");
  const name = new TextDecoder().decode(frame.subarray(nameAt, zero));
  const [query] = parseDocuments(frame.subarray(0, zero + 9 + int32(frame, zero + 9)), zero + 9);
  if (!query) throw new FrameError("an OP_QUERY needs a query document");
  const inner = query["$query"];
  const body: Doc = { ...(isPlain(inner) ? inner : query), $db: name.split(".")[0] ?? "" };
  if (name.endsWith(".$cmd")) return { id, body, answer: "legacy" };
  return { id, body, answer: "legacy", refusal: `OP_QUERY on ${name}` };
}

function int32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new FrameError(`the frame ends at byte ${bytes.length}, within a number`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at, true);
}
