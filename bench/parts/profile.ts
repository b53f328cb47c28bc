// Where Hermes' time goes: V8 profiles of scheduler and worker in full flow, with Deno's summary and flame graph of each, in a folder.
import { join, resolve } from "node:path";
import { bundlePath } from "../bundles.ts";
import { programsOf } from "../competitors.ts";
import type { Ground } from "../ground.ts";
import type { RunOptions } from "../options.ts";
import { type Share, sharesOf } from "../profile_shares.ts";
import { runRound } from "../round.ts";
import { bundleAll, withCrew } from "../stage.ts";
import { layOut } from "../table.ts";

export interface ProfileOptions extends RunOptions {
  readonly documents: number;
  /** Where the files go. */
  readonly into: string;
}

/** One process, with the file that has all of it. */
export interface ProfileFigures {
  readonly process: string;
  readonly file: string;
  readonly shares: readonly Share[];
}

const shown = 9;

/** Runs one round with a partner that answers at once. Throws RoundError. */
export async function profile(ground: Ground, options: ProfileOptions): Promise<ProfileFigures[]> {
  const { documents, concurrency, set, tell } = options;
  const into = resolve(options.into);
  await Deno.mkdir(into, { recursive: true });
  const rows = await ground.rows.fill(documents);
  await bundleAll(ground, ["hermes"], { readable: true });
  const cast = { competitor: "hermes", concurrency, set, profileInto: into } as const;
  const work = (crew: Parameters<typeof runRound>[1]) =>
    runRound(ground, crew, { range: rows, latencyMs: 0 });
  const { perSecond } = await withCrew(ground, cast, { warmUp: rows, work });
  tell(`profile: ${perSecond.toFixed(0)}/s while it was made, its files are in ${options.into}`);
  return programsOf("hermes").map(({ name }) => {
    const file = join(into, `${name}.cpuprofile`);
    const bundle = Deno.readTextFileSync(bundlePath(name, ground.directory));
    return { process: name, file, shares: sharesOf(Deno.readTextFileSync(file), bundle) };
  });
}

/** The largest shares of each process. */
export function profileTable(figures: readonly ProfileFigures[]): string {
  return figures.map(({ process, shares }) => {
    const rows = shares.slice(0, shown).map(({ name, part }) => [name, `${(part * 100).toFixed(1)} %`]);
    return layOut([process, "of its time"], rows);
  }).join("\n\n");
}
