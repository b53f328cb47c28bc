// Who did what: every changing action of an operator stands in the journal, collection `operator_actions`.
// An action is not held up by a journal that is away: the answer says that it was not recorded.
import type { Collection, Db, ObjectId } from "mongodb";
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { OperatorAction } from "./types.ts";

/** What is about to be done. */
export interface Doing {
  /** `redrive`, `drop`, `retry`, `scan`, `pause`, `resume`, `unblock`. */
  action: string;
  /** What it is done to: a type, a shop, a code, a group. */
  target: string;
  detail?: string;
}

export class Actions {
  readonly #db: Db;
  readonly #who: string;
  readonly #clock: Clock;
  #indexed = false;

  constructor(db: Db, who: string, clock: Clock) {
    this.#db = db;
    this.#who = who;
    this.#clock = clock;
  }

  /** Does it, and records what it came to, also when it fails; `recorded` is false when the journal is away. */
  async doing<T>(
    { action, target, detail = "" }: Doing,
    work: () => Promise<T>,
    outcome: (result: T) => string,
  ): Promise<T & { recorded: boolean }> {
    const id = await this.#begin({
      at: this.#at(),
      who: this.#who,
      action,
      target,
      detail,
      outcome: "begun",
    });
    try {
      const result = await work();
      const recorded = await this.#end(id, outcome(result));
      return { ...result, recorded };
    } catch (error) {
      await this.#end(id, `failed: ${describeError(error).message}`);
      throw error;
    }
  }

  /** Newest first. */
  async list(limit: number): Promise<OperatorAction[]> {
    const found = await this.#actions().find({}, { projection: { _id: 0 } }).sort({ at: -1 }).limit(limit)
      .toArray();
    return found;
  }

  /** Begun is recorded first: an action that is killed half way is on record too. */
  async #begin(action: OperatorAction): Promise<ObjectId | null> {
    try {
      if (!this.#indexed) await this.#actions().createIndex({ at: -1 });
      this.#indexed = true;
      return (await this.#actions().insertOne(action)).insertedId;
    } catch {
      return null;
    }
  }

  async #end(id: ObjectId | null, outcome: string): Promise<boolean> {
    if (id === null) return false;
    try {
      await this.#actions().updateOne({ _id: id }, { $set: { outcome } });
      return true;
    } catch {
      return false;
    }
  }

  #at(): Date {
    return new Date(this.#clock.now());
  }

  #actions(): Collection<OperatorAction> {
    return this.#db.collection("operator_actions");
  }
}
