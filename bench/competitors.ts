// Who is measured: the processes of each competitor. bundles.ts makes them, crew.ts runs them.
import { type Program, programs } from "../dev/compile/programs.ts";

/** The names, in the order of the table. */
export const competitorNames = ["hermes", "bare", "bullmq", "naive"] as const;
export type CompetitorName = typeof competitorNames[number];

/** What is said of each in the help. */
export const competitorWords: Readonly<Record<CompetitorName, string>> = {
  hermes: "as deployed: scheduler and worker, the bundles of `deno task compile`",
  bare: "the least program that does the same outside work; the limit",
  bullmq: "BullMQ, tuned, with the bare loop's read, POST and batched write-back",
  naive: "the original design: each job reads, posts and updates its own row",
};

/** The programs that a competitor runs, one process of each unless asked for more. */
export function programsOf(name: CompetitorName): readonly Program[] {
  if (name === "bare") return [own("bare")];
  if (name !== "hermes") return [own(`${name}_producer`), own(`${name}_worker`)];
  return ["hermes-scheduler", "hermes-worker-hoa-don"].map((wanted) => {
    const program = programs.find((each) => each.name === wanted);
    if (!program) throw new RangeError(`there is no program ${wanted}`);
    return program;
  });
}

/** Under the same permissions as Hermes. */
function own(name: string): Program {
  return { name, entry: `bench/competitors/${name}.ts`, permissionSet: "worker" };
}
