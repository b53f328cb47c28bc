// Reads a command line against a table of options. dev/main.ts and dev/services_main.ts each have a table of their own.
import { closest } from "fastest-levenshtein";

/** One option. `value` is how its value is shown in the help; an option without it is a flag. */
export interface Option<T> {
  readonly value?: string;
  readonly help: string;
  readonly otherwise: T;
  /** Given all texts of the option, in order; throws an Error that completes "--name: ". */
  read(texts: readonly string[]): T;
}

type Table = Readonly<Record<string, Option<unknown>>>;
type Values<T extends Table> = { [K in keyof T]: T[K] extends Option<infer V> ? V : never };

/** A command line that cannot be read; the message says what is wrong with which option. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/**
 * Reads `--name=value`, `--name value` and `--flag`.
 *
 * @throws {OptionError} for an unknown option, with the nearest known one, and for a value that breaks its rule.
 */
export function readOptions<T extends Table>(args: readonly string[], table: T): Values<T> {
  const texts = textsByName(args, table);
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const given = texts.get(name);
    try {
      values[name] = given === undefined ? option.otherwise : option.read(given);
    } catch (error) {
      throw new OptionError(`--${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (isComplete(values, table)) return values;
  throw new TypeError("an option of the table has no value");
}

/** The options of a table, one a line. */
export function helpOf(table: Table): string {
  const left = (name: string, { value }: Option<unknown>) =>
    `--${name}${value === undefined ? "" : `=${value}`}`;
  const width = Math.max(...Object.entries(table).map(([name, option]) => left(name, option).length));
  return Object.entries(table)
    .map(([name, option]) => `  ${left(name, option).padEnd(width)}  ${option.help}`)
    .join("\n");
}

/** An option that is on when it is named. */
export function flag(help: string): Option<boolean> {
  return { help, otherwise: false, read: () => true };
}

/** A whole number within bounds; `otherwise` may be null where the absence has a meaning of its own. */
export function whole<T extends number | null>(
  help: string,
  { otherwise, min = 0, max }: { otherwise: T; min?: number; max: number },
): Option<number | T> {
  return {
    value: otherwise === null ? "N" : String(otherwise),
    help,
    otherwise,
    read(texts) {
      const text = texts.at(-1) ?? "";
      const number = Number(text);
      if (/^\d{1,12}$/.test(text) && number >= min && number <= max) return number;
      throw new Error(`must be a whole number from ${min} to ${max}, not "${text}"`);
    },
  };
}

/** One of some words. */
export function choice<const T extends string>(help: string, words: readonly T[]): Option<T | null> {
  return {
    value: words.join("|"),
    help,
    otherwise: null,
    read(texts) {
      const found = words.find((word) => word === texts.at(-1));
      if (found !== undefined) return found;
      throw new Error(`must be one of ${words.join(", ")}, not "${texts.at(-1)}"`);
    },
  };
}

/** Texts that `check` accepts; the option may be given several times. */
export function repeated(help: string, check: (text: string) => unknown): Option<readonly string[]> {
  return {
    value: "…",
    help,
    otherwise: [],
    read(texts) {
      texts.forEach(check);
      return texts;
    },
  };
}

function textsByName(args: readonly string[], table: Table): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (let at = 0; at < args.length; at++) {
    const [name, given] = (args[at] ?? "").split(/=(.*)/s);
    const option = optionOf(name ?? "", table);
    const isFlag = option.spec.value === undefined;
    if (isFlag && given !== undefined) throw new OptionError(`--${option.name} takes no value`);
    const text = isFlag ? "" : given ?? args[++at];
    if (text === undefined) throw new OptionError(`--${option.name} needs a value, as in --${option.name}=…`);
    texts.set(option.name, [...texts.get(option.name) ?? [], text]);
  }
  return texts;
}

function optionOf(given: string, table: Table): { name: string; spec: Option<unknown> } {
  const name = given.replace(/^--/, "");
  const spec = given.startsWith("--") && Object.hasOwn(table, name) ? table[name] : undefined;
  if (spec !== undefined) return { name, spec };
  const nearest = closest(name, Object.keys(table));
  throw new OptionError(`unknown option ${given}; did you mean --${nearest}? (--help lists all)`);
}

function isComplete<T extends Table>(values: Record<string, unknown>, table: T): values is Values<T> {
  return Object.keys(table).every((name) => Object.hasOwn(values, name));
}
