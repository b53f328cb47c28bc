// The console's pages: each in both languages, with one of everything on it, with nothing, and with servers that do not answer.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { indented } from "../../console/pages/dead.ts";
import { fakeConsole } from "../support/console.ts";
import { calmStatus, darkStatus, nasty } from "../support/console_facts.ts";
import { Visitor } from "../support/console_visitor.ts";

const pages = [
  ...["/", "/failures", "/failures/used-up-22", "/dead", "/dead/hoa_don/1763800000000-2", "/documents"],
  ...[
    "/documents?code=HD1",
    `/documents?${new URLSearchParams({ code: nasty })}`,
    "/shops",
    "/workers",
    "/actions",
  ],
];

Deno.test("HTML in what people wrote shows as text on every page", async () => {
  const visitor = new Visitor(fakeConsole());
  for (const path of [...pages, `/do/retry?${new URLSearchParams({ code: nasty })}`]) {
    await visitor.get(path);
    assert(!/<img|<b>/.test(visitor.page), path);
    if (path !== "/workers") assertStringIncludes(visitor.page, "&lt;img src=x", path);
  }
});

Deno.test("every page is in the language that was asked for, and says which", async () => {
  const console = fakeConsole();
  for (const path of pages) {
    const [vi, en] = [await textOf(path, "vi"), await textOf(path, "en")];
    assertMatch(vi, /<html lang="vi">[^]*Tổng quan[^]*Giờ Việt Nam/, path);
    assertMatch(en, /<html lang="en">[^]*Overview[^]*Times are Vietnam/, path);
  }
  async function textOf(path: string, language: string) {
    return await (await console.get(path, { "accept-language": language })).text();
  }
});

Deno.test("every point of the navigation leads to a page that says where one is", async () => {
  const visitor = new Visitor(fakeConsole());
  await visitor.get("/");
  const points = [...visitor.page.matchAll(/<nav>[^]*?<\/nav>/g)].join("").matchAll(/href="([^"]+)"/g);
  const paths = [...points].map(([, path = ""]) => path);
  assertEquals(paths.length, 7);
  for (const path of paths) {
    assertEquals((await visitor.get(path)).status, 200, path);
    assertMatch(visitor.page, new RegExp(`href="${path}"\\s+aria-current="page"`), path);
  }
});

Deno.test("the overview shows the figures of each type, and what stands out first", async () => {
  const visitor = new Visitor(fakeConsole(), { "accept-language": "en" });
  await visitor.get("/");
  assertEquals(figuresOf(visitor.page, "phieu_nhap"), ["12", "8", "5", "42", "3"]);
  assertEquals(figuresOf(visitor.page, "hoa_don"), ["100,000+", "10,000", "0", "18", "37"]);
  assertMatch(visitor.page, /The partner does not answer[^]*phieu_xuat is paused[^]*Purchase receipts/);
  assertMatch(visitor.page, /Goods issue slips[^]*Paused by lan \(console\)[^]*Resume/);
  assertStringIncludes(visitor.page, "<svg viewBox");
});

Deno.test("the overview says so when everything is in order", async () => {
  const console = fakeConsole({ operator: { status: () => Promise.resolve(calmStatus(Date.now())) } });
  assertStringIncludes(
    await (await console.get("/", { "accept-language": "en" })).text(),
    "Everything is in order.",
  );
});

Deno.test("what cannot be read is a dash, not a zero", async () => {
  const console = fakeConsole({
    operator: { status: () => Promise.resolve(darkStatus(Date.now())) },
    history: () => Promise.reject(new Error("no MongoDB")),
  });
  const visitor = new Visitor(console, { "accept-language": "en" });
  await visitor.get("/");
  assertEquals(figuresOf(visitor.page, "hoa_don"), ["—", "—", "—", "—", "—"]);
  assertStringIncludes(visitor.page, "The figures could not be read from MongoDB: no MongoDB");
  assert(!visitor.page.includes("No worker"), "nobody knows whether there are workers");
  await visitor.get("/workers");
  assertStringIncludes(visitor.page, "Redis could not be asked: no connection");
});

Deno.test("every list that is empty says what that means", async () => {
  const nothing = { blocked: [], refusedAccounts: [] };
  const console = fakeConsole({
    operator: {
      pending: () => Promise.resolve({ documents: [], more: false, troubles: [] }),
      failures: () =>
        Promise.resolve({ groups: [], total: { count: 0, more: false }, from: "sqlserver", troubles: [] }),
      shops: () => Promise.resolve(nothing),
      actions: () => Promise.resolve([]),
      dead: {
        ...fakeConsole().parts.operator.dead,
        list: () => Promise.resolve({ letters: [], more: false }),
      },
    },
  });
  const visitor = new Visitor(console, { "accept-language": "en" });
  const words: [string, string][] = [
    ["/documents", "Nothing waits: every document has its result."],
    ["/documents?code=KHONG-CO", "Nothing is known of KHONG-CO"],
    ["/failures", "No document has failed."],
    ["/failures/gone", "This cause has no documents any more"],
    ["/dead", "There are no dead letters."],
    ["/dead?shop=x", "No dead letter matches the filter."],
    ["/dead/hoa_don/gone", "No longer a dead letter"],
    ["/shops", "No shop is blocked."],
    ["/actions", "Nobody has done anything yet."],
    ["/jobs/gone", "This job is not known"],
  ];
  for (const [path, text] of words) {
    await visitor.get(path);
    assertStringIncludes(visitor.page, text, path);
  }
});

Deno.test("a page without a server's answer shows the rest", async () => {
  const away = () => Promise.reject(new Error("MongoDB is away"));
  const visitor = new Visitor(fakeConsole({ operator: { report: away, actions: away } }));
  for (const path of ["/shops", "/actions"]) {
    assertEquals((await visitor.get(path)).status, 200, path);
    assertStringIncludes(visitor.page, "MongoDB is away");
  }
});

Deno.test("a filter of dead letters reaches the operator's function as it was chosen", async () => {
  const filters: unknown[] = [];
  const { dead } = fakeConsole().parts.operator;
  const list: typeof dead.list = (filter) => {
    filters.push(filter);
    return Promise.resolve({ letters: [], more: false });
  };
  const console = fakeConsole({ operator: { dead: { ...dead, list } } });
  await console.get("/dead?type=hoa_don&shop=CH01&older=2&code=&reason=refused");
  await console.get("/dead?type=what&older=-1");
  const given = filters.map((filter) => JSON.parse(JSON.stringify(filter)));
  assertEquals(given, [{ type: "hoa_don", shop: "CH01", reason: "refused", olderThanMs: 7_200_000 }, {}]);
});

Deno.test("what was sent is shown line by line, every figure as it is", () => {
  assertEquals(
    indented(`{"a":12.50,"b":[{"c":"x,{y}\\"]"},9007199254740993.25]}`),
    `{\n  "a":12.50,\n  "b":[\n    {\n      "c":"x,{y}\\"]"\n    },\n    9007199254740993.25\n  ]\n}`,
  );
  assertEquals(indented("no JSON ] }"), "no JSON \n] \n}");
});

/** The figures of a type's path: pending, stream, call, done, dead. */
function figuresOf(page: string, type: string): string[] {
  const part = page.split(`data-live="${type}"`)[1]?.split("</ol>")[0] ?? "";
  return [...part.matchAll(/class="figure">(?:<a[^>]*>)?([^<]*)/g)].map(([, figure = ""]) => figure);
}
