// Before compiling: a small entry for each program that answers `--version` before anything else is loaded, then becomes the program.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Program } from "./programs.ts";

/** What the programs say of themselves. */
export interface Build {
  readonly version: string;
  /** The commit they were built from. */
  readonly commit: string;
}

/** The entry's path in `directory`. Imports run in their order, so the version is told before a setting is read. */
export async function writeEntry(
  program: Program,
  build: Build,
  { directory, root }: { directory: string; root: string },
): Promise<string> {
  const versionModule = `${program.name}.version.ts`;
  const path = join(directory, `${program.name}.ts`);
  await Deno.writeTextFile(join(directory, versionModule), versionText(program, build));
  const entry = pathToFileURL(join(root, program.entry)).href;
  await Deno.writeTextFile(path, `import "./${versionModule}";\nimport ${JSON.stringify(entry)};\n`);
  return path;
}

function versionText({ name }: Program, { version, commit }: Build): string {
  const words = JSON.stringify(`${name} ${version} (${commit})`);
  return `if (Deno.args.includes("--version")) {\n  console.log(${words});\n  Deno.exit(0);\n}\n`;
}

/**
 * The commit of the checkout at `root`, with `+changes` where files differ from it. HERMES_COMMIT names it where there is no
 * git, as in an image's build; else it is `unknown`.
 */
export async function readCommit(root: string, env: Readonly<Record<string, string>>): Promise<string> {
  const given = env["HERMES_COMMIT"];
  if (given) return given;
  const commit = await git(root, ["rev-parse", "--short=12", "HEAD"]);
  if (commit === null) return "unknown";
  return await git(root, ["status", "--porcelain"]) === "" ? commit : `${commit}+changes`;
}

async function git(root: string, args: readonly string[]): Promise<string | null> {
  try {
    const command = new Deno.Command("git", { args: [...args], cwd: root, stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
