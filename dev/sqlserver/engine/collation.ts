// Collations: their names, their code page, and the key under which two texts are equal and sorted.
// Equality is SQL Server's (case, accents, trailing blanks); the order is its alphabetical order, not its every weight.
import { SqlError } from "../errors.ts";
import type { CodePageName } from "./codepage.ts";

export type Comparison = "ci_as" | "ci_ai" | "cs_as" | "cs_ai" | "bin";

export interface Collation {
  readonly name: string;
  readonly codePage: CodePageName;
  readonly comparison: Comparison;
  /** The five bytes of a TDS collation: LCID, flags, version, sort id. */
  readonly bytes: Uint8Array;
}

const SORT_ID_CP1_CI_AS = 52;
const pattern =
  /^(sql_latin1_general_cp1|latin1_general|vietnamese)(_100)?_(?:(ci|cs)_(as|ai)(?:_sc)?|(bin2?))$/;

/** Finds a collation by name; 448 when SQL Server has none of that name or this stand-in does not know it. */
export function findCollation(name: string): Collation {
  const match = pattern.exec(name.toLowerCase());
  if (match === null) throw new SqlError(448, `Invalid collation '${name}'.`, { severity: 16 });
  const [, family = "", version, casing, accents, binary] = match;
  const comparison = binary !== undefined ? "bin" : `${casing}_${accents}` as Comparison;
  const vietnamese = family === "vietnamese";
  const sortId = family === "sql_latin1_general_cp1" && comparison === "ci_as" ? SORT_ID_CP1_CI_AS : 0;
  return {
    name,
    codePage: vietnamese ? "1258" : "1252",
    comparison,
    bytes: collationBytes({ vietnamese, version100: version !== undefined, comparison, binary, sortId }),
  };
}

function collationBytes(
  parts: {
    vietnamese: boolean;
    version100: boolean;
    comparison: Comparison;
    binary: string | undefined;
    sortId: number;
  },
): Uint8Array {
  const lcid = parts.vietnamese ? 0x042a : 0x0409;
  const ignoreCase = parts.comparison.startsWith("ci") ? 1 : 0;
  const ignoreAccent = parts.comparison.endsWith("ai") ? 2 : 0;
  const flags = parts.binary === undefined
    ? ignoreCase | ignoreAccent | 4 | 8
    : (parts.binary === "bin2" ? 0x20 : 0x10);
  const version = parts.version100 ? 2 : 0;
  return Uint8Array.of(
    lcid & 0xff,
    lcid >> 8,
    (flags & 0x0f) << 4,
    (flags >> 4) | (version << 4),
    parts.sortId,
  );
}

/** The key of a text: keys are compared byte by byte, equal keys mean equal texts. Trailing blanks do not count. */
export function collationKey(text: string, comparison: Comparison): string {
  const trimmed = trimEndBlanks(text);
  if (comparison === "bin") return trimmed;
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(trimmed)) {
    return keyOfLetters(comparison.startsWith("ci") ? trimmed.toLowerCase() : trimmed);
  }
  return keyOfMarkedText(trimmed, comparison);
}

export function trimEndBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Punctuation sorts before digits and letters, also those signs that ASCII has after them. One key, one text. */
function keyOfLetters(text: string): string {
  return /[[\\\]^_`{|}~]/.test(text) ? text.replace(/[[\\\]^_`{|}~]/g, (sign) => `!${sign}`) : text;
}

/** Letters first, then their marks; đ is a letter of its own, after d. Wide forms equal narrow ones. */
function keyOfMarkedText(text: string, comparison: Comparison): string {
  const folded = comparison.startsWith("ci") ? text.toLowerCase() : text;
  let letters = "";
  let marks = "";
  for (const c of folded.normalize("NFD")) {
    if (/\p{Mn}/u.test(c)) marks += String.fromCodePoint(letters.length + 1) + c;
    else letters += narrow(c);
  }
  const key = keyOfLetters(letters);
  return comparison.endsWith("ai") || marks === "" ? key : `${key}\u0001${marks}`;
}

function narrow(character: string): string {
  if (character === "đ") return "d\u{ffff}";
  if (character === "Đ") return "D\u{ffff}";
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
}
