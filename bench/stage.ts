// What every part does first and last: bundles the programs, starts a crew on clean queues, warms it up, ends it.
import type { Program } from "../dev/compile/programs.ts";
import { bundle, type BundleOptions } from "./bundles.ts";
import { type CompetitorName, programsOf } from "./competitors.ts";
import { Crew } from "./crew.ts";
import type { Ground } from "./ground.ts";
import { RoundError, runRound } from "./round.ts";
import { firstOf, type Range } from "./rows.ts";

/** How a competitor runs. */
export interface Cast {
  readonly competitor: CompetitorName;
  /** Worker processes. */
  readonly workers?: number;
  /** Calls in flight of each. */
  readonly concurrency: number;
  /** Settings besides, as an operator would make them. */
  readonly set: Readonly<Record<string, string>>;
  /** A folder for profiles of its processes. */
  readonly profileInto?: string;
}

/** Documents before anything is measured: by then the code is compiled and everybody has logged in. */
const warmUpDocuments = 2_000;

/** With --pin. */
const crewProcessor = 0;

/** Bundles each program once. */
export async function bundleAll(
  ground: Ground,
  competitors: readonly CompetitorName[],
  options: BundleOptions = {},
): Promise<void> {
  for (const program of competitors.flatMap((name) => programsOf(name))) {
    await bundle(program, ground.directory, options);
  }
}

/** Runs a competitor, warmed up with the first of `rows`, for as long as `work` takes. */
export async function withCrew<T>(
  ground: Ground,
  cast: Cast,
  { warmUp, work }: { warmUp: Range; work: (crew: Crew) => Promise<T> },
): Promise<T> {
  await ground.clearQueues();
  const crew = new Crew({
    processes: ground.processes,
    directory: ground.directory,
    programs: crewOf(cast),
    env: { ...ground.env, ...cast.set, WORKER_CONCURRENCY: String(cast.concurrency) },
    ...(cast.profileInto === undefined ? {} : { profileInto: cast.profileInto }),
  });
  try {
    if (ground.isPinned) await crew.pinTo(crewProcessor);
    await runRound(ground, crew, { range: firstOf(warmUp, warmUpFor(cast)), latencyMs: 0 });
    return await work(crew);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new RoundError(`${cast.competitor}: ${error.message}\n${crew.describe()}`, { cause: error });
  } finally {
    await crew.stop();
  }
}

/** The last program of a competitor is its worker. */
function crewOf({ competitor, workers = 1 }: Cast): Program[] {
  const programs = programsOf(competitor);
  return [...programs.slice(0, -1), ...Array(workers).fill(programs.at(-1))];
}

function warmUpFor({ competitor }: Cast): number {
  return competitor === "naive" ? warmUpDocuments / 4 : warmUpDocuments;
}
