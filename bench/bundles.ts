// The competitors' programs as single files, all of the same kind as Hermes' own: bundled, minified, with the permissions of the binaries.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { writeEntry } from "../dev/compile/entries.ts";
import { type Program, runtimeFlags } from "../dev/compile/programs.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** How to bundle. */
export interface BundleOptions {
  /** Not minified: with its functions' names, and a line before each file. */
  readonly readable?: boolean;
}

/** Bundles a program into `directory`. Throws an Error with the bundler's words. */
export async function bundle(
  program: Program,
  directory: string,
  { readable = false }: BundleOptions = {},
): Promise<void> {
  const entry = await writeEntry(program, { version: "bench", commit: "bench" }, { directory, root });
  const output = bundlePath(program.name, directory);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--config",
      join(root, "deno.json"),
      ...(readable ? [] : ["--minify"]),
      "--platform=deno",
      "--output",
      output,
      entry,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`bundling ${program.entry}: ${new TextDecoder().decode(stderr)}`);
  await startOnce(program, directory);
}

/**
 * Deno reads a file that is new to it with a parser of its own, which takes a process some 100 MB, and remembers what it found. A compiled program
 * has that behind it; so shall a bundle. `--version` ends it before it does anything.
 */
async function startOnce(program: Program, directory: string): Promise<void> {
  const args = [...argumentsFor(program, directory), "--version"];
  await new Deno.Command(Deno.execPath(), { args, cwd: directory, stdout: "null", stderr: "null" }).output();
}

/** Where a program's bundle is. */
export function bundlePath(name: string, directory: string): string {
  return join(directory, `${name}.js`);
}

/** The arguments of `deno` that run a bundle as `deno task compile` would bake it in, and of those that profile it into a folder. */
export function argumentsFor(program: Program, directory: string, profileInto?: string): string[] {
  const isolated = ["--no-config", "--no-lock", "--no-npm", "--no-remote"];
  const flags = runtimeFlags(program, config);
  const profiling = profileInto === undefined ? [] : [
    "--cpu-prof",
    "--cpu-prof-md",
    "--cpu-prof-flamegraph",
    `--cpu-prof-dir=${profileInto}`,
    `--cpu-prof-name=${program.name}.cpuprofile`,
  ];
  return ["run", "--quiet", ...isolated, ...flags, ...profiling, bundlePath(program.name, directory)];
}
