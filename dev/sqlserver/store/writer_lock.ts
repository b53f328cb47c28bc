// Who may write: one session at a time, first come first served. Waiting is asynchronous and bounded by the
// session's lock timeout (1222) or ended by its attention signal.
import { SqlError } from "../errors.ts";

export interface WaitOptions {
  /** Milliseconds; a negative number waits without end, 0 not at all (SET LOCK_TIMEOUT). */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly owner: object;
  readonly grant: () => void;
}

export class WriterLock {
  #owner: object | null = null;
  readonly #queue: Waiter[] = [];
  readonly #released: (() => void)[] = [];

  get owner(): object | null {
    return this.#owner;
  }

  async acquire(owner: object, options: WaitOptions): Promise<void> {
    if (this.#owner === null) {
      this.#owner = owner;
      return;
    }
    await bounded(options, (done) => {
      const waiter = { owner, grant: done };
      this.#queue.push(waiter);
      return () => this.#forget(waiter);
    });
  }

  release(owner: object): void {
    if (this.#owner !== owner) return;
    const next = this.#queue.shift();
    this.#owner = next?.owner ?? null;
    for (const wake of this.#released.splice(0)) wake();
    next?.grant();
  }

  /** Waits until the present owner lets go: a reader that came upon its rows. */
  async waitForRelease(options: WaitOptions): Promise<void> {
    if (this.#owner === null) return;
    await bounded(options, (done) => {
      this.#released.push(done);
      return () => {
        const index = this.#released.indexOf(done);
        if (index >= 0) this.#released.splice(index, 1);
      };
    });
  }

  #forget(waiter: Waiter): void {
    const index = this.#queue.indexOf(waiter);
    if (index >= 0) this.#queue.splice(index, 1);
  }
}

/** Resolves when `start`'s callback is called; rejects on timeout or abort, after undoing the wait. */
function bounded(options: WaitOptions, start: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      cleanUp();
      undo();
      reject(error);
    };
    const onAbort = () => fail(options.signal.reason);
    const timer = options.timeoutMs < 0
      ? undefined
      : setTimeout(() => fail(lockTimeout()), options.timeoutMs);
    const cleanUp = () => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
    };
    const undo = start(() => {
      cleanUp();
      resolve();
    });
    options.signal.addEventListener("abort", onAbort);
    if (options.signal.aborted) onAbort();
  });
}

function lockTimeout(): SqlError {
  return new SqlError(1222, "Lock request time out period exceeded.", { state: 51 });
}
