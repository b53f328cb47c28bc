// What the doctor says: one finding for each thing looked at, its severity, its words in both languages, and its cure.
import type { Words } from "../types.ts";

export type Severity = "ok" | "info" | "warning" | "error";

/** What was examined, in the order in which it is told. */
export const areas = ["settings", "sqlserver", "redis", "mongodb", "partner", "clocks", "flow"] as const;
export type Area = typeof areas[number];

/** `en` says what was found, with its values; `vi` the same in one sentence. */
export interface DoctorFinding extends Words {
  area: Area;
  severity: Severity;
  /** Stable, for scripts: `index_missing`, `eviction_policy`, … */
  name: string;
  /** What it is about: a table, a column, a document type, a shop. */
  subject?: string;
  /** What to do, in a sentence. */
  cure?: string;
  /** A command or SQL that does it, to be copied. */
  run?: string;
}

/** What a finding says besides where and how bad. */
export type Said = Omit<DoctorFinding, "area" | "severity" | "name">;

/** Makes the findings of one area. */
export type Say = (severity: Severity, name: string, said: Said) => DoctorFinding;

export function sayer(area: Area): Say {
  return (severity, name, said) => ({ area, severity, name, ...said });
}

const order: readonly Severity[] = ["ok", "info", "warning", "error"];

/** 0: nothing to do; 1: warnings; 2: errors. */
export function exitCodeOf(findings: readonly DoctorFinding[]): 0 | 1 | 2 {
  const worst = Math.max(0, ...findings.map(({ severity }) => order.indexOf(severity)));
  return worst === 3 ? 2 : worst === 2 ? 1 : 0;
}

/** By area, in the order of `areas`; within one, the worst first. */
export function sorted(findings: readonly DoctorFinding[]): DoctorFinding[] {
  return [...findings].sort((a, b) =>
    areas.indexOf(a.area) - areas.indexOf(b.area) ||
    order.indexOf(b.severity) - order.indexOf(a.severity)
  );
}

/** A count and its noun: `1 row`, `12,345 rows`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
}

/** The first few of a list, and how many more there are. */
export function listed(items: readonly string[], most = 5): string {
  const rest = items.length - most;
  return items.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
