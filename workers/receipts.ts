// Between call and write-back: records what the partner accepted. Answers that come in while one record is on its way, or just after, go
// together in the next.
import type { Clock } from "../shared/clock.ts";
import type { Receipt, RowKey } from "../shared/document.ts";
import type { StreamDelivery } from "../shared/stream.ts";

interface Pending {
  id: string;
  key: RowKey;
  receipt: Receipt;
  done: (recorded: boolean) => void;
}

/** After one record the next waits so long for company, ms. A worker killed meanwhile sends again what was answered since. */
const restMs = 2;

export class Receipts {
  readonly #stream: Pick<StreamDelivery, "recordReceipts">;
  readonly #clock: Clock;
  #pending: Pending[] = [];
  #running = false;

  constructor(stream: Pick<StreamDelivery, "recordReceipts">, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** Resolves when it is recorded; false when Redis could not be reached, and then the row is the only record. */
  record(id: string, key: RowKey, receipt: Receipt): Promise<boolean> {
    return new Promise((done) => {
      this.#pending.push({ id, key, receipt, done });
      if (!this.#running) this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      const recorded = await this.#stream.recordReceipts(batch).then(() => true, () => false);
      for (const { done } of batch) done(recorded);
      await this.#clock.sleep(restMs);
    }
    this.#running = false;
  }
}
