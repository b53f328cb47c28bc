// Cuts the bytes of one connection into HTTP requests, however they arrive. Pure state, no sockets: connection.ts
// feeds it, and asks for the next request when the one before has been answered.
import { Buffer } from "node:buffer";
import { type BodyReader, ChunkedBody, MeasuredBody } from "./body.ts";
import { type BadHead, type Head, readHead } from "./head.ts";

/** A longer head is refused with 431, bytes. */
const HEAD_MAX_BYTES = 16 * 1024;

/** So much is looked through first, bytes; a body follows, and need not be made text of here. */
const HEAD_USUAL_BYTES = 768;

const CR = 13;
const LF = 10;
const END_OF_HEAD = "\r\n\r\n";

/** A request that has arrived whole. */
export interface Request {
  readonly head: Head;
  /** Empty when it is too large. */
  readonly body: Uint8Array;
  /** Is the body longer than the reader was told to keep? */
  readonly isTooLarge: boolean;
}

/** What the bytes say next: a request, that the client waits for `100 Continue`, or that this is no HTTP. */
export type Reading =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "continue" }
  | { readonly kind: "refusal"; readonly status: number };

const noBytes: Buffer = Buffer.alloc(0);

/** Reads the requests of one connection. Bodies longer than `bodyMaxBytes` are read past, and not kept. */
export class RequestReader {
  readonly #bodyMaxBytes: number;
  #bytes: Buffer = noBytes;
  /** Where the bytes that are not read yet begin. */
  #at = 0;
  #head: Head | undefined;
  #body: BodyReader | undefined;

  constructor(bodyMaxBytes: number) {
    this.#bodyMaxBytes = bodyMaxBytes;
  }

  /** Bytes that have come and are not read yet. */
  get waitingBytes(): number {
    return this.#bytes.length - this.#at;
  }

  /** Takes over bytes that have come; they must not be changed afterwards. */
  push(bytes: Buffer): void {
    this.#bytes = this.waitingBytes === 0 ? bytes : Buffer.concat([this.#bytes.subarray(this.#at), bytes]);
    this.#at = 0;
  }

  /** The next request; undefined when more bytes are needed. After a refusal nothing more may be asked. */
  next(): Reading | undefined {
    if (this.#head === undefined) {
      const head = this.#readHead();
      if (head === undefined) return undefined;
      if ("refusedWith" in head) return { kind: "refusal", status: head.refusedWith };
      this.#head = head;
      if (head.expectsContinue) return { kind: "continue" };
    }
    return this.#readBody(this.#head);
  }

  #readHead(): Head | BadHead | undefined {
    this.#skipEmptyLines();
    const first = this.#bytes[this.#at];
    if (first === undefined || (first === CR && this.waitingBytes === 1)) return undefined;
    // Seen at once, without waiting for a whole head: it may be TLS, whose client waits too.
    if (!isLetter(first)) return { refusedWith: 400 };
    let text = this.#textOf(HEAD_USUAL_BYTES);
    let length = text.indexOf(END_OF_HEAD);
    if (length < 0) {
      text = this.#textOf(HEAD_MAX_BYTES + END_OF_HEAD.length);
      length = text.indexOf(END_OF_HEAD);
    }
    if (length < 0) return refusalOfPart(text);
    this.#at += length + END_OF_HEAD.length;
    return readHead(text.slice(0, length));
  }

  #textOf(bytesMax: number): string {
    return this.#bytes.toString("latin1", this.#at, this.#at + bytesMax);
  }

  /** Some clients send one after a body (RFC 9112, section 2.2). */
  #skipEmptyLines(): void {
    const bytes = this.#bytes;
    while (bytes[this.#at] === CR && bytes[this.#at + 1] === LF) this.#at += 2;
  }

  #readBody(head: Head): Reading | undefined {
    const body = this.#body ??= head.bodyLength === "chunked"
      ? new ChunkedBody(this.#bodyMaxBytes)
      : new MeasuredBody(head.bodyLength, this.#bodyMaxBytes);
    this.#at = body.push(this.#bytes, this.#at);
    if (body.state === "broken") return { kind: "refusal", status: 400 };
    if (body.state === "more") return undefined;
    this.#head = undefined;
    this.#body = undefined;
    const { isTooLarge } = body.gathered;
    return { kind: "request", request: { head, body: body.gathered.bytes(), isTooLarge } };
  }
}

/** What is wrong with a head that has not ended yet, if something is. */
function refusalOfPart(text: string): BadHead | undefined {
  if (/(?<!\r)\n/.test(text)) return { refusedWith: 400 };
  return text.length > HEAD_MAX_BYTES ? { refusedWith: 431 } : undefined;
}

function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}
