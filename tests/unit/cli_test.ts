// The command line of `hermes`: options, words, hints, help, tables, exit codes; without any service.
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { findCommand, readGiven } from "../../cli/arguments.ts";
import { explain, UsageError } from "../../cli/exit.ts";
import { commands, main, type Terminal } from "../../cli/main.ts";
import { at, clean, Print, short } from "../../cli/print.ts";
import { barOf } from "../../cli/progress.ts";
import { table, widthOf } from "../../cli/table.ts";
import { SourceError } from "../../shared/errors.ts";

async function hermes(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: string[][] = [[], []];
  const terminal: Terminal = {
    write: (text) => out?.push(text),
    writeError: (text) => error?.push(text),
    writeProgress: null,
    colour: false,
    width: null,
    signal: new AbortController().signal,
  };
  const code = await main(args, terminal);
  return { code, out: (out ?? []).join("\n"), error: (error ?? []).join("\n") };
}

Deno.test("hermes without a command shows what there is, as wrong use; --help shows it as asked for", async () => {
  const { code, out } = await hermes();
  assertEquals(code, 2);
  for (const { name } of commands) assertStringIncludes(out, `  ${name} `);
  assertStringIncludes(out, "  doctor ");
  assertEquals((await hermes("--help")).code, 0);
  assertEquals((await hermes("-h")).out, out);
});

Deno.test("every command has help with its options and at least one example", async () => {
  for (const { name, examples, options } of commands) {
    const { code, out } = await hermes(...name.split(" "), "--help");
    assertEquals(code, 0);
    assert(examples.length > 0, name);
    for (const [line] of examples) {
      assertStringIncludes(out, line);
      assert(line.startsWith("hermes "), line);
    }
    for (const option of Object.keys({ ...options, json: 0, lang: 0 })) {
      assertStringIncludes(out, `--${option}`);
    }
  }
});

Deno.test("the examples of every command are lines that it understands", () => {
  for (const { examples } of commands) {
    for (const [line] of examples) {
      const args = line.replace(/ \|.*$/, "").split(" ").slice(1);
      const command = findCommand(commands, args);
      const given = readGiven({ ...command, options: { ...command.options, json: { help: "" } } }, args);
      assertEquals(given.words.length >= command.words.min, true, line);
    }
  }
});

Deno.test("--version says which Hermes it is", async () => {
  const { code, out } = await hermes("--version");
  assertEquals(code, 0);
  assertMatch(out, /^hermes /);
});

const misuses: [string[], RegExp][] = [
  [["retyr", "X"], /no command "retyr"; did you mean "retry"\?/],
  [["sattus"], /did you mean "status"\?/],
  [["xyzzy"], /there is no command "xyzzy"$/m],
  [["dead"], /needs one of: dead list, dead show, dead redrive, dead drop/],
  [["dead", "lsit"], /did you mean "dead list"\?/],
  [["shops", "unblok", "NT1"], /did you mean "shops unblock"\?/],
  [["dead", "redrive", "--rat=5"], /no option --rat; did you mean "--rate"\?/],
  [["dead", "redrive"], /Give a condition, or --all/],
  [["dead", "drop"], /Give a condition, or --all/],
  [["dead", "redrive", "--all", "--rate=x"], /--rate=x: must be a whole number/],
  [["dead", "redrive", "--group=x", "--shop=y"], /--group takes no other condition/],
  [["dead", "list", "--older-than=soon"], /must be a span of time such as 90s/],
  [["dead", "list", "--reason=refusd"], /did you mean "refused"\?/],
  [["dead", "list", "--type"], /--type/],
  [["why"], /"hermes why" takes CODE, not nothing/],
  [["why", "A", "B"], /takes CODE, not "A B"/],
  [["status", "now"], /takes no words/],
  [["pause", "hoa_dn"], /no document type: .*did you mean "hoa_don"\?/],
  [["report", "--day=2026-02-30"], /must be a day/],
  [["report", "--by=day"], /must be shop, type/],
  [["status", "--lang=fr"], /must be vi, en, both/],
];
for (const [args, words] of misuses) {
  Deno.test(`hermes ${args.join(" ")} is wrong use: one sentence, where to look, exit code 2`, async () => {
    const { code, error } = await hermes(...args);
    assertEquals(code, 2);
    assertMatch(error, words);
    assertMatch(error, /^Try: hermes .*--help$/m);
  });
}

Deno.test("a command finds its own words: two first, then one; values of options do not confuse it", () => {
  assertEquals(findCommand(commands, ["dead", "list", "--limit", "3"]).name, "dead list");
  assertEquals(findCommand(commands, ["shops"]).name, "shops");
  assertEquals(findCommand(commands, ["shops", "unblock", "NT1"]).name, "shops unblock");
  assertEquals(findCommand(commands, ["status", "--lang", "vi"]).name, "status");
  assertThrows(() => findCommand(commands, ["--json"]), UsageError);
});

Deno.test("a service that cannot be reached is one sentence with its address, without secrets, and exit code 3", () => {
  const away = new SourceError("SQL Server, counting", {
    cause: new Error("connect ECONNREFUSED 10.0.0.1:1433"),
  });
  const { text, code } = explain(away, null);
  assertEquals(code, 3);
  assertEquals(text, "SQL Server cannot be reached: counting: connect ECONNREFUSED 10.0.0.1:1433");
  assertEquals(explain(new SourceError("x", { number: 208 }), null).code, 1);
  const redis = new Error("Stream isn't writeable and enableOfflineQueue options is false");
  assertEquals(explain(redis, null), { text: "Redis cannot be reached: no connection", code: 3 });
});

Deno.test("a table is as wide as its cells, numbers stand right, and Vietnamese letters count once", () => {
  const columns = [{ title: "tên" }, { title: "n", align: "right" as const }];
  const rows = [["Hoạt huyết".normalize("NFD"), "5"], ["B", "1200"]];
  assertEquals(table(columns, rows, { width: null }), [
    "tên            n",
    "Hoạt huyết     5",
    "B           1200",
  ]);
  assertEquals(widthOf("ệ".normalize("NFD")), 1);
});

Deno.test("a table is cut to the terminal, and a document's text cannot steer it", () => {
  const lines = table([{ title: "words" }], [["\x1b[31mred\nnew line" + "x".repeat(99)]], { width: 20 });
  assert(lines.every((line) => widthOf(line) <= 20));
  assert(lines.every((line) => !line.includes("\x1b") && !line.includes("\n")));
  assertEquals(clean("a\x07\u009bb"), "a b");
});

Deno.test("sentences are written in the language asked for, and coloured only where that is wanted", () => {
  const words = { vi: "Xong.", en: "Done." };
  const written = (language: "vi" | "en" | "both", colour: boolean) => {
    const lines: string[] = [];
    new Print({ json: false, language, colour, width: null, write: (text) => lines.push(text) }).words(words);
    return lines;
  };
  assertEquals(written("vi", true), ["Xong."]);
  assertEquals(written("en", false), ["Done."]);
  assertEquals(written("both", false), ["Xong.", "Done."]);
  assertStringIncludes(written("both", true)[1] ?? "", "\x1b[90m");
});

Deno.test("times and spans are short, and nothing is a dash", () => {
  assertEquals([short(null), short(350), short(12_400), short(300_000), short(3 * 3_600_000)], [
    "-",
    "350 ms",
    "12 s",
    "5 min",
    "3 h",
  ]);
  assertMatch(at(Date.UTC(2026, 10, 22)), /^2026-11-2[12] \d\d:\d\d:\d\d$/);
  assertEquals(at(null), "-");
});

Deno.test("a progress bar fills up", () => {
  assertEquals(barOf({ done: 0, total: 10 }), `[${" ".repeat(30)}]   0/10`);
  assertEquals(barOf({ done: 10, total: 10 }), `[${"#".repeat(30)}]  10/10`);
  assertEquals(barOf({ done: 0, total: 0 }), `[${"#".repeat(30)}]  0/0`);
});
