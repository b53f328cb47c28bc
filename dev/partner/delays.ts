// Runs things later for server.ts, all that are due in the same millisecond by one timer: thousands of answers wait at
// a time, and a timer each costs more than the answers.

/** What waits, until it runs or is forgotten. */
export class Delays {
  /** By the millisecond in which they are due. */
  readonly #due = new Map<number, { timer: ReturnType<typeof setTimeout>; runs: (() => void)[] }>();

  /** Runs something in `ms` milliseconds, give or take one. */
  after(ms: number, run: () => void): void {
    const nowMs = performance.now();
    // Rounded down, because timers come late.
    const dueMs = Math.floor(nowMs + ms);
    const known = this.#due.get(dueMs);
    if (known !== undefined) {
      known.runs.push(run);
      return;
    }
    const timer = setTimeout(() => this.#run(dueMs), dueMs - nowMs);
    this.#due.set(dueMs, { timer, runs: [run] });
  }

  /** Forgets everything that waits. */
  clear(): void {
    for (const { timer } of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
  }

  #run(dueMs: number): void {
    const due = this.#due.get(dueMs);
    this.#due.delete(dueMs);
    for (const run of due?.runs ?? []) run();
  }
}
