// Dead letters as an operator handles them: what dead.ts lists and removes and redrive.ts sends again, with every change on record.
import type { Clock } from "../clock.ts";
import type { DocumentType, RowKey } from "../document.ts";
import type { Source } from "../source.ts";
import type { Actions } from "./actions.ts";
import type { DeadStreams } from "./dead.ts";
import { type Candidate, candidatesOf, redrive, type RedriveParts } from "./redrive.ts";
import type { OperatorSource } from "./source.ts";
import type {
  DeadDetail,
  DeadFilter,
  DeadLetter,
  DeadList,
  DropResult,
  RedriveOptions,
  RedriveResult,
} from "./types.ts";

export interface DeadLettersParts {
  dead: DeadStreams;
  source: Pick<Source, "readStatuses">;
  operatorSource: Pick<OperatorSource, "redriveRows">;
  clock: Clock;
  actions: Pick<Actions, "doing">;
}

/** Methods throw Redis' error or SourceError. */
export class DeadLetters {
  readonly #parts: DeadLettersParts;

  constructor(parts: DeadLettersParts) {
    this.#parts = parts;
  }

  /** Newest first. */
  async list(filter: DeadFilter, limit: number): Promise<DeadList> {
    return await this.#parts.dead.list(filter, limit);
  }

  /** Null when there is no such letter. */
  async show(id: string, type?: DocumentType): Promise<DeadDetail | null> {
    return await this.#parts.dead.show(id, type);
  }

  /** Sets the rows of letters back to PENDING_SYNC, then removes the letters; may be stopped and called again. */
  async redrive(filter: DeadFilter, options: RedriveOptions = {}): Promise<RedriveResult> {
    const letters = await this.#all(filter);
    return await this.#redrive(candidatesOf(letters), describe(filter), options);
  }

  /** The same for rows, whether they have letters or not: those that broke a rule of ours have none. */
  async redriveRows(
    rows: readonly { type: DocumentType; key: RowKey }[],
    target: string,
    options: RedriveOptions = {},
  ): Promise<RedriveResult> {
    const letters = new Map<string, string[]>();
    for (const { type, key, id } of await this.#all({})) {
      letters.set(`${type} ${key}`, [...letters.get(`${type} ${key}`) ?? [], id]);
    }
    // Groups list the newest first; the oldest has waited longest.
    const candidates = rows.map(({ type, key }) => ({
      type,
      key,
      letterIds: letters.get(`${type} ${key}`) ?? [],
    })).reverse();
    return await this.#redrive(candidates, target, options);
  }

  /** Removes letters for good; the rows stay SYNC_FAILED. */
  async drop(filter: DeadFilter, { dryRun = false }: { dryRun?: boolean } = {}): Promise<DropResult> {
    const letters = await this.#all(filter);
    const total = letters.length;
    if (dryRun) return { total, dropped: 0, dryRun, recorded: false };
    return await this.#parts.actions.doing(
      { action: "drop", target: describe(filter), detail: `${total} dead letters` },
      async () => ({ total, dropped: await this.#remove(letters), dryRun }),
      ({ dropped }) => `${dropped} dropped`,
    );
  }

  async #redrive(
    candidates: Candidate[],
    target: string,
    options: RedriveOptions,
  ): Promise<RedriveResult> {
    const parts: RedriveParts = this.#parts;
    if (options.dryRun) return { ...await redrive(parts, candidates, options), recorded: false };
    const rate = options.ratePerSecond === undefined ? "" : `, ${options.ratePerSecond}/s`;
    return await this.#parts.actions.doing(
      { action: "redrive", target, detail: `${candidates.length} documents${rate}` },
      () => redrive(parts, candidates, options),
      ({ redriven, already, left, stopped }) =>
        `${redriven} redriven, ${already} already, ${left} left${stopped ? ", stopped" : ""}`,
    );
  }

  async #remove(letters: DeadLetter[]): Promise<number> {
    let removed = 0;
    for (const [type, ofType] of Map.groupBy(letters, (letter) => letter.type)) {
      removed += await this.#parts.dead.remove(type, ofType.map(({ id }) => id));
    }
    return removed;
  }

  async #all(filter: DeadFilter): Promise<DeadLetter[]> {
    const { letters } = await this.#parts.dead.list(filter, Infinity);
    return letters;
  }
}

/** A filter in words, for the record. */
function describe(filter: DeadFilter): string {
  const parts = Object.entries(filter).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? "all dead letters" : parts.join(", ");
}
