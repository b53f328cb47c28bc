// The style that can be tested, a rule a function: from the facts of a file to what breaks the rule in it.

import type { Piece, SourceFile } from "./tidy_source.ts";

/** A place where a rule is broken. */
export interface Violation {
  path: string;
  line: number;
  what: string;
}

/** A rule, as the sentence that names its test, and what breaks it in one file. */
export interface Rule {
  sentence: string;
  check(file: SourceFile): Violation[];
}

const FILE_LINES_MAX = 300;
const TEST_FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 45;

/** What a folder's files may import besides packages. A folder not named here may import anything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  shared: ["shared"],
  workers: ["workers", "shared"],
  console: ["console", "shared"],
  cli: ["cli", "shared"],
  // Nobody imports the bench but its tests.
  dev: ["dev", "cli", "workers", "shared", ""],
  bench: ["bench", "dev", "shared", ""],
  // The entries beside deno.json.
  "": ["", "workers", "console", "cli", "shared"],
};

const REDIS_KEY = /^hermes:|\}:(stream|inflight|settled|receipts|dead|paused)\b/;
const KEYS_ALLOWED = /^(shared\/stream_keys\.ts|shared\/settings\w*\.ts|(tests|dev|bench)\/)/;

const SQL =
  /\b(SELECT\b[^]*\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO|(CREATE|ALTER|DROP)\s+TABLE)\b/;
const SQL_FORBIDDEN = /^(shared|workers|console|cli)\/|^\w+\.ts$/;

const ASSERTION = /\b(assert\w*|expect\w*|fail|waitFor\w*|until\w*|eventually\w*)\s*[(<]/;

/** Every rule about a single source file. */
export const RULES: readonly Rule[] = [
  { sentence: "a file is no longer than 300 lines, a test 500", check: fileTooLong },
  { sentence: "a function is no longer than 45 lines", check: functionTooLong },
  { sentence: "a file begins with a comment that says what it is for", check: headerMissing },
  { sentence: "imports go one way: entries, then workers and console, then shared", check: importBackwards },
  { sentence: "a Redis key is spelt in shared/stream_keys.ts alone", check: strayKey },
  { sentence: "SQL stands in .sql files alone", check: straySql },
  { sentence: "a test asserts something", check: testWithoutAssertion },
  { sentence: "no test runs alone", check: testAlone },
];

function fileTooLong({ path, lines }: SourceFile): Violation[] {
  const max = path.startsWith("tests/") ? TEST_FILE_LINES_MAX : FILE_LINES_MAX;
  return lines.length <= max ? [] : [{ path, line: max + 1, what: `${lines.length} lines, at most ${max}` }];
}

function functionTooLong({ path, functions }: SourceFile): Violation[] {
  return functions.filter(({ lineCount }) => lineCount > FUNCTION_LINES_MAX)
    .map(({ line, name, lineCount }) => ({ path, line, what: `${name} has ${lineCount} lines` }));
}

function headerMissing({ path, lines }: SourceFile): Violation[] {
  const first = lines[0]?.startsWith("#!") ? lines[1] : lines[0];
  return /^(\/\/ \S|\/\*\*?)/.test(first ?? "")
    ? []
    : [{ path, line: 1, what: "no comment on the first line" }];
}

function importBackwards({ path, imports }: SourceFile): Violation[] {
  const allowed = MAY_IMPORT[folderOf(path)];
  if (allowed === undefined) return [];
  return imports
    .filter(({ text }) => /\.\w+$/.test(text) && isLocal(text) && !allowed.includes(folderOf(text)))
    .map(({ line, text }) => ({ path, line, what: `imports ${text}` }));
}

function isLocal(target: string): boolean {
  return !/^[a-z]+:/.test(target) && !target.startsWith("@");
}

/** The first folder of a path, empty for a file beside deno.json. */
function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function strayKey({ path, strings }: SourceFile): Violation[] {
  if (KEYS_ALLOWED.test(path)) return [];
  return strings.filter(({ text }) => REDIS_KEY.test(text)).map((piece) => quoted(path, piece));
}

function straySql({ path, strings }: SourceFile): Violation[] {
  if (!SQL_FORBIDDEN.test(path)) return [];
  return strings.filter(({ text }) => SQL.test(text)).map((piece) => quoted(path, piece));
}

function quoted(path: string, { line, text }: Piece): Violation {
  return { path, line, what: JSON.stringify(text.slice(0, 60)) };
}

/** A test asserts by itself, or by a function of its file that does. */
function testWithoutAssertion({ path, tests, functions }: SourceFile): Violation[] {
  const asserting = new Set<string>();
  const asserts = (text: string) =>
    ASSERTION.test(text) || [...asserting].some((name) => new RegExp(`\\b${name}\\b`).test(text));
  let known = -1;
  while (known !== asserting.size) {
    known = asserting.size;
    for (const { name, text } of functions) if (/^\w+$/.test(name) && asserts(text)) asserting.add(name);
  }
  return tests.filter(({ text }) => !asserts(text))
    .map(({ line, text }) => ({ path, line, what: text.split("\n")[0]?.slice(0, 80) ?? "" }));
}

function testAlone({ path, tests }: SourceFile): Violation[] {
  return tests.filter(({ text }) => /^Deno\.test\.only|\bonly:\s*true/.test(text))
    .map(({ line }) => ({ path, line, what: "runs alone and hides the others" }));
}
