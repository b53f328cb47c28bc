// The machines that programs are compiled for, and the command line that chooses among them. Pure.

/** Our name → the name that Deno knows the machine by. */
export const targets: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "windows-x64": "x86_64-pc-windows-msvc",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
};

/** One machine to compile for, and the folder of its programs. */
export interface Target {
  /** As Deno names it. */
  readonly triple: string;
  readonly folder: string;
}

/** The command line is wrong; the message says what is right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--help` prints. */
export const usage = `Compiles the six programs of Hermes into dist.

  deno task compile                       for this machine, into dist
  deno task compile --target=linux-arm64  for another one, into dist/linux-arm64
  deno task compile --target=all          for all of them: ${Object.keys(targets).join(", ")}

DENORT_BIN=FILE uses a base binary (denort) that is on this machine already; HERMES_COMMIT=… names the commit where git is not there.`;

/** The targets asked for, `here` (Deno's name of this machine) when none is. Throws UsageError. */
export function readTargets(args: readonly string[], here: string, denortBin: string | undefined): Target[] {
  const [option, ...rest] = args;
  if (option === undefined) return [{ triple: here, folder: "dist" }];
  const asked = /^--target=(.+)$/.exec(option)?.[1];
  if (asked === undefined || rest.length > 0) {
    throw new UsageError(`the command line "${args.join(" ")}" is not known\n\n${usage}`);
  }
  const chosen = Object.entries(targets)
    .filter(([name, triple]) => asked === "all" || asked === name || asked === triple)
    .map(([name, triple]) => ({ triple, folder: `dist/${name}` }));
  if (chosen.length === 0) {
    throw new UsageError(`--target must be all, ${Object.keys(targets).join(", ")}: not ${asked}`);
  }
  if (chosen.length > 1 && denortBin) {
    throw new UsageError("DENORT_BIN is the base binary of one machine: name that machine with --target");
  }
  return chosen;
}

/** A program's file, from the root of the checkout. */
export function outputFor(name: string, { triple, folder }: Target): string {
  return `${folder}/${name}${triple.includes("windows") ? ".exe" : ""}`;
}

/** What to say when the base binary for a machine cannot be had. */
export function withoutBase(triple: string, denoVersion: string): string {
  const archive = `denort-${triple}.zip`;
  return `Nothing was compiled for ${triple}: the base binary that Deno puts a program into (denort ${denoVersion}) could not be fetched.
It comes from https://dl.deno.land/release/v${denoVersion}/${archive}. Where that address cannot be reached:
  1. fetch ${archive} on another machine and unpack it: one file, denort;
  2. DENORT_BIN=path/of/denort deno task compile --target=${triple}`;
}
