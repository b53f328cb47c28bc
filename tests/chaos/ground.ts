// What faults strike and where they note what they did. driver.ts makes it; faults/*.ts play on it; the judge reads the notes.
import type { Random } from "../../dev/samples/random.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { Stack } from "../support/stack.ts";
import type { Crew } from "./crew.ts";
import type { FaultName } from "./faults/names.ts";
import type { Inserts } from "./inserts.ts";

/** How long the partner takes for an answer when nobody makes it slow, ms. */
export const usualLatencyMs = 60;

/** When a fault was there, ms since 1970. */
export interface FaultWindow {
  readonly name: FaultName;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Something that may make the product send a document again: it lost what it knew of an answer, or the answer itself. */
export interface Disturbance {
  readonly why: string;
  /** null: every type. */
  readonly type: DocumentType | null;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** When Hermes may have forgotten that it had sent documents: their entries were lost, or given back. */
export interface Forgetting {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A time to recover, measured where the fault was played. */
export interface Measure {
  readonly what: MeasureName;
  readonly ms: number;
  readonly atMs: number;
}

/** What is measured, and the bound that is promised, ms. */
export const measureLimits = {
  "entries of a killed worker taken": 8_000,
  "entries given up at SIGTERM taken": 1_000,
  "another scheduler leads": 15_000,
} as const;

/** The name of a measure. */
export type MeasureName = keyof typeof measureLimits;

/** What the faults of a run note. */
export interface Notes {
  readonly windows: FaultWindow[];
  readonly disturbances: Disturbance[];
  readonly forgettings: Forgetting[];
  readonly measures: Measure[];
  /** Codes that the partner could not digest for a while: they may end as failed. */
  readonly poisoned: Set<string>;
  /** What went wrong that no document shows. */
  readonly breaches: string[];
}

/** The ground of a run. */
export interface Ground {
  readonly stack: Stack;
  readonly crew: Crew;
  readonly inserts: Inserts;
  readonly random: Random;
  readonly notes: Notes;
  /** Account → password, as the partner has them now. */
  readonly passwords: Record<string, string>;
  /** The lease of the product, ms. */
  readonly leaseMs: number;
  /** Prints a line with the time of the run. */
  say(text: string): void;
}

/** Plays one fault from its beginning to its end. */
export type Play = (ground: Ground) => Promise<void>;
