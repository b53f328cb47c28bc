// Parsed batches by their text, so that the same request is parsed and translated once.
import type { Statement } from "../sql/ast.ts";
import { parseBatch } from "../sql/parser/statement.ts";

const BATCHES_MAX = 300;
/** Longer texts (a script with its data) are hardly sent twice. */
const TEXT_MAX = 100_000;

export class BatchCache {
  readonly #batches = new Map<string, Statement[]>();

  /** `declarations` are the parameters' types: the same text with other types is another batch. */
  parse(text: string, declarations: string): Statement[] {
    if (text.length > TEXT_MAX) return parseBatch(text);
    const key = `${declarations}\u0000${text}`;
    const known = this.#batches.get(key);
    if (known !== undefined) return known;
    const batch = parseBatch(text);
    const oldest = this.#batches.keys().next().value;
    if (this.#batches.size >= BATCHES_MAX && oldest !== undefined) this.#batches.delete(oldest);
    this.#batches.set(key, batch);
    return batch;
  }
}
