// A strict JSON reader that keeps numbers as text and knows where each value stands, as OPENJSON needs both.
import { SqlError } from "../errors.ts";
import { hideNul } from "./nul.ts";

export type JsonValue =
  & { readonly start: number; readonly end: number }
  & (
    | { readonly kind: "string"; readonly text: string }
    | { readonly kind: "number"; readonly text: string }
    | { readonly kind: "boolean"; readonly text: "true" | "false" }
    | { readonly kind: "null" }
    | { readonly kind: "array"; readonly items: JsonValue[] }
    | { readonly kind: "object"; readonly entries: [string, JsonValue][] }
  );

const DEPTH_MAX = 128;

/** Reads a whole text; 13609 with the position when it is not JSON. */
export function readJson(text: string): JsonValue {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** A text with its quotes. */
// deno-lint-ignore no-control-regex
const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalarPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    this.#blanks();
    if (depth > DEPTH_MAX) throw new SqlError(13606, "JSON text is nested too deep.");
    const start = this.#at;
    const c = this.#text[start];
    if (c === "{") return this.#object(depth, start);
    if (c === "[") return this.#array(depth, start);
    if (c === '"') {
      const text = this.#string();
      return { kind: "string", text, start, end: this.#at };
    }
    return this.#scalar(start);
  }

  end(): void {
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#unexpected();
  }

  #object(depth: number, start: number): JsonValue {
    const entries: [string, JsonValue][] = [];
    this.#sequence("}", () => {
      this.#blanks();
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#expect(":");
      entries.push([key, this.value(depth + 1)]);
    });
    return { kind: "object", entries, start, end: this.#at };
  }

  #array(depth: number, start: number): JsonValue {
    const items: JsonValue[] = [];
    this.#sequence("]", () => items.push(this.value(depth + 1)));
    return { kind: "array", items, start, end: this.#at };
  }

  #sequence(close: string, item: () => void): void {
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#blanks();
      const c = this.#text[this.#at];
      if (c !== "," && c !== close) throw this.#unexpected();
      this.#at++;
      if (c === close) return;
    }
  }

  #string(): string {
    stringPattern.lastIndex = this.#at;
    if (!stringPattern.test(this.#text)) throw this.#unexpected();
    const match = this.#text.slice(this.#at, stringPattern.lastIndex);
    this.#at = stringPattern.lastIndex;
    return match.includes("\\") ? hideNul(JSON.parse(match)) : match.slice(1, -1);
  }

  #scalar(start: number): JsonValue {
    scalarPattern.lastIndex = start;
    if (!scalarPattern.test(this.#text)) throw this.#unexpected();
    const end = scalarPattern.lastIndex;
    const text = this.#text.slice(start, end);
    this.#at = end;
    if (text === "null") return { kind: "null", start, end };
    if (text === "true" || text === "false") return { kind: "boolean", text, start, end };
    return { kind: "number", text, start, end };
  }

  #expect(c: string): void {
    this.#blanks();
    if (this.#text[this.#at] !== c) throw this.#unexpected();
    this.#at++;
  }

  #blanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #unexpected(): SqlError {
    const c = this.#text[this.#at] ?? ".";
    return new SqlError(
      13609,
      `JSON text is not properly formatted. Unexpected character '${c}' is found at position ${this.#at}.`,
      { state: 4 },
    );
  }
}

export type PathStep = { readonly key: string } | { readonly index: number };

export interface JsonPath {
  readonly strict: boolean;
  readonly steps: readonly PathStep[];
}

/** Reads `lax $.a."b c"[0]`; 13607 when it is no such path. */
export function readPath(text: string): JsonPath {
  const head = /^\s*(?:(lax|strict)\s+)?\$/.exec(text);
  if (head === null) throw badPath(text, 0);
  const steps: PathStep[] = [];
  const step = /\.(?:([\p{L}_$][\p{L}\p{N}_$]*)|"((?:[^"\\]|\\.)*)")|\[(\d+)\]/uy;
  step.lastIndex = head[0].length;
  while (step.lastIndex < text.trimEnd().length) {
    const at = step.lastIndex;
    const match = step.exec(text);
    if (match === null) throw badPath(text, at);
    if (match[3] !== undefined) steps.push({ index: Number(match[3]) });
    else steps.push({ key: match[1] ?? match[2]?.replace(/\\(.)/g, "$1") ?? "" });
  }
  return { strict: head[1] === "strict", steps };
}

function badPath(text: string, at: number): SqlError {
  return new SqlError(
    13607,
    `JSON path is not properly formatted. Unexpected character '${
      text[at] ?? "."
    }' is found at position ${at}.`,
  );
}

/** The value a path leads to; undefined when there is none, 13608 for a strict path. */
export function follow(value: JsonValue, path: JsonPath): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const step of path.steps) current = current === undefined ? undefined : child(current, step);
  if (current === undefined && path.strict) {
    throw new SqlError(13608, "Property cannot be found on the specified JSON path.");
  }
  return current;
}

function child(value: JsonValue, step: PathStep): JsonValue | undefined {
  if ("index" in step) return value.kind === "array" ? value.items[step.index] : undefined;
  if (value.kind !== "object") return undefined;
  for (const entry of value.entries) if (entry[0] === step.key) return entry[1];
  return undefined;
}
