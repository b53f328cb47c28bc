// One reading for all who ask within a moment: ten open browsers ask the servers no more often than one.

/** Keeps what `read` gave for so long, ms; a reading under way is shared. What failed is not kept. */
export class Fresh<T> {
  readonly #read: () => Promise<T>;
  readonly #keepMs: number;
  readonly #now: () => number;
  #kept: { atMs: number; reading: Promise<T> } | null = null;

  constructor(read: () => Promise<T>, options: { keepMs: number; now: () => number }) {
    this.#read = read;
    this.#keepMs = options.keepMs;
    this.#now = options.now;
  }

  get(): Promise<T> {
    if (this.#kept && this.#now() - this.#kept.atMs < this.#keepMs) return this.#kept.reading;
    const kept = { atMs: this.#now(), reading: this.#read() };
    this.#kept = kept;
    kept.reading.catch(() => this.#kept === kept && this.forget());
    return kept.reading;
  }

  /** What is asked next is read anew: something was just changed. */
  forget(): void {
    this.#kept = null;
  }
}
