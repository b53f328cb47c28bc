// Holds the whole checkout to the house style, as far as style can be tested. The rules are in support/tidy_rules.ts.

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { RULES, type Violation } from "./support/tidy_rules.ts";
import { readSource, type SourceFile } from "./support/tidy_source.ts";

const ROOT = new URL("../", import.meta.url);

// What belongs to one machine: its folders, and where it gets packages from.
const OF_A_MACHINE = [
  /(?<![\w.~}-])\/(work|root|home)\/\w/,
  /(?<![\w.~}-])\/tmp\/\w/,
  /https?:\/\/[\w.-]*\b(npmjs|jsr\.io|registry|artifactory|verdaccio)\b/i,
];

const paths = filesOfCheckout();
const sources = paths.filter((path) => path.endsWith(".ts") && !path.startsWith("jsr/")).map(sourceAt);

for (const { sentence, check } of RULES) {
  Deno.test(`tidy: ${sentence}`, () => refuse(sources.flatMap(check)));
}

Deno.test("tidy: what a file exports is imported somewhere", () => {
  const imported = new Set(sources.flatMap(({ importedNames }) => [...importedNames]));
  refuse(sources.flatMap(({ path, exports }) =>
    exports
      .filter(({ text }) => !imported.has(`${path} ${text}`) && !imported.has(`${path} *`))
      // A type may be exported for the sake of the function whose signature has it.
      .filter(({ text }) => !/^[A-Z]\w*[a-z]/.test(text))
      .map(({ line, text }) => ({ path, line, what: `${text} is imported by nobody` }))
  ));
});

Deno.test("tidy: no file has a path of one machine or a registry's host in it", () => {
  refuse(
    paths.filter((path) => path !== "deno.lock").flatMap((path) =>
      textAt(path).split("\n").flatMap((text, index) =>
        OF_A_MACHINE.some((pattern) => pattern.test(text))
          ? [{ path, line: index + 1, what: text.trim().slice(0, 80) }]
          : []
      )
    ),
  );
});

Deno.test("tidy: every task of deno.json says what it does", () => {
  const { tasks = {} } = JSON.parse(textAt("deno.json"));
  const silent = Object.entries<{ description?: string }>(tasks).filter(([, task]) => !task.description);
  assertEquals(silent.map(([name]) => name), []);
});

Deno.test("every tidy rule finds the code that breaks it and nothing in code that does not", () => {
  const body = "  go();\n".repeat(50);
  const broken: [string, string, string][] = [
    ["a file is no longer", "shared/a.ts", "// A.\n" + "go();\n".repeat(300)],
    ["a function is no longer", "shared/a.ts", `// A.\nclass A {\n  #go() {\n${body}  }\n}\n`],
    ["a file begins with", "shared/a.ts", `import "zod";\n`],
    ["imports go one way", "shared/a.ts", `// A.\nimport { b } from "../workers/b.ts";\n`],
    ["imports go one way", "scheduler.ts", `// A.\nconst b = await import("./dev/b.ts");\n`],
    ["a Redis key", "workers/a.ts", "// A.\nconst key = `${prefix}{${type}}:stream`;\n"],
    ["a Redis key", "workers/a.ts", `// A.\nconst key = "hermes:token:";\n`],
    ["SQL stands", "shared/a.ts", "// A.\nconst sql = `SELECT id\n  FROM ${table}`;\n"],
    ["a test asserts", "tests/unit/a_test.ts", `// A.\nDeno.test("a", () => {\n  go();\n});\n`],
    ["no test runs alone", "tests/unit/a_test.ts", `// A.\nDeno.test.only("a", () => fail());\n`],
  ];
  const fine = `// A.\nimport { z } from "zod";\nexport const a = "select from";\n`;
  for (const [sentence, path, text] of broken) {
    const rule = RULES.find((candidate) => candidate.sentence.startsWith(sentence));
    assertEquals(rule?.check(readSource(path, text)).length, 1, sentence);
    assertEquals(rule?.check(readSource(path, fine)), [], sentence);
  }
});

Deno.test("the test of assertions sees through the functions of the file", () => {
  const text = `// A.\nfunction holds() {\n  assert(1);\n}\nconst twice = () => [holds(), holds()];\n` +
    `Deno.test("a", () => twice());\nDeno.test({ name: "b", fn: async () => await holds() });\n`;
  const rule = RULES.find(({ sentence }) => sentence === "a test asserts something");
  assertEquals(rule?.check(readSource("tests/unit/a_test.ts", text)), []);
});

/** Fails with every violation, one a line, as `path:line what`. */
function refuse(violations: Violation[]): void {
  const lines = violations.map(({ path, line, what }) => `  ${path}:${line} ${what}`);
  assert(lines.length === 0, `${lines.length} places:\n${lines.join("\n")}\n`);
}

/** What git tracks, and what it would track if it were added. */
function filesOfCheckout(): string[] {
  // A checkout may belong to another user than the one who tests it.
  const args = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { success, stdout, stderr } = new Deno.Command("git", { args, cwd: fileURLToPath(ROOT) })
    .outputSync();
  const words = new TextDecoder();
  assert(success, `git cannot list the files: ${words.decode(stderr)}`);
  return [...new Set(words.decode(stdout).split("\0"))].filter((path) => path !== "" && isThere(path)).sort();
}

/** A path of git as an address; it may hold any character. */
function urlOf(path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), ROOT);
}

function isThere(path: string): boolean {
  // A file that git tracks may have been deleted since.
  try {
    return Deno.lstatSync(urlOf(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function textAt(path: string): string {
  return Deno.readTextFileSync(urlOf(path));
}

function sourceAt(path: string): SourceFile {
  return readSource(path, textAt(path));
}
