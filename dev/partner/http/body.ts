// Gathers the body of one HTTP request from the pieces in which it arrives, of a length told before or in chunks
// (RFC 9112, section 7.1). Pure state; request_reader.ts feeds it.
import { Buffer } from "node:buffer";

/** Longest line with the size of a chunk, and longest trailer, bytes. */
const LINE_MAX_BYTES = 16 * 1024;

/** A body under way. */
export interface BodyReader {
  /** `broken`: the bytes are no body in chunks. */
  readonly state: "more" | "done" | "broken";
  /** Takes bytes from `from` on; returns the index of the first byte that is no longer part of the body. */
  push(bytes: Uint8Array, from: number): number;
  readonly gathered: Gathered;
}

/** The bytes of a body as far as they have come. Those past `maxBytes` are counted, and not kept. */
class Gathered {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(piece: Uint8Array): void {
    this.size += piece.length;
    if (this.size <= this.#maxBytes) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  get isTooLarge(): boolean {
    return this.size > this.#maxBytes;
  }

  /** The whole body; empty when it is too large. */
  bytes(): Uint8Array {
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
  }
}

/** A body whose length is known. */
export class MeasuredBody implements BodyReader {
  readonly gathered: Gathered;
  #left: number;

  constructor(length: number, maxBytes: number) {
    this.#left = length;
    this.gathered = new Gathered(maxBytes);
  }

  get state(): "more" | "done" {
    return this.#left === 0 ? "done" : "more";
  }

  push(bytes: Uint8Array, from: number): number {
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    if (end > from) this.gathered.add(bytes.subarray(from, end));
    return end;
  }
}

const chunkSize = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i;

/** A body in chunks: lines with a size, so many bytes after each, and a trailer after the size 0. */
export class ChunkedBody implements BodyReader {
  readonly gathered: Gathered;
  #step: "size" | "data" | "data_end" | "trailer" | "done" | "broken" = "size";
  #line = "";
  #left = 0;
  #trailerBytes = 0;

  constructor(maxBytes: number) {
    this.gathered = new Gathered(maxBytes);
  }

  get state(): "more" | "done" | "broken" {
    return this.#step === "done" || this.#step === "broken" ? this.#step : "more";
  }

  push(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && this.state === "more") {
      at = this.#step === "data" ? this.#data(bytes, at) : this.#lineOf(bytes, at);
    }
    return at;
  }

  #data(bytes: Uint8Array, from: number): number {
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    this.gathered.add(bytes.subarray(from, end));
    if (this.#left === 0) this.#step = "data_end";
    return end;
  }

  /** Takes what there is of a line; at its end, carries it out. */
  #lineOf(bytes: Uint8Array, from: number): number {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline + 1;
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString("latin1");
    if (this.#line.length > LINE_MAX_BYTES) this.#step = "broken";
    else if (newline >= 0) this.#step = this.#afterLine();
    return end;
  }

  #afterLine(): "size" | "data" | "trailer" | "done" | "broken" {
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith("\r\n")) return "broken";
    const text = line.slice(0, -2);
    switch (this.#step) {
      case "size": {
        const size = chunkSize.exec(text)?.[1];
        this.#left = parseInt(size ?? "", 16);
        return size === undefined ? "broken" : this.#left === 0 ? "trailer" : "data";
      }
      case "trailer":
        this.#trailerBytes += line.length;
        if (this.#trailerBytes > LINE_MAX_BYTES) return "broken";
        return text === "" ? "done" : "trailer";
      default:
        return text === "" ? "size" : "broken";
    }
  }
}
