// Reads the command line of `deno task bench`, and tells it in the help. main.ts does what it asks for.
import { flag, helpOf, type Option, readOptions, whole } from "../dev/stack/options.ts";
import { competitorNames, competitorWords } from "./competitors.ts";

/** The parts of the bench, with what each measures. */
const partWords = {
  compare: "whole pipelines side by side, alternating, at partner latencies of 0, 5 and 50 ms",
  light: "a document now and then: from its commit to its national code",
  shops: "a hundred shops, one of them with 100,000 documents: what the others wait",
  workers: "1, 2 and 4 workers",
  lines: "documents of 1, 10 and 200 lines",
  latency: "partner latency of 5, 50 and 500 ms",
  concurrency: "1 to 256 calls in flight",
  profile: "where Hermes' time goes: V8 profiles, summaries and flame graphs of scheduler and worker",
  million: "a million pending rows: memory, the rate at the beginning and the end, the time of a scan",
} as const;
export type PartName = keyof typeof partWords;

const partNames = Object.keys(partWords).filter(isPart);
/** "scale": all but the comparison. */
const partGroups = [...partNames, "scale"] as const;

const table = {
  only: list("parts to run; scale: all but compare and profile", partGroups, ["compare"]),
  competitors: list("who is compared", competitorNames, [...competitorNames]),
  latencies: numbers("latencies of the partner, ms", [0, 5, 50]),
  documents: whole("documents; each part has its own number", { otherwise: null, min: 200, max: 2_000_000 }),
  rounds: whole("rounds; the tables show medians; default 5 for compare, else 1", {
    otherwise: null,
    min: 1,
    max: 100,
  }),
  concurrency: whole("calls in flight at a time, for every competitor", { otherwise: 16, min: 1, max: 256 }),
  quick: flag("one round of fewer documents"),
  full: flag("million: the whole way, not only its beginning and end"),
  pin: flag("services on one processor, competitors on another (taskset)"),
  set: pairs("a setting of Hermes, as an operator would set it"),
  into: {
    value: "DIR",
    help: "profile: where its files go",
    otherwise: ".hermes/profile",
    read: (texts: readonly string[]) => texts.at(-1) ?? ".hermes/profile",
  },
  json: flag("print the figures as JSON instead of tables"),
  svg: file("draw the comparison into a file"),
  help: flag("this page"),
};

/** What the command line asks for. */
export type BenchOptions = ReturnType<typeof readBenchOptions>;

/** What every part is run with. */
export interface RunOptions extends Pick<BenchOptions, "concurrency" | "set"> {
  /** Told of every round. */
  readonly tell: (line: string) => void;
}

/** The help page. */
export const help =
  `Measures Hermes and others on the same services and documents. Linux only; needs redis-server.

  deno task bench [options]

${helpOf(table)}

Parts:
${lines(partWords)}

Competitors:
${lines(competitorWords)}

Documents per second are counted from the first row written to the last. Nothing is pinned by itself: --pin would make scheduler and worker
share one processor, which nobody does to them, and the bare loop is a single process. On a machine that has other work, rates tell
little by themselves; their ratios tell more, and CPU seconds most. Exit code 1: a round did not count, 2: wrong use.
`;

/** Throws OptionError. */
export function readBenchOptions(args: readonly string[]) {
  const { only, ...options } = readOptions(args, table);
  const parts = only.flatMap((name) =>
    name === "scale" ? partNames.filter((part) => part !== "compare" && part !== "profile") : [name]
  );
  return { ...options, parts: [...new Set(parts)] };
}

function list<T extends string>(
  help: string,
  known: readonly T[],
  otherwise: readonly T[],
): Option<readonly T[]> {
  return many(help, otherwise, (word) => {
    const found = known.find((name) => name === word);
    if (found !== undefined) return found;
    throw new Error(`must be some of ${known.join(", ")}, not "${word}"`);
  });
}

function numbers(help: string, otherwise: readonly number[]): Option<readonly number[]> {
  return many(help, otherwise, (word) => {
    if (/^\d{1,5}$/.test(word)) return Number(word);
    throw new Error(`must be whole numbers, not "${word}"`);
  });
}

/** Several values, separated by commas. `readOne` throws an Error for a word that is none. */
function many<T>(help: string, otherwise: readonly T[], readOne: (word: string) => T): Option<readonly T[]> {
  return {
    value: otherwise.join(","),
    help,
    otherwise,
    read: (texts) => texts.flatMap((text) => text.split(",")).map(readOne),
  };
}

function pairs(help: string): Option<Readonly<Record<string, string>>> {
  return {
    value: "NAME=VALUE",
    help,
    otherwise: {},
    read: (texts) =>
      Object.fromEntries(texts.map((text) => {
        const [name, value] = text.split(/=(.*)/s);
        if (name && value !== undefined) return [name, value];
        throw new Error(`must be NAME=VALUE, not "${text}"`);
      })),
  };
}

function file(help: string): Option<string | null> {
  return { value: "FILE", help, otherwise: null, read: (texts) => texts.at(-1) ?? null };
}

function lines(words: Readonly<Record<string, string>>): string {
  return Object.entries(words).map(([name, text]) => `  ${name.padEnd(12)} ${text}`).join("\n");
}

function isPart(name: string): name is PartName {
  return Object.hasOwn(partWords, name);
}
