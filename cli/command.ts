// What a command of `hermes` is, and its help. The commands themselves stand in the files beside this one; main.ts has them all.
import type { Operator } from "../shared/operator/operator.ts";
import type { Settings } from "../shared/settings.ts";
import type { Given, Options } from "./arguments.ts";
import type { Print } from "./print.ts";

/** What a command works with. Clients are opened when they are first asked for. */
export interface Context {
  given: Given;
  print: Print;
  /** Throws SettingsError. */
  settings(): Promise<Settings>;
  operator(): Promise<Operator>;
  /** Aborts on Ctrl-C and SIGTERM: what is under way comes to a stop that can be taken up again. */
  signal: AbortSignal;
  /** Where a progress bar goes; null when nobody watches. */
  progress: ((text: string) => void) | null;
}

export interface Command {
  /** One word, or two (`dead list`). */
  name: string;
  summary: string;
  /** Words after the command, as the help shows them, and how many there may be. */
  words: { names: string; min: number; max: number };
  options: Options;
  /** Command lines with what they do. */
  examples: readonly (readonly [string, string])[];
  /** Returns the exit code. */
  run(context: Context): Promise<number>;
}

/** Options that every command takes. */
export const commonOptions: Options = {
  json: { help: "Print JSON with stable field names" },
  lang: { value: "LANG", help: "Language of sentences: vi, en or both (default both)" },
  help: { help: "Show this help", short: "h" },
};

export const noWords = { names: "", min: 0, max: 0 };

/** The help of one command. */
export function commandHelp({ name, summary, words, options, examples }: Command): string {
  const usage = ["hermes", name, words.names, "[options]"].filter(Boolean).join(" ");
  const all = { ...options, ...commonOptions };
  const names = Object.entries(all).map(([option, { value, short }]) =>
    `${short ? `-${short}, ` : ""}--${option}${value ? `=${value}` : ""}`
  );
  const width = Math.max(...names.map(({ length }) => length));
  const lines = Object.values(all).map(({ help }, at) => `  ${(names[at] ?? "").padEnd(width)}  ${help}`);
  return [
    summary,
    "",
    `Usage: ${usage}`,
    "",
    "Options:",
    ...lines,
    "",
    "Examples:",
    ...examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`]),
  ].join("\n");
}

/** The help of `hermes` itself. */
export function mainHelp(commands: readonly Pick<Command, "name" | "summary" | "words">[]): string {
  const width = Math.max(...commands.map(({ name, words }) => `${name} ${words.names}`.length));
  return [
    "Where every document is, and why.",
    "",
    "Usage: hermes COMMAND [options]",
    "",
    ...commands.map(({ name, words, summary }) => `  ${`${name} ${words.names}`.padEnd(width)}  ${summary}`),
    "",
    "Every command takes --json, --lang=vi|en|both and --help (with examples). Settings come from the environment and .env.",
    "Exit codes: 0 fine, 1 trouble found or not found, 2 wrong use or settings, 3 a service cannot be reached.",
  ].join("\n");
}
