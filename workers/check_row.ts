// Before the call of an entry that was delivered before, or that Redis may have forgotten to have been (shared/footing.ts): does its row
// still want sending? Pure.

/** What a claim's row says about sending it, when it was or may have been delivered before. */
export type RowCheck =
  | { kind: "send" }
  /** An earlier delivery wrote its success back and died before it settled. */
  | { kind: "synced" }
  /** An earlier delivery wrote its failure back and died before it buried. */
  | { kind: "failed" }
  /** Deleted, or set to something else by the pharmacy. */
  | { kind: "gone"; reason: string };

/** Whether a redelivered entry still wants sending, by the status of its row (undefined: no such row). Pure. */
export function checkRow(status: string | undefined): RowCheck {
  if (status === undefined) return { kind: "gone", reason: "no longer exists" };
  if (status === "PENDING_SYNC") return { kind: "send" };
  if (status === "SYNC_SUCCESS") return { kind: "synced" };
  if (status === "SYNC_FAILED") return { kind: "failed" };
  return { kind: "gone", reason: `has the status ${status} by now` };
}
