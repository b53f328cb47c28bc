// One document of a collection, with its view for mingo made when first needed.
// A stored document is replaced, never changed in place, so a cursor may keep what it has read.

import type { Doc } from "./values.ts";
import { viewOf } from "./views.ts";

export class Stored {
  /** The place in the natural order: the order of insertion. */
  readonly position: number;
  #doc: Doc;
  #view: Doc | undefined;

  constructor(doc: Doc, position: number) {
    this.#doc = doc;
    this.position = position;
  }

  get doc(): Doc {
    return this.#doc;
  }

  set doc(doc: Doc) {
    this.#doc = doc;
    this.#view = undefined;
  }

  get view(): Doc {
    return this.#view ??= viewOf(this.#doc);
  }
}
