// Turns the text of an env file into variables: first each assignment, then the references in unquoted values.

// Names refer to each other no deeper than this; beyond it they go in a circle.
const EXPANSIONS_MAX = 20;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^\s=#]+)[ \t]*=[ \t]*/;
const BRACED_DEFAULT = ":-";

interface Assignment {
  name: string;
  value: string;
  isUnquoted: boolean;
}

/**
 * The variables of an env file's text.
 *
 * `'…'` is taken as it stands and `"…"` with `\n \r \t` as characters, both over several lines; an unquoted value
 * ends at `#` or the line's end, is trimmed, and its `$NAME`, `${NAME}` and `${NAME:-default}` are replaced (from
 * the file first, then from the environment). A name that is no identifier is left out with a warning.
 */
export function parse(text: string): Record<string, string> {
  const assignments = [...assignmentsOf(text)];
  const raw = new Map(assignments.map(({ name, value }) => [name, value]));
  const variables: Record<string, string> = {};
  for (const { name, value, isUnquoted } of assignments) {
    variables[name] = isUnquoted ? expand(value, raw, 0) : value;
  }
  return variables;
}

function* assignmentsOf(text: string): Generator<Assignment> {
  let rest = text.startsWith("\uFEFF") ? text.slice(1) : text;
  while (rest !== "") {
    const start = ASSIGNMENT.exec(rest);
    const name = start?.[1];
    if (start === null || name === undefined) {
      rest = afterLine(rest);
      continue;
    }
    const { value, isUnquoted, length } = readValue(rest.slice(start[0].length));
    rest = afterLine(rest.slice(start[0].length + length));
    if (NAME.test(name)) yield { name, value, isUnquoted };
    else console.warn(`Ignored the key "${name}" of an env file: a key must match ${NAME.source}`);
  }
}

function afterLine(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? "" : text.slice(end + 1);
}

/** The value at the start of `text`, and how many characters it takes. What follows a closing quote is a comment. */
function readValue(text: string): { value: string; isUnquoted: boolean; length: number } {
  const quote = text[0];
  const end = quote === "'" || quote === '"' ? text.indexOf(quote, 1) : -1;
  if (end !== -1) {
    const inner = text.slice(1, end).replace(/^\r?\n/, "").replace(/\r?\n$/, "");
    return { value: quote === '"' ? unescape(inner) : inner, isUnquoted: false, length: end + 1 };
  }
  const length = text.search(/[\r\n#]|$/);
  return { value: text.slice(0, length).trim(), isUnquoted: true, length };
}

function unescape(text: string): string {
  return text.replaceAll("\\n", "\n").replaceAll("\\r", "\r").replaceAll("\\t", "\t");
}

/** Replaces references from left to right; `\$NAME` stays as it is. A name nobody knows becomes empty. */
function expand(text: string, raw: Map<string, string>, depth: number): string {
  if (depth > EXPANSIONS_MAX) return text;
  const plain = /(?<!\\)\$(\w+)/y;
  let result = "";
  let at = 0;
  while (at < text.length) {
    plain.lastIndex = at;
    const braced = text.startsWith("${", at) ? closingBrace(text, at + 2) : -1;
    const bare = plain.exec(text);
    if (braced !== -1) {
      result += resolve(text.slice(at + 2, braced), raw, depth);
      at = braced + 1;
    } else if (bare !== null) {
      result += resolve(bare[1] ?? "", raw, depth);
      at = plain.lastIndex;
    } else result += text[at++];
  }
  return result;
}

/** `NAME` or `NAME:-default`, where the default may hold references itself. */
function resolve(reference: string, raw: Map<string, string>, depth: number): string {
  const at = reference.indexOf(BRACED_DEFAULT);
  const name = at === -1 ? reference : reference.slice(0, at);
  const fallback = at === -1 ? "" : reference.slice(at + BRACED_DEFAULT.length);
  return expand(raw.get(name) ?? Deno.env.get(name) ?? fallback, raw, depth + 1);
}

function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") open++;
    if (text[at] === "}" && --open === 0) return at;
  }
  return -1;
}
