// Keeps the bodies that memory.ts remembers as bytes, in large pieces outside the JavaScript heap: thousands of texts
// inside it would be moved at every garbage collection, which costs more than answering the calls.
import { Buffer } from "node:buffer";

const SLAB_BYTES = 256 * 1024;

/** One body, as it arrived. */
export class KeptBody {
  readonly #slab: Buffer;
  readonly #start: number;
  readonly #end: number;

  constructor(slab: Buffer, start: number, end: number) {
    this.#slab = slab;
    this.#start = start;
    this.#end = end;
  }

  /** The body as text; bytes that are not UTF-8 show as U+FFFD. */
  text(): string {
    return this.#slab.toString("utf8", this.#start, this.#end);
  }
}

/** Copies bodies into slabs. A slab is freed when nobody has a body of it any more. */
export class BodyStore {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** Keeps a copy. */
  keep(bytes: Uint8Array): KeptBody {
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = Buffer.alloc(Math.max(SLAB_BYTES, bytes.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes.length;
    this.#slab.set(bytes, start);
    return new KeptBody(this.#slab, start, this.#used);
  }
}
