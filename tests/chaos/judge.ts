// Judges a run: the rows of SQL Server, the calls that the partner had, the journal, and the faults that were played. Pure.
// After evidence.ts, before report.ts.
import type { Call } from "../../dev/partner/memory.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { Disturbance, Forgetting } from "./ground.ts";

/** A document that was inserted, and where it has ended. */
export interface Ended {
  readonly type: DocumentType;
  readonly code: string;
  readonly expected: "SYNC_SUCCESS" | "SYNC_FAILED";
  readonly status: string;
  readonly nationalCode: string | null;
  readonly message: string | null;
}

/** All that is known after a run. */
export interface Evidence {
  readonly documents: readonly Ended[];
  readonly calls: readonly Call[];
  /** `type code` → the national code that the partner gave. */
  readonly nationalCodes: ReadonlyMap<string, string>;
  /** Whether the dialect has PUT. Without it a document that is sent again is only told to be there, without its code. */
  readonly replaces: boolean;
  readonly disturbances: readonly Disturbance[];
  /** Where the partner has no PUT, a document that was forgotten is refused when it is sent anew: it exists. Only then. */
  readonly forgettings: readonly Forgetting[];
  readonly poisoned: ReadonlySet<string>;
  /** `type code` → the states that its deliveries have in the journal. */
  readonly journal: ReadonlyMap<string, readonly string[]>;
}

/** A promise, as the table names it. */
export type Promised =
  | "accepted again without need"
  | "another body"
  | "lost"
  | "wrongly failed"
  | "wrongly synced"
  | "stuck"
  | "journal contradicts row";

/** A promise broken for a document. */
export interface Broken {
  readonly promise: Promised;
  readonly type: DocumentType;
  readonly code: string;
  readonly detail: string;
}

/** A document accepted more than once, rightly. */
export interface AcceptedAgain {
  readonly type: DocumentType;
  readonly code: string;
  readonly times: number;
  readonly why: string;
}

/** The judgement. */
export interface Verdict {
  readonly documents: number;
  readonly acceptedOnce: number;
  readonly acceptedAgain: readonly AcceptedAgain[];
  readonly refused: number;
  /** Refused because the partner has them already, after a fault that made Hermes forget that it had sent them: only without PUT. */
  readonly refusedAsKnown: number;
  /** Final rows of which the journal has no final record: it was away, or a process died before it wrote. */
  readonly notInJournal: number;
  readonly broken: readonly Broken[];
}

/** How the partner's calls are named. */
export function nameOf({ type, code }: { type: string | null; code: string | null }): string {
  return `${type} ${code}`;
}

/** Holds everything to the promises of the design, section 5. */
export function judge(evidence: Evidence): Verdict {
  const accepting = callsThat(evidence.calls, ["accepted", "replaced"]);
  const known = callsThat(evidence.calls, evidence.replaces ? [] : ["exists"]);
  const acceptedAgain: AcceptedAgain[] = [];
  const broken: Broken[] = [];
  let acceptedOnce = 0;
  let refusedAsKnown = 0;
  for (const document of evidence.documents) {
    const accepted = accepting.get(nameOf(document)) ?? [];
    const calls = [...accepted, ...known.get(nameOf(document)) ?? []];
    if (calls.length === 1) acceptedOnce++;
    if (accepted.length > 0 && calls.length > 1) {
      const { whys, breaches } = judgeRepeats(document, calls, evidence.disturbances);
      broken.push(...breaches);
      if (breaches.length === 0) {
        const { type, code } = document;
        acceptedAgain.push({ type, code, times: calls.length, why: whys.join("; then ") });
      }
    }
    const row = {
      isAccepted: accepted.length > 0,
      isKnown: calls.length > accepted.length,
      isForgotten: isForgotten(calls, evidence.forgettings),
    };
    broken.push(...judgeRow(document, row, evidence), ...judgeJournal(document, evidence));
    if (isRefusedAsKnown(document, row)) refusedAsKnown++;
  }
  return {
    documents: evidence.documents.length,
    acceptedOnce,
    acceptedAgain,
    refused: evidence.documents.filter(({ status }) => status === "SYNC_FAILED").length,
    refusedAsKnown,
    notInJournal: evidence.documents.filter((document) => !isInJournal(document, evidence)).length,
    broken,
  };
}

/** The calls with such an outcome, by document. */
function callsThat(calls: readonly Call[], outcomes: readonly Call["outcome"][]): Map<string, Call[]> {
  const found = new Map<string, Call[]>();
  for (const call of calls) {
    if (!outcomes.includes(call.outcome)) continue;
    const name = nameOf(call);
    found.set(name, [...found.get(name) ?? [], call]);
  }
  return found;
}

function judgeRepeats(
  document: Ended,
  calls: readonly Call[],
  disturbances: readonly Disturbance[],
): { whys: string[]; breaches: Broken[] } {
  const { type, code } = document;
  const whys: string[] = [];
  const breaches: Broken[] = [];
  calls.slice(1).forEach((call, index) => {
    const before = calls[index] ?? call;
    const why = whyRepeated(before, call, disturbances);
    const pair = `calls ${before.seq} and ${call.seq}`;
    if (why === null) breaches.push({ promise: "accepted again without need", type, code, detail: pair });
    else whys.push(why);
    if (before.body !== call.body) breaches.push({ promise: "another body", type, code, detail: pair });
  });
  return { whys, breaches };
}

/** Why a document that was accepted was sent again; null when there was no reason. */
export function whyRepeated(
  before: Call,
  again: Call,
  disturbances: readonly Disturbance[],
): string | null {
  if (before.answered !== true) return `the answer was lost (${before.fault ?? "the client was gone"})`;
  if (before.fault !== null && !["slow", "answer"].includes(before.fault)) {
    return `the answer was spoilt (${before.fault})`;
  }
  const found = disturbances.find(({ type, fromMs, untilMs }) =>
    (type === null || type === again.type) && fromMs <= again.atMs && untilMs >= before.atMs
  );
  return found?.why ?? null;
}

/** What the partner did with a document: took it in, and told later that it has it already. */
interface Taken {
  readonly isAccepted: boolean;
  readonly isKnown: boolean;
  /** Whether Hermes may have forgotten between the two that it had sent it. */
  readonly isForgotten: boolean;
}

function isForgotten(calls: readonly Call[], forgettings: readonly Forgetting[]): boolean {
  const [first, last] = [calls[0]?.atMs ?? 0, calls.at(-1)?.atMs ?? 0];
  return forgettings.some(({ fromMs, untilMs }) => fromMs <= last && untilMs >= first);
}

function isRefusedAsKnown({ status, expected, message }: Ended, taken: Taken): boolean {
  const { isAccepted, isKnown, isForgotten } = taken;
  return status === "SYNC_FAILED" && expected === "SYNC_SUCCESS" && isAccepted && isKnown && isForgotten &&
    /đã tồn tại/i.test(message ?? "");
}

function judgeRow(document: Ended, taken: Taken, evidence: Evidence): Broken[] {
  const { type, code, status, expected, message, nationalCode } = document;
  const given = evidence.nationalCodes.get(nameOf(document));
  const broken = (promise: Promised, detail: string): Broken[] => [{ promise, type, code, detail }];
  switch (status) {
    case "SYNC_SUCCESS":
      if (!taken.isAccepted) return broken("lost", "the row is SYNC_SUCCESS, the partner never accepted it");
      if (nationalCode !== given && !(nationalCode === null && taken.isKnown)) {
        return broken("lost", `the row has the national code ${nationalCode}, the partner gave ${given}`);
      }
      return expected === "SYNC_FAILED" ? broken("wrongly synced", "it breaks a rule") : [];
    case "SYNC_FAILED":
      if (expected === "SYNC_FAILED" || evidence.poisoned.has(code)) return [];
      if (isRefusedAsKnown(document, taken)) return [];
      return broken("wrongly failed", message ?? "without a message");
    default:
      return broken("stuck", `the row is ${status}`);
  }
}

function judgeJournal(document: Ended, { journal }: Evidence): Broken[] {
  const { type, code, status } = document;
  const says = journal.get(nameOf(document)) ?? [];
  const other = status === "SYNC_FAILED" ? "SUCCESS" : "FAILED";
  if (status === "PENDING_SYNC" || !says.includes(other)) return [];
  return [{
    promise: "journal contradicts row",
    type,
    code,
    detail: `the row is ${status}, the journal says ${says.join(", ")}`,
  }];
}

function isInJournal(document: Ended, { journal }: Evidence): boolean {
  if (document.status === "PENDING_SYNC") return true;
  const wanted = document.status === "SYNC_SUCCESS" ? "SUCCESS" : "FAILED";
  return journal.get(nameOf(document))?.includes(wanted) === true;
}
