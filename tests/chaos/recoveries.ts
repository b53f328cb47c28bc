// How soon the flow was whole again after each fault, and which of the promised bounds broke. Pure. Beside judge.ts.
import type { Call } from "../../dev/partner/memory.ts";
import { documentTypes } from "../../shared/document.ts";
import { aboutFault, type FaultName, type Subject } from "./faults/names.ts";
import { type FaultWindow, type Measure, measureLimits, type MeasureName } from "./ground.ts";

/** A fault and the flow after it. */
export interface Recovery {
  readonly name: FaultName;
  /** From the fault's end until the partner had accepted a document of each type that was sent after it, ms; null: never. */
  readonly ms: number | null;
  /** No other fault was there meanwhile: the time is this fault's alone. */
  readonly isAlone: boolean;
}

/** What a measure came to over a run. */
export interface Measured {
  readonly what: MeasureName;
  readonly count: number;
  /** Those taken while no other fault was there; only they are held to the bound. */
  readonly aloneCount: number;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly limitMs: number;
}

/** The promise for the flow after a fault, ms. */
const flowLimitMs = 60_000;
/** What a fault leaves behind (an open breaker, a lease that runs out, a process that starts) may last so long, ms. */
const aftermathMs: Readonly<Record<Subject, number>> = {
  processes: 3_000,
  redis: 10_000,
  sqlserver: 10_000,
  mongodb: 0,
  partner: 30_000,
};

export function recoveriesOf(windows: readonly FaultWindow[], calls: readonly Call[]): Recovery[] {
  const accepting = calls.filter(({ outcome }) => outcome === "accepted" || outcome === "replaced");
  return windows.map((window) => {
    const firsts = documentTypes.map((type) =>
      accepting.find((call) => call.type === type && call.atMs >= window.untilMs)
    );
    const ms = Math.max(...firsts.map((call) => call === undefined ? Infinity : call.atMs - window.untilMs));
    const untilMs = window.untilMs + Math.min(ms, flowLimitMs);
    return {
      name: window.name,
      ms: Number.isFinite(ms) ? ms : null,
      isAlone: isAlone(windows, { fromMs: window.fromMs, untilMs }, window),
    };
  });
}

export function measuredOf(measures: readonly Measure[], windows: readonly FaultWindow[]): Measured[] {
  const names = [...new Set(measures.map(({ what }) => what))];
  return names.map((what) => {
    const all = measures.filter((measure) => measure.what === what);
    const alone = all.filter(({ atMs, ms }) => {
      const own = windows.find((window) => window.fromMs <= atMs && atMs <= window.untilMs);
      return isAlone(windows, { fromMs: atMs, untilMs: atMs + ms }, own);
    }).map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      what,
      count: all.length,
      aloneCount: alone.length,
      p99Ms: alone[Math.ceil(alone.length * 0.99) - 1] ?? null,
      maxMs: alone.at(-1) ?? null,
      limitMs: measureLimits[what],
    };
  });
}

/** The bounds that broke, in words. */
export function boundsBroken(recoveries: readonly Recovery[], measured: readonly Measured[]): string[] {
  return [
    ...recoveries.filter(({ ms, isAlone }) => isAlone && (ms ?? Infinity) > flowLimitMs)
      .map(({ name, ms }) => `after ${name} the flow was whole after ${ms ?? "no"} ms, not ${flowLimitMs}`),
    ...measured.filter(({ p99Ms, limitMs }) => p99Ms !== null && p99Ms > limitMs)
      .map(({ what, p99Ms, limitMs }) => `${what}: p99 ${p99Ms} ms, at most ${limitMs} is promised`),
  ];
}

/** Whether no other fault, nor what it leaves behind, was there in the span. */
function isAlone(
  windows: readonly FaultWindow[],
  span: { fromMs: number; untilMs: number },
  own: FaultWindow | undefined,
): boolean {
  return windows.every((window) => {
    const { subject } = aboutFault(window.name);
    return window === own || subject === "mongodb" || window.fromMs > span.untilMs ||
      window.untilMs + aftermathMs[subject] < span.fromMs;
  });
}
