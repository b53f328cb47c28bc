// The competitors' programs as single files, all of the same kind as Hermes' own: bundled, minified, with the permissions of the binaries.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { writeEntry } from "../dev/compile/entries.ts";
import { type Program, runtimeFlags } from "../dev/compile/programs.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Bundles a program into `directory`. Throws an Error with the bundler's words. */
export async function bundle(program: Program, directory: string): Promise<void> {
  const entry = await writeEntry(program, { version: "bench", commit: "bench" }, { directory, root });
  const output = join(directory, `${program.name}.js`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--config",
      join(root, "deno.json"),
      "--minify",
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

/** The arguments of `deno` that run a bundle as `deno task compile` would bake it in. */
export function argumentsFor(program: Program, directory: string): string[] {
  const isolated = ["--no-config", "--no-lock", "--no-npm", "--no-remote"];
  const flags = runtimeFlags(program, config);
  return ["run", "--quiet", ...isolated, ...flags, join(directory, `${program.name}.js`)];
}
