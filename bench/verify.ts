// Whether a round counts: every row has the code that the partner gave for it, and the partner accepted each document exactly once. Pure.
import type { BenchRow } from "./rows.ts";

/** What the partner says of a document. */
export interface PartnerDocumentFacts {
  readonly code: string;
  readonly national_code: string;
  readonly posts: number;
  readonly puts: number;
}

/** The first thing that is wrong, or null. `documents` is how many there were to be. */
export function findProblem(
  rows: readonly BenchRow[],
  accepted: readonly PartnerDocumentFacts[],
  documents: number,
): string | null {
  if (rows.length !== documents) return `${rows.length} rows, not ${documents}`;
  if (accepted.length !== documents) return `the partner has ${accepted.length} documents, not ${documents}`;
  const byCode = new Map(accepted.map((document) => [document.code, document]));
  for (const { code, status, nationalCode } of rows) {
    const known = byCode.get(code);
    if (known === undefined) return `${code}: the partner has never accepted it`;
    const times = known.posts + known.puts;
    if (times !== 1) return `${code}: accepted ${times} times`;
    if (status !== "SYNC_SUCCESS") return `${code}: the row is ${status}`;
    if (nationalCode !== known.national_code) {
      return `${code}: the row has ${nationalCode}, the partner gave ${known.national_code}`;
    }
  }
  return null;
}
