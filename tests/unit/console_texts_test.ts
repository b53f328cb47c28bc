// The console's words: both languages say the same, in the language that the browser asks for, with numbers as people write them.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Page } from "../../console/page.ts";
import { languageOf, sayIn } from "../../console/say.ts";
import { texts } from "../../console/texts.ts";

/** Texts whose names are put together where they are used. */
const byPrefix =
  /^(severity|kind|flight|retry|from|phieu|hoa|done|was|ask|means|do|breaker|path|job)_|^(overview|failures|dead|documents|shops|workers|actions)$/;

Deno.test("every text of the console has words in both languages, with the same values in them", () => {
  for (const [name, [vi, en]] of Object.entries(texts)) {
    assert(vi.trim() !== "" && en.trim() !== "", name);
    assertEquals(valuesIn(vi), valuesIn(en), `values of ${name}`);
  }
});

Deno.test("every text of the console is used", async () => {
  const folder = fileURLToPath(new URL("../../console/", import.meta.url));
  const code = await textOfAll(folder);
  const names = Object.keys(texts).filter((name) => !byPrefix.test(name));
  assertEquals(names.filter((name) => !new RegExp(`["\`]${name}["\`]|\\b${name}:`).test(code)), []);
});

Deno.test("languageOf() follows the choice, then the browser, then speaks Vietnamese", () => {
  const cases: [string | undefined, string | undefined, string][] = [
    ["en", "vi", "en"],
    ["vi", "en", "vi"],
    ["fr", "en-US,en;q=0.9,vi;q=0.8", "en"],
    [undefined, "vi-VN,vi;q=0.9,en;q=0.8", "vi"],
    [undefined, "fr,en;q=0.3,vi;q=0.7", "vi"],
    [undefined, "en;q=0", "vi"],
    [undefined, "de-DE", "vi"],
    [undefined, undefined, "vi"],
    [undefined, ";;q=,,,=1", "vi"],
  ];
  for (const [chosen, accept, language] of cases) assertEquals(languageOf(chosen, accept), language, accept);
});

Deno.test("say() writes numbers as the language does, and one as one", () => {
  const say = { vi: sayIn("vi"), en: sayIn("en") };
  assertEquals(say.en("failures_about", { n: 1, groups: 1 }), "1 failed document, by 1 cause.");
  assertEquals(say.en("failures_about", { n: 12_345, groups: 2 }), "12,345 failed documents, by 2 causes.");
  assertEquals(
    say.vi("failures_about", { n: 12_345, groups: 2 }),
    "12.345 chứng từ thất bại, gộp theo 2 nguyên nhân.",
  );
  assertEquals([say.en("hours", { n: 1 }), say.en("hours", { n: 6 })], ["1 hour", "6 hours"]);
});

Deno.test("say() takes a value for text, whatever stands in it", () => {
  assertMatch(
    sayIn("en")("why_none", { code: "{why} {n|a|b} $&" }),
    /^Nothing is known of \{why\} \{n\|a\|b\} \$&:/,
  );
});

Deno.test("a page tells times in Vietnam, with the date when it is another day", () => {
  const nowMs = Date.UTC(2026, 10, 22, 3, 4, 5);
  const page = pageAt(nowMs, "en");
  assertEquals(page.moment(nowMs), "10:04:05");
  assertEquals(page.moment(nowMs - 86_400_000), "21/11/2026 10:04:05");
  // Half past eleven in the evening there, of the day before here.
  assertEquals(page.moment(Date.UTC(2026, 10, 21, 16, 30)), "21/11/2026 23:30:00");
  assertEquals([page.when(nowMs - 65_000), page.when(nowMs + 40_000)], ["1 min 5 s ago", "in 40 s"]);
  assertEquals([page.when(nowMs - 300), page.next(nowMs + 300), page.next(nowMs - 5_000)], [
    "just now",
    "now",
    "now",
  ]);
  assertEquals([page.span(350), page.span(3_249), page.span(75_000)], ["350 ms", "3.2 s", "1 min 15 s"]);
  assertEquals(pageAt(nowMs, "vi").span(3_249), "3,2 giây");
});

function pageAt(nowMs: number, language: "vi" | "en"): Page {
  const user = { name: "Lan", role: "reader" as const };
  return new Page({ language, user, asksPassword: true, csrf: "", path: "/", notice: null, nowMs });
}

function valuesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ""))].sort();
}

async function textOfAll(folder: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) texts.push(await textOfAll(`${folder}${name}/`));
    else if (name.endsWith(".ts") && !name.startsWith("texts")) {
      texts.push(await Deno.readTextFile(folder + name));
    }
  }
  return texts.join("\n");
}
