// The table at the end of a run. Pure: lines out of the judgement. After judge.ts; main.ts prints it.
import type { Leftover } from "./evidence.ts";
import type { Promised, Verdict } from "./judge.ts";
import type { Measured, Recovery } from "./recoveries.ts";

/** What the table shows. */
export interface Findings {
  readonly verdict: Verdict;
  readonly left: readonly Leftover[];
  readonly recoveries: readonly Recovery[];
  readonly measured: readonly Measured[];
  /** Broken promises that are no document's. */
  readonly breaches: readonly string[];
}

const againShown = 8;
const promises: readonly Promised[] = [
  "accepted again without need",
  "another body",
  "lost",
  "wrongly failed",
  "wrongly synced",
  "stuck",
  "journal contradicts row",
];

/** The table, a line each. */
export function tableOf({ verdict, left, recoveries, measured, breaches }: Findings): string[] {
  const { documents, acceptedOnce, acceptedAgain, refused, refusedAsKnown, notInJournal, broken } = verdict;
  const count = (promise: Promised) => broken.filter((each) => each.promise === promise).length;
  return [
    line("documents", documents),
    line("accepted once", acceptedOnce),
    line("accepted more than once, by an identical body", acceptedAgain.length),
    ...whys(acceptedAgain.map(({ why }) => why)),
    line("failed, as they should", refused - refusedAsKnown - count("wrongly failed")),
    ...(refusedAsKnown === 0 ? [] : [line("refused as there already, after a fault", refusedAsKnown)]),
    ...promises.map((promise) => line(promise, count(promise))),
    line("final rows without a final journal record", notInJournal),
    ...left.map(({ type, stream, inflight, receipts }) =>
      line(`left in Redis of ${type}`, `stream ${stream}, inflight ${inflight}, receipts ${receipts}`)
    ),
    ...recoveryLines(recoveries),
    ...measured.map(({ what, count, aloneCount, p99Ms, maxMs, limitMs }) =>
      line(
        what,
        `${count} (${aloneCount} alone: p99 ${p99Ms ?? "-"} ms, most ${
          maxMs ?? "-"
        } ms; bound ${limitMs} ms)`,
      )
    ),
    ...breaches.map((breach) => line("BROKEN", breach)),
  ];
}

function line(name: string, value: number | string): string {
  return `${name.padEnd(46)} ${value}`;
}

/** How often each reason stands. */
function whys(all: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const why of all) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, againShown)
    .map(([why, count]) => `  ${String(count).padStart(5)}  ${why}`);
}

function recoveryLines(recoveries: readonly Recovery[]): string[] {
  const names = [...new Set(recoveries.map(({ name }) => name))].sort();
  return names.map((name) => {
    const times = recoveries.filter((recovery) => recovery.name === name);
    const seconds = times.map(({ ms, isAlone }) =>
      `${ms === null ? "no more documents" : (ms / 1000).toFixed(1)}${isAlone ? "" : "*"}`
    );
    return line(`flow after ${name}, s (* others overlap)`, seconds.join(" "));
  });
}
