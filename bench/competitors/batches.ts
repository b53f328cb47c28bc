// The batched write-back of the bench's other competitors: results are collected for 25 ms or 100 rows, as in Hermes, then one UPDATE.
// After the call to the partner; nothing comes after.
import type { RowResult } from "../../shared/document.ts";
import { benchType, type Work } from "./work.ts";

const collectMs = 25;
const batchMax = 100;

interface Collected {
  readonly row: RowResult;
  readonly written: () => void;
}

/** Writes results in batches, one UPDATE at a time, without holding anybody up. */
export class Batches {
  readonly #source: Work["source"];
  #collected: Collected[] = [];
  #running = false;
  #full: (() => void) | null = null;

  constructor({ source }: Work) {
    this.#source = source;
  }

  /** `written` is called once the row is in SQL Server. What SQL Server refuses ends the process: the bench has no such row. */
  add(row: RowResult, written: () => void): void {
    this.#collected.push({ row, written });
    if (this.#collected.length >= batchMax) this.#full?.();
    if (!this.#running) this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#collected.length > 0) {
      if (this.#collected.length < batchMax) await this.#collect();
      const batch = this.#collected.splice(0, batchMax);
      await this.#source.writeResults(benchType, batch.map(({ row }) => row));
      for (const { written } of batch) written();
    }
    this.#running = false;
  }

  #collect(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, collectMs);
      this.#full = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
