// What a table layout fixes for writing sample documents into it: national.ts and phieu/layout.ts are the two there are.
import type { Sample } from "./rows.ts";

/** Statements and rows of one layout. */
export interface SampleLayout {
  /**
   * `headers` takes @headers and returns id and code of each header; `lines` takes @lines, each with its header_id. Both take JSON
   * arrays of rows that are numbered in the batch.
   */
  readonly statements: Readonly<Record<Sample["type"], { readonly headers: string; readonly lines: string }>>;
  /** The rows of one document, by the columns that the statements take. */
  rowsOf(sample: Sample): { readonly header: object; readonly lines: readonly object[] };
}
