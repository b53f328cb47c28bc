// Reads the command line: which command, its options and words, each checked, with a hint for what was nearly right. Pure.
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { type DocumentType, documentTypes } from "../shared/document.ts";
import { UsageError } from "./exit.ts";

/** An option of a command. A text option has the word that stands for its value in the help. */
export interface Option {
  help: string;
  value?: string;
  short?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given. */
export class Given {
  readonly words: readonly string[];
  readonly #values: Record<string, unknown>;
  readonly #command: string;

  constructor(command: string, words: readonly string[], values: Record<string, unknown>) {
    this.#command = command;
    this.words = words;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** Throws UsageError for a type that does not exist. */
  type(name = "type"): DocumentType | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : documentType(value, this.#command);
  }

  /** One of several words. Throws UsageError for another. */
  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    if (found === undefined) {
      throw new UsageError(
        `--${name}=${value}: must be ${allowed.join(", ")}${hint(value, allowed)}`,
        this.#command,
      );
    }
    return found;
  }

  /** A whole number between two bounds. */
  count(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new UsageError(`--${name}=${value}: must be a whole number from ${min} to ${max}`, this.#command);
    }
    return number;
  }

  /** A span such as 90s, 15m, 2h or 3d, in ms. */
  spanMs(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const [, count, unit = ""] = value.match(/^(\d+)([smhd])$/) ?? [];
    if (count === undefined) {
      throw new UsageError(
        `--${name}=${value}: must be a span of time such as 90s, 15m, 2h or 3d`,
        this.#command,
      );
    }
    return Number(count) * (unitsMs[unit] ?? 0);
  }
}

const unitsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Throws UsageError, with the nearest type when one is near. */
export function documentType(text: string, command: string): DocumentType {
  const found = documentTypes.find((type) => type === text);
  if (found === undefined) {
    throw new UsageError(
      `"${text}" is no document type: ${documentTypes.join(", ")}${hint(text, documentTypes)}`,
      command,
    );
  }
  return found;
}

/** Finds the command that the first words name; two words first (`dead list`), then one. Throws UsageError for none. */
export function findCommand<T extends { name: string; words: { max: number } }>(
  commands: readonly T[],
  args: readonly string[],
): T {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const [first = ""] = words;
  const asked = words.slice(0, 2).join(" ");
  const names = commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  const two = commands.find(({ name }) => name === asked);
  if (two) return two;
  const one = commands.find(({ name }) => name === first);
  // `shops unblok X` is meant for another command than `shops`.
  if (one && (one.words.max > 0 || hint(asked, group) === "")) return one;
  if (group.length > 0) {
    throw new UsageError(`"hermes ${first}" needs one of: ${group.join(", ")}${hint(asked, group)}`, first);
  }
  throw new UsageError(`there is no command "${first}"${hint(first, [...names, ...names.map(firstWord)])}`);
}

/** The command's own options and words. Throws UsageError for an option it does not take, or words too many or too few. */
export function readGiven(
  command: { name: string; options: Options; words: { names: string; min: number; max: number } },
  args: readonly string[],
): Given {
  const parsed = parsedOf(command, args);
  const words = parsed.positionals.slice(command.name.split(" ").length);
  const { min, max, names } = command.words;
  if (words.length < min || words.length > max) {
    throw new UsageError(
      `"hermes ${command.name}" takes ${max === 0 ? "no words" : names}, not ${
        words.length === 0 ? "nothing" : `"${words.join(" ")}"`
      }`,
      command.name,
    );
  }
  return new Given(command.name, words, parsed.values);
}

function parsedOf({ name, options }: { name: string; options: Options }, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: configOf(options), allowPositionals: true, strict: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const unknown = text.match(/Unknown option '(-+[^']*)'/)?.[1];
    if (unknown === undefined) throw new UsageError(text.split(". ")[0] ?? text, name);
    const near = hint(unknown, Object.keys(options).map((option) => `--${option}`));
    throw new UsageError(`"hermes ${name}" has no option ${unknown}${near}`, name);
  }
}

function configOf(options: Options): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [name, {
      type: value === undefined ? "boolean" as const : "string" as const,
      ...(short === undefined ? {} : { short }),
    }]),
  );
}

/** `; did you mean "x"?` when something is near. */
function hint(given: string, known: readonly string[]): string {
  if (given === "" || known.length === 0) return "";
  const near = closest(given, known);
  const bound = Math.max(1, Math.round(given.replace(/^-+/, "").length * 0.4));
  return distance(given, near) <= bound ? `; did you mean "${near}"?` : "";
}

function firstWord(name: string): string {
  return name.split(" ")[0] ?? name;
}
