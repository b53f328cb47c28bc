// Inserts documents at a steady rate: the usual samples, and every tenth with a text that tries something. Beside driver.ts.
import { makeSamples } from "../../dev/samples/samples.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { Stack } from "../support/stack.ts";
import { pause } from "./pause.ts";
import { twisted } from "./twisted.ts";

/** A document that was offered to SQL Server. */
export interface Offered {
  readonly type: DocumentType;
  readonly code: string;
  readonly expected: Sample["expected"];
}

const everyMs = 250;

export class Inserts {
  readonly #stack: Stack;
  readonly #seed: number;
  readonly #offered: Offered[] = [];
  #extra = 0;
  #stopped = false;

  constructor(stack: Stack, seed: number) {
    this.#stack = stack;
    this.#seed = seed;
  }

  /** Everything offered so far; what SQL Server did not take has no row. */
  get offered(): readonly Offered[] {
    return this.#offered;
  }

  /** Inserts so many documents a second until `stop()`. While SQL Server is away, what cannot be inserted is dropped. */
  async run(perSecond: number): Promise<void> {
    const beganMs = Date.now();
    for (let number = 0; !this.#stopped;) {
      const due = Math.floor((Date.now() - beganMs) / 1000 * perSecond) + this.#extra;
      await this.#insert(number, due - number).catch(() => {});
      number = due;
      await pause(everyMs);
    }
  }

  /** So many more, with the next ones. */
  burst(count: number): void {
    this.#extra += count;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #insert(startNumber: number, count: number): Promise<void> {
    if (count <= 0) return;
    const samples = makeSamples({ count, seed: this.#seed, startNumber, now: new Date() })
      .map((sample, at) => (startNumber + at) % 10 === 0 ? twisted(sample, startNumber + at) : sample);
    this.#offered.push(...samples.map(({ type, code, expected }) => ({ type, code, expected })));
    await this.#stack.insert(samples);
  }
}
