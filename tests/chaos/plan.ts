// Which fault strikes when: chosen by the seed. Pure. After options.ts, before driver.ts, which plays the plan.
import { between, type Random, seededRandom } from "../../dev/samples/random.ts";
import { aboutFault, type FaultName, type Subject } from "./faults/names.ts";

/** One fault of a plan. */
export interface Planned {
  readonly name: FaultName;
  /** From the beginning of the plan, ms. */
  readonly atMs: number;
}

/** Two sequences of faults run side by side, so that faults overlap. */
const lanes = 2;
/** Documents flow undisturbed for so long first, ms. */
const quietMs = 3_000;
/** Between two faults of a lane, and at least between two on the same thing, ms. */
const gapMs = { min: 500, max: 4_000 };

/** Faults for so many milliseconds, in the order of their moments. Every fault comes once before one comes again, as far as time allows. */
export function planFaults(seed: number, names: readonly FaultName[], totalMs: number): Planned[] {
  const random = seededRandom(seed);
  const deck = new Deck(names, random);
  const laneFreeMs = Array.from({ length: lanes }, (_, lane) => quietMs + lane * between(random, 500, 5_000));
  const subjectFreeMs = new Map<Subject, number>();
  const plan: Planned[] = [];
  for (;;) {
    const laneMs = Math.min(...laneFreeMs);
    const drawn = deck.draw((name) => momentOf(name, laneMs, subjectFreeMs) + aboutFault(name).ms <= totalMs);
    if (drawn === null) return plan.sort((a, b) => a.atMs - b.atMs);
    const atMs = momentOf(drawn, laneMs, subjectFreeMs);
    const { subject, ms } = aboutFault(drawn);
    const freeMs = atMs + ms + between(random, gapMs.min, gapMs.max);
    laneFreeMs[laneFreeMs.indexOf(laneMs)] = freeMs;
    subjectFreeMs.set(subject, freeMs);
    plan.push({ name: drawn, atMs });
  }
}

function momentOf(name: FaultName, laneMs: number, subjectFreeMs: ReadonlyMap<Subject, number>): number {
  return Math.max(laneMs, subjectFreeMs.get(aboutFault(name).subject) ?? 0);
}

/** Names, shuffled; shuffled anew when all were drawn. */
class Deck {
  readonly #names: readonly FaultName[];
  readonly #random: Random;
  #left: FaultName[] = [];

  constructor(names: readonly FaultName[], random: Random) {
    this.#names = names;
    this.#random = random;
  }

  /** The next one that fits; null when none of all the names does. */
  draw(fits: (name: FaultName) => boolean): FaultName | null {
    if (!this.#left.some(fits)) this.#left = [...this.#left, ...this.#shuffled()];
    const at = this.#left.findIndex(fits);
    return at < 0 ? null : this.#left.splice(at, 1)[0] ?? null;
  }

  #shuffled(): FaultName[] {
    return this.#names.map((name) => ({ name, order: this.#random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ name }) => name);
  }
}
