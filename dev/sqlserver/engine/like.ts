// LIKE: % _ [a-z] [^a-z] and ESCAPE, under a collation. Trailing blanks of the pattern count, those of the value may not.
import { SqlError } from "../errors.ts";
import type { Physical } from "../sql/types.ts";
import { collationKey, type Comparison, trimEndBlanks } from "./collation.ts";

const remembered = new Map<string, RegExp>();
const REMEMBERED_MAX = 500;

/** Builds the matcher for a comparison: (value, pattern [, escape]) → 1 or 0. */
export function likeMatcher(comparison: Comparison): (args: readonly Physical[]) => Physical {
  return ([value, pattern, escape]) => {
    const regex = compiled(String(pattern), escape === undefined ? "" : String(escape), comparison);
    const text = fold(String(value), comparison);
    return regex.test(text) || regex.test(trimEndBlanks(text)) ? 1n : 0n;
  };
}

function compiled(pattern: string, escape: string, comparison: Comparison): RegExp {
  if (escape.length > 1) {
    throw new SqlError(506, `The invalid escape character "${escape}" was specified in a LIKE predicate.`);
  }
  const key = `${comparison}|${escape}|${pattern}`;
  let regex = remembered.get(key);
  if (regex === undefined) {
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    regex = new RegExp(`^${regexOf(pattern, escape, comparison)}$`, "su");
    remembered.set(key, regex);
  }
  return regex;
}

function regexOf(pattern: string, escape: string, comparison: Comparison): string {
  let out = "";
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? "";
    if (escape !== "" && c === escape && i + 1 < characters.length) {
      out += literal(characters[++i] ?? "", comparison);
    } else if (c === "%") out += ".*";
    else if (c === "_") out += ".";
    else if (c === "[") {
      const close = characters.indexOf("]", i + 2);
      if (close < 0) return "(?!)";
      out += setOf(characters.slice(i + 1, close), comparison);
      i = close;
    } else out += literal(c, comparison);
  }
  return out;
}

function literal(character: string, comparison: Comparison): string {
  return escaped(fold(character, comparison));
}

function setOf(members: string[], comparison: Comparison): string {
  const negated = members[0] === "^";
  const body = fold((negated ? members.slice(1) : members).join(""), comparison);
  return `[${negated ? "^" : ""}${body.replace(/[\\\]^[]/g, "\\$&")}]`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Each character on its own, so that positions stay: case folded, composed, accents dropped under _AI. */
function fold(text: string, comparison: Comparison): string {
  if (comparison === "bin") return text;
  const cased = comparison.startsWith("ci") ? text.toLowerCase() : text;
  const composed = cased.normalize("NFC");
  return comparison.endsWith("ai")
    ? Array.from(composed, (c) => collationKey(c, "ci_ai") || c).join("")
    : composed;
}
