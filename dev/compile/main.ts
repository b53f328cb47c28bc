// `deno task compile`: the six programs as single files that need no Deno, for this machine or others. Exit codes: 1 not compiled, 2 wrong use.
// Before it comes nothing; after it, deploy/ runs what lies in dist. The settings (.env) are read when a program runs, never built in.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { versionNumber } from "../../cli/version.ts";
import config from "../../deno.json" with { type: "json" };
import { type Build, readCommit, writeEntry } from "./entries.ts";
import { type Program, programs, runtimeFlags } from "./programs.ts";
import { outputFor, readTargets, type Target, usage, UsageError, withoutBase } from "./targets.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The base binary of a machine cannot be fetched. */
class MissingBase extends Error {
  override readonly name = "MissingBase";
}

async function main(): Promise<number> {
  if (Deno.args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const chosen = readTargets(Deno.args, Deno.build.target, Deno.env.get("DENORT_BIN"));
  const build = { version: versionNumber, commit: await readCommit(root, Deno.env.toObject()) };
  const directory = await Deno.makeTempDir({ prefix: "hermes-compile-" });
  try {
    for (const target of chosen) {
      for (const program of programs) await compile(program, target, { build, directory });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  return 0;
}

async function compile(
  program: Program,
  target: Target,
  { build, directory }: { build: Build; directory: string },
): Promise<void> {
  const output = outputFor(program.name, target);
  const entry = await writeEntry(program, build, { directory, root });
  await Deno.mkdir(join(root, dirname(output)), { recursive: true });
  const args = [
    "compile",
    "--quiet",
    "--no-check",
    "--bundle",
    "--minify",
    "--config",
    join(root, "deno.json"),
  ];
  args.push(
    ...runtimeFlags(program, config),
    "--target",
    target.triple,
    "--output",
    join(root, output),
    entry,
  );
  const command = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" }, stdout: "inherit" });
  const { success, stderr } = await command.output();
  const words = new TextDecoder().decode(stderr).split("Stack backtrace")[0]?.trim() ?? "";
  if (!success && words.includes("Setting up base binary")) throw new MissingBase(target.triple);
  if (!success) throw new Error(`compiling ${program.entry} for ${target.triple}: ${words}`);
  console.log(`${output}  ${await sizeOf(join(root, output))}`);
}

async function sizeOf(path: string): Promise<string> {
  const { size } = await Deno.stat(path);
  return `${(size / 2 ** 20).toFixed(1)} MiB`;
}

try {
  Deno.exit(await main());
} catch (error) {
  if (error instanceof MissingBase) console.error(withoutBase(error.message, Deno.version.deno));
  else if (error instanceof Error) console.error(error.message);
  else throw error;
  Deno.exit(error instanceof UsageError ? 2 : 1);
}
