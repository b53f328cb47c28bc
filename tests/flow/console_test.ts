// The console in a real Chromium, on a running stack: every page opened and acted on, and what it says compared with the servers.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { makeRows } from "../../dev/samples/documents.ts";
import { seededRandom } from "../../dev/samples/random.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import { blockedShopsKey } from "../../shared/stream_keys.ts";
import { chromiumPath, overflowOf, type Page, type View, WatchedBrowser } from "../support/browser.ts";
import { goodDocuments, keysOf, rowsByCode } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

/** Without a browser these tests are ignored; CI installs one. */
const ignore = chromiumPath === null;
if (ignore) {
  console.log("There is no Chromium here, so the console is not tested in one: apt-get install chromium");
}

const deadlineMs = 60_000;
/** A folder for photographs of every page, to be looked at; without it none are taken, for they are half of the time. */
const shots = Deno.env.get("TEST_CONSOLE_SHOTS");
const blockedShop = "NT002";
const blockedAccount = "nhathuoc_doican";
/** A shop that is blocked alone has an account of its own (profile national), whose login is refused (dialect national). */
const mixedLoad = { profile: "national", dialect: "national", env: { LEASE_SECONDS: "2" } } as const;
const htmlCode = `<i onclick="x()">PN</i>&"1"`;
const refusal = "Mã thuốc <b>ABC</b> không tồn tại trong danh mục";
const views: readonly View[] = [
  { width: 1280, language: "vi" },
  { width: 1280, language: "en", dark: true },
  { width: 390, language: "vi", dark: true },
  { width: 390, language: "en" },
];

Deno.test({
  name: "the console in Chromium shows the truth on every page, in both languages, on a desk and on a phone",
  ignore,
  async fn() {
    await using stack = await startStack(mixedLoad);
    const origin = await startAll(stack);
    await using browser = await WatchedBrowser.start(origin);
    await standStill(stack);
    for (const view of views) {
      const visitor = await browser.visitor(view);
      const page = await visitor.newPage();
      for (const [name, path] of Object.entries(await pagesOf(stack))) {
        await page.goto(origin + path);
        await photograph(page, `${name}-${view.width}-${view.language}`);
        assertEquals(await overflowOf(page), 0, `${name} is wider than ${view.width} px`);
        assertEquals(await page.getAttribute("html", "lang"), view.language);
        assertEquals(await page.locator("main i, main b").count(), 0, `HTML of a document on ${name}`);
      }
      await overviewTellsTheTruth(stack, page, origin);
      await visitor.close();
    }
    await pagesTellTheTruth(stack, browser, origin);
    browser.assertQuiet();
  },
});

Deno.test({
  name: "what is done at the console in Chromium is done, live, and recorded with who did it",
  ignore,
  async fn() {
    await using stack = await startStack(mixedLoad);
    const origin = await startAll(stack);
    await using browser = await WatchedBrowser.start(origin);
    await standStill(stack);
    const visitor = await browser.visitor({ width: 390, language: "en" });
    const page = await visitor.newPage();

    await liveFiguresMove(stack, page, origin);
    await redriveOfACause(stack, page, origin);
    await oneLetterDropped(stack, page, origin);
    await shopUnblocked(stack, page, origin);
    await documentSentAgain(stack, page, origin);

    const done = await stack.mongo.collection("operator_actions").find().sort({ at: 1 }).toArray();
    assertEquals(new Set(done.map(({ who }) => who)), new Set(["local (console)"]));
    const names = done.map(({ action }) => action);
    for (const name of ["pause", "resume", "redrive", "drop", "unblock", "retry"]) {
      assert(names.includes(name), `${name} in ${names}`);
    }
    await page.goto(`${origin}/actions`);
    assertEquals(await page.locator(".table").last().locator("tbody tr").count(), done.length);
    browser.assertQuiet();
  },
});

Deno.test({
  name: "a console that other machines reach shows nothing without a password, and lets a reader only look",
  ignore,
  async fn() {
    await using stack = await startStack();
    await stack.insert(goodDocuments("hoa_don", 3));
    const passwords = { CONSOLE_PASSWORD: "duoc-thao-tac", CONSOLE_READONLY_PASSWORD: "chi-duoc-xem" };
    const origin = await originOf(stack, { CONSOLE_HOST: "0.0.0.0", ...passwords });
    await using browser = await WatchedBrowser.start(origin);
    const visitor = await browser.visitor({ width: 1280, language: "en" });
    const page = await visitor.newPage();
    for (const path of Object.values(await pagesOf(stack))) {
      await page.goto(origin + path);
      assertEquals(new URL(page.url()).pathname, "/login");
      assert(!/HOA_DON|NT00/.test(await page.content()), path);
    }
    const { CONSOLE_PASSWORD: full, CONSOLE_READONLY_PASSWORD: readonly } = passwords;
    await logIn(page, `${origin}/login?to=/documents`, { name: "Thu", password: readonly });
    assertEquals(page.url(), `${origin}/documents`);
    assertEquals(await page.getByText("HOA_DON-0001").count(), 1);
    await page.goto(origin);
    assertEquals(await page.locator('a[href^="/do/"]').count(), 0);
    await page.getByRole("button", { name: "Log out" }).click();
    await logIn(page, `${origin}/login?to=/`, { name: "Lan", password: full });
    await confirm(page, `${origin}/do/pause?type=hoa_don`, "Yes, pause");
    assertEquals(
      JSON.parse(await stack.redis.get(keysOf(stack, "hoa_don").paused) ?? "{}").by,
      "Lan (console)",
    );
    browser.assertQuiet();
  },
});

Deno.test("a console that other machines would reach does not start without a password", async () => {
  await using stack = await startStack();
  const { code } = await stack.startConsole({ CONSOLE_HOST: "0.0.0.0" }).stopped;
  assertEquals(code, 2);
});

async function photograph(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** The mixed load: an outage of one type, refused documents, a blocked shop, a killed worker; a console over it. */
async function startAll(stack: Stack): Promise<string> {
  await stack.fault([
    { kind: "outage", match: { type: "hoa_don" } },
    { kind: "refuse", match: { code: "PHIEU_NHAP-000[0-3]" }, message: refusal },
    { kind: "refuse", match: { login: true, account: blockedAccount }, message: "Sai mật khẩu" },
  ]);
  await stack.insert([
    ...documentTypes.flatMap((type) => goodDocuments(type, 15)),
    documentCalled(htmlCode),
  ]);
  stack.startScheduler();
  for (const type of documentTypes) stack.startWorker(type);
  const doomed = stack.startWorker("phieu_nhap");
  const origin = await originOf(stack);
  const { workers } = keysOf(stack, "phieu_nhap");
  await stack.waitFor(async () => await stack.redis.hlen(workers) === 2, {
    deadlineMs,
    what: "both workers of phieu_nhap to have said what they do",
  });
  await doomed.kill("SIGKILL");
  return origin;
}

async function originOf(stack: Stack, env: Record<string, string> = {}): Promise<string> {
  const { text } = await stack.startConsole(env).waitForEvent("console.listening", deadlineMs);
  return new URL(String(text).replace("0.0.0.0", "127.0.0.1")).origin;
}

function documentCalled(code: string): Sample {
  const rows = makeRows("phieu_nhap", { code, random: seededRandom(99), nowMs: Date.now() });
  return { ...rows, code, flaw: null, expected: "SYNC_SUCCESS" };
}

/** Waits until everything is either done or held up for good. */
async function standStill(stack: Stack): Promise<void> {
  const isStill = async () => {
    const counts = await stack.counts();
    const isBlocked = await stack.redis.hexists(blockedShopsKey(stack.settings.redis.keyPrefix), blockedShop);
    const waiting = (await stack.rows("phieu_nhap")).filter(({ status, shop }) =>
      status === "PENDING_SYNC" && shop !== blockedShop
    );
    return isBlocked === 1 && waiting.length === 0 && counts.hoa_don.inStream > 0 &&
      counts.phieu_nhap.dead > 0 &&
      counts.phieu_nhap.inStream === 0;
  };
  await stack.waitFor(isStill, { deadlineMs, what: "the load to stand still" });
  // And stays so, however long the looking takes.
  const key = blockedShopsKey(stack.settings.redis.keyPrefix);
  const block = JSON.parse(await stack.redis.hget(key, blockedShop) ?? "{}");
  await stack.redis.hset(key, blockedShop, JSON.stringify({ ...block, until: Date.now() + 3_600_000 }));
}

/** One address of each page, with something on it. */
async function pagesOf(stack: Stack): Promise<Record<string, string>> {
  const [letter] = await stack.redis.xrange(keysOf(stack, "phieu_nhap").dead, "-", "+", "COUNT", 1);
  const code = (text: string) => `/documents?${new URLSearchParams({ code: text })}`;
  return {
    ...{ overview: "/", overview_day: "/?hours=24", failures: "/failures", dead: "/dead" },
    ...{ letter: `/dead/phieu_nhap/${letter?.[0]}`, documents: "/documents", why: code("PHIEU_NHAP-0000") },
    ...{ why_html: code(htmlCode), why_none: code("NO-SUCH-CODE"), shops: "/shops", workers: "/workers" },
    ...{ actions: "/actions", confirm: "/do/redrive?type=phieu_nhap&back=/dead" },
  };
}

async function overviewTellsTheTruth(stack: Stack, page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  const counts = await stack.counts();
  for (const type of documentTypes) {
    const { PENDING_SYNC, inStream, dead } = counts[type];
    const figures = await figuresOf(page, type);
    assertEquals([figures[0], figures[1], figures[4]], [PENDING_SYNC, inStream, dead], type);
  }
}

/** Pending, stream, in call, done, dead. */
async function figuresOf(page: Page, type: DocumentType): Promise<number[]> {
  const figures = await page.locator(`[data-live="${type}"] .figure`).allTextContents();
  return figures.map((text) => Number(text.replace(/[.,+\s]/g, "")));
}

async function pagesTellTheTruth(stack: Stack, browser: WatchedBrowser, origin: string): Promise<void> {
  const visitor = await browser.visitor({ width: 1280, language: "en" });
  const page = await visitor.newPage();
  const mainOf = async (path: string) => {
    await page.goto(origin + path);
    return await page.locator("main").innerText();
  };
  const refused = (await stack.rows("phieu_nhap")).filter(({ status }) => status === "SYNC_FAILED");
  assertEquals(refused.length, 4);
  const failures = await mainOf("/failures");
  assertStringIncludes(failures, "không tồn tại");
  assertMatch(failures, /^4 failed documents, by 1 cause\.$/m);
  assertEquals(await page.locator("main article").count(), 1);
  await mainOf("/dead");
  assertEquals(await page.locator("tbody tr").count(), 4);
  const why = await mainOf("/documents?code=PHIEU_NHAP-0000");
  assertStringIncludes(why, refusal);
  assertStringIncludes(why, "SYNC_FAILED");
  const html = await mainOf(`/documents?${new URLSearchParams({ code: htmlCode })}`);
  assertStringIncludes(html, htmlCode);
  const national = (await rowsByCode(stack)).get(htmlCode)?.national_code;
  assertStringIncludes(html, national ?? "no national code");
  await mainOf("/shops");
  assertEquals(
    await page.locator("tr", { hasText: blockedShop }).getByRole("link", { name: "Unblock" }).count(),
    1,
  );
  // Between two probes, that is: while one is out the page says so.
  await stack.waitFor(async () => /silent[^]*Partner does not answer/.test(await mainOf("/workers")), {
    deadlineMs,
    what: "the workers' page to tell of a silent worker and of a partner that does not answer",
  });
  await visitor.close();
}

/** A type is paused and resumed, and the overview that is open elsewhere follows by itself. */
async function liveFiguresMove(stack: Stack, page: Page, origin: string): Promise<void> {
  const watching = await page.context().newPage();
  await watching.goto(origin);
  await page.goto(origin);
  await page.locator('[data-live="phieu_xuat"]').getByRole("link", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Yes, pause" }).click();
  await page.getByText("Goods issue slips: paused.").waitFor();
  assertEquals(await stack.redis.exists(keysOf(stack, "phieu_xuat").paused), 1);
  const card = watching.locator('[data-live="phieu_xuat"]');
  await card.getByText("Paused by local (console)").waitFor();
  await stack.insert(goodDocuments("phieu_xuat", 3, 500));
  await stack.waitFor(
    async () => (await figuresOf(watching, "phieu_xuat"))[1] === await inStream(stack, "phieu_xuat"),
    {
      deadlineMs,
      what: "the live figure to follow the stream",
    },
  );
  await confirm(page, `${origin}/do/resume?type=phieu_xuat`, "Yes, resume");
  await card.getByText("Paused by").waitFor({ state: "detached" });
  assertEquals(await stack.redis.exists(keysOf(stack, "phieu_xuat").paused), 0);
  await watching.close();
}

async function inStream(stack: Stack, type: DocumentType): Promise<number> {
  return await stack.redis.xlen(keysOf(stack, type).stream);
}

/** The partner has learnt the drug; the cause is sent again, and its documents are synced. */
async function redriveOfACause(stack: Stack, page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/dead?code=PHIEU_NHAP-0003`);
  assertEquals(await page.locator("tbody tr").count(), 1);
  await page.goto(`${origin}/failures`);
  await page.locator("main article").getByRole("link", { name: "Send again" }).click();
  await page.getByText(/^\d documents?: \d rows? will be set back/).waitFor();
  await stack.control("partner", "DELETE faults");
  await page.locator('input[name="rate"]').fill("100");
  await page.getByRole("button", { name: "Yes, send again" }).click();
  await page.getByText(/^Done: 4 rows set back/).waitFor();
  const synced = async () => {
    const rows = await rowsByCode(stack);
    return ["0000", "0001", "0002", "0003"].every((number) =>
      rows.get(`PHIEU_NHAP-${number}`)?.status === "SYNC_SUCCESS"
    );
  };
  await stack.waitFor(synced, { deadlineMs, what: "the redriven documents to be synced" });
  assertEquals(await stack.redis.xlen(keysOf(stack, "phieu_nhap").dead), 0);
}

async function oneLetterDropped(stack: Stack, page: Page, origin: string): Promise<void> {
  await stack.fault({ kind: "refuse", match: { code: "PHIEU_XUAT-09" }, message: refusal });
  await stack.insert(goodDocuments("phieu_xuat", 2, 900));
  const { dead } = keysOf(stack, "phieu_xuat");
  await stack.waitFor(async () => await stack.redis.xlen(dead) === 2, {
    deadlineMs,
    what: "two dead letters",
  });
  await page.goto(`${origin}/dead?type=phieu_xuat`);
  await page.getByRole("link", { name: "PHIEU_XUAT-0901" }).click();
  await page.getByText('"ma_phieu":"PHIEU_XUAT-0901"').waitFor();
  await page.getByRole("link", { name: "Drop" }).click();
  await page.getByText("1 letter will be removed for good.").waitFor();
  await page.getByRole("button", { name: "Yes, drop" }).click();
  await page.getByText("No longer a dead letter").waitFor();
  assertEquals(await stack.redis.xlen(dead), 1);
  assertEquals((await rowsByCode(stack)).get("PHIEU_XUAT-0901")?.status, "SYNC_FAILED");
}

async function shopUnblocked(stack: Stack, page: Page, origin: string): Promise<void> {
  const key = blockedShopsKey(stack.settings.redis.keyPrefix);
  await stack.redis.hset(
    key,
    "NT009",
    JSON.stringify({ until: Date.now() + 600_000, seconds: 600, why: "<b>sai</b>" }),
  );
  await page.goto(`${origin}/shops`);
  const row = page.locator("tr", { hasText: "NT009" });
  assertStringIncludes(await row.innerText(), "<b>sai</b>");
  await row.getByRole("link", { name: "Unblock" }).click();
  await page.getByRole("button", { name: "Yes, unblock" }).click();
  await page.getByText("Shop NT009 is not blocked any more.").waitFor();
  assertEquals(await stack.redis.hexists(key, "NT009"), 0);
}

async function documentSentAgain(stack: Stack, page: Page, origin: string): Promise<void> {
  await stack.control("partner", "DELETE faults");
  await page.goto(`${origin}/documents`);
  await page.getByLabel("Find by document code").fill("PHIEU_XUAT-0901");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("link", { name: "Send again now" }).click();
  await page.getByRole("button", { name: "Yes, send again now" }).click();
  await page.getByText("PHIEU_XUAT-0901: set back to PENDING_SYNC").waitFor();
  const synced = async () => (await rowsByCode(stack)).get("PHIEU_XUAT-0901")?.status === "SYNC_SUCCESS";
  await stack.waitFor(synced, { deadlineMs, what: "the document to be synced" });
  await page.goto(`${origin}/documents?code=PHIEU_XUAT-0901`);
  await page.getByText("It is synced; its national code is").waitFor();
}

async function confirm(page: Page, address: string, button: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: button }).click();
  await page.locator(".notice.done").waitFor();
}

async function logIn(
  page: Page,
  address: string,
  { name, password }: { name: string; password: string },
): Promise<void> {
  await page.goto(address);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("nav").waitFor();
}
