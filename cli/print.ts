// How `hermes` writes: colours on a terminal only, tables, times, and sentences in one or both languages. Pure but for where the text goes.
import type { Words } from "../shared/operator/types.ts";

export type Language = "vi" | "en" | "both";
export type Colour = "red" | "yellow" | "green" | "grey" | "bold";

const codes: Record<Colour, string> = { red: "31", yellow: "33", green: "32", grey: "90", bold: "1" };

export interface PrintOptions {
  json: boolean;
  language: Language;
  /** Colours are written; the caller has looked at the terminal and at NO_COLOR. */
  colour: boolean;
  /** Columns of the terminal; null when the output is no terminal, and nothing is cut. */
  width: number | null;
  /** Takes a line (or several), without its end. */
  write(text: string): void;
}

export class Print {
  readonly json: boolean;
  readonly width: number | null;
  readonly #options: PrintOptions;

  constructor(options: PrintOptions) {
    this.#options = options;
    this.json = options.json;
    this.width = options.width;
  }

  /** With `--json` nothing but the value itself is written. */
  value(value: unknown): void {
    this.#options.write(JSON.stringify(value, null, 2));
  }

  line(text = ""): void {
    this.#options.write(text);
  }

  colour(colour: Colour, text: string): string {
    return this.#options.colour && text !== "" ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
  }

  /** A sentence in the language asked for; with both, each on a line of its own. */
  words(words: Words, indent = ""): void {
    const { language } = this.#options;
    if (language !== "en") this.line(indent + clean(words.vi));
    if (language !== "vi") {
      this.line(indent + (language === "both" ? this.colour("grey", clean(words.en)) : clean(words.en)));
    }
  }

  /** The same on one line. */
  say(words: Words): string {
    const { language } = this.#options;
    return clean(language === "both" ? `${words.vi} / ${words.en}` : words[language]);
  }
}

/** Text from documents and from the partner must not steer the terminal. */
export function clean(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.normalize("NFC").replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}

/** Local time, `2026-11-22 08:30:05`; `-` for none. */
export function at(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return "-";
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A duration in a word: `350 ms`, `12 s`, `5 min`, `3 h`, `2 d`; `-` for none. */
export function short(ms: number | null): string {
  if (ms === null) return "-";
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
