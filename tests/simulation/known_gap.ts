// What decision 23 of ARCHITECTURE.md leaves open where the partner has no PUT, as narrowly as it can be told: a document whose accepting
// answer was lost, and whose entry, or all knowledge of its having been sent, Redis lost before the redelivery. Nothing else is excused.
import type { Claim } from "../../shared/document.ts";

interface Accepted {
  /** The entry that it was sent for. */
  entry: string;
  /** Who sent it. */
  process: string;
}

export class KnownGap {
  /** By process and code: the entry last taken. */
  readonly #taken = new Map<string, string>();
  readonly #accepted = new Map<string, Accepted>();
  readonly #lost = new Set<string>();
  /** Entries that Redis lost, or of which it lost that they were delivered. */
  readonly #forgotten = new Set<string>();
  /** Documents sent again while their entry was forgotten. */
  readonly #metAgain = new Set<string>();

  /** A redelivery: Redis knows, again or still, that the entry was sent. */
  take(process: string, claims: Claim[]): void {
    for (const { entry, deliveries } of claims) {
      this.#taken.set(`${process} ${entry.code}`, entry.id);
      if (deliveries > 1) this.#forgotten.delete(entry.id);
    }
  }

  /** The partner accepted a document for the first time. */
  accept(process: string, code: string): void {
    this.#accepted.set(code, { process, entry: this.#taken.get(`${process} ${code}`) ?? "" });
  }

  /** The partner says of what it accepted that it exists already. */
  meetAgain(code: string): void {
    if (this.#forgotten.has(this.#accepted.get(code)?.entry ?? "")) this.#metAgain.add(code);
  }

  loseAnswer(code: string): void {
    this.#lost.add(code);
  }

  /** A process died: what it was told, and no row says, is lost. */
  die(process: string, unwritten: string[]): void {
    for (const code of unwritten) if (this.#accepted.get(code)?.process === process) this.#lost.add(code);
  }

  forget(entries: Iterable<string>): void {
    for (const entry of entries) this.#forgotten.add(entry);
  }

  /** Whether the partner's accepting answer never became known. */
  lost(code: string): boolean {
    return this.#lost.has(code);
  }

  /** Whether a document was sent again because its entry was forgotten. */
  sentAgain(code: string): boolean {
    return this.#metAgain.has(code);
  }

  /** Whether a document that the partner has may end as failed all the same. */
  excuses(code: string): boolean {
    return this.#lost.has(code) && this.#metAgain.has(code);
  }
}
