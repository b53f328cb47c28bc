// Before the call, where a row's status has to be known: reads of single rows go together. What is asked for while one read is on its way
// goes into the next, so that a backlog full of doubtful entries costs a few reads, not one for each.
import type { RowKey } from "../shared/document.ts";
import { describeError } from "../shared/errors.ts";
import { checkRow } from "./check_row.ts";
import type { Decision } from "./decide.ts";

/** Most rows of one read. */
const readMax = 500;
/** How long an entry waits whose row cannot be looked at, ms. */
const uncheckedDelayMs = 5_000;

interface Asked {
  key: RowKey;
  done: (status: string | undefined) => void;
  failed: (error: unknown) => void;
}

export class RowLooks {
  readonly #read: (keys: RowKey[]) => Promise<Map<RowKey, string>>;
  #asked: Asked[] = [];
  #running = false;

  constructor(read: (keys: RowKey[]) => Promise<Map<RowKey, string>>) {
    this.#read = read;
  }

  /** Null when the row still wants sending; else what becomes of its entry without a call. Never throws. */
  async over(key: RowKey): Promise<Decision | null> {
    try {
      const check = checkRow(await this.#status(key));
      return check.kind === "send" ? null : check;
    } catch (error) {
      return { kind: "wait", delayMs: uncheckedDelayMs, message: describeError(error).message };
    }
  }

  #status(key: RowKey): Promise<string | undefined> {
    return new Promise((done, failed) => {
      this.#asked.push({ key, done, failed });
      if (!this.#running) this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // All that start in the same step go together.
    await Promise.resolve();
    while (this.#asked.length > 0) {
      const batch = this.#asked.splice(0, readMax);
      try {
        const statuses = await this.#read([...new Set(batch.map(({ key }) => key))]);
        for (const { key, done } of batch) done(statuses.get(key));
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#running = false;
  }
}
