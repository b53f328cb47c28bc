// What can be done at the console: asked first, done once, by somebody with a name; and redrives that take their time.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Jobs, type JobWork } from "../../console/act/jobs.ts";
import { Fresh } from "../../console/fresh.ts";
import type { RedriveResult } from "../../shared/operator/types.ts";
import { fakeConsole } from "../support/console.ts";
import { Visitor } from "../support/console_visitor.ts";

const result: RedriveResult = {
  ...{ total: 3, redriven: 2, already: 1, left: 0, lettersRemoved: 3 },
  ...{ stopped: false, dryRun: false, recorded: true },
};

Deno.test("each action asks first, is done under the name of who did it, and tells what it came to", async () => {
  const cases: [ask: string, form: Record<string, string>, done: string, told: string][] = [
    ["/do/pause?type=hoa_don", { type: "hoa_don" }, "pause hoa_don", "Sales invoices: paused."],
    ["/do/resume?type=hoa_don", { type: "hoa_don" }, "resume hoa_don", "It is not in the journal"],
    ["/do/scan", {}, "scan", "Scanned: 9 found, 6 enqueued, 3 invalid."],
    ["/do/retry?code=HD1", { code: "HD1" }, "retry HD1", "HD1: set back to PENDING_SYNC"],
    ["/do/unblock?shop=CH07", { shop: "CH07" }, "unblock CH07", "Shop CH07 is not blocked any more."],
    ["/do/drop?type=hoa_don", { type: "hoa_don" }, `drop {"type":"hoa_don"}`, "12 letters dropped."],
  ];
  for (const [ask, form, done, told] of cases) {
    const console = fakeConsole({ password: "may act 1" });
    const visitor = new Visitor(console, { "accept-language": "en" });
    await visitor.logIn("may act 1", "Lan");
    await visitor.get(`${ask}${ask.includes("?") ? "&" : "?"}back=/workers`);
    assertStringIncludes(visitor.page, "Recorded in the journal as done by Lan (console).");
    assertEquals(console.done, [], "asking does nothing");
    const response = await visitor.post(ask.split("?")[0] ?? "", { ...form, ...fieldsOf(visitor.page) });
    assertEquals([response.status, response.headers.get("location")], [303, "/workers"], ask);
    assertEquals(console.done, [`Lan (console): ${done}`]);
    await visitor.get("/workers");
    assertStringIncludes(visitor.page, told);
    await visitor.get("/workers");
    assert(!visitor.page.includes(told), "it is told once");
  }
});

Deno.test("the question carries exactly the filter that the list was looked at with", async () => {
  const console = fakeConsole();
  const visitor = new Visitor(console, { "accept-language": "en" });
  await visitor.get("/dead?type=hoa_don&shop=CH+01&reason=&older=24");
  const link = /href="(\/do\/redrive[^"]+)"/.exec(visitor.page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  await visitor.get(link);
  const { csrf: _, rate, ...fields } = fieldsOf(visitor.page);
  const back = "/dead?type=hoa_don&shop=CH+01&reason=&older=24";
  assertEquals(fields, { type: "hoa_don", shop: "CH 01", older: "24", back });
  assertEquals(rate, "50");
  assertStringIncludes(visitor.page, "12 documents: 9 rows will be set back");
});

Deno.test("a filter that cannot be read is refused rather than widened", async () => {
  const console = fakeConsole();
  const visitor = new Visitor(console);
  await visitor.get("/do/drop");
  for (const form of [{ type: "what" }, { older: "x" }, { older: "0" }, { rate: "-1" }, { rate: "fast" }]) {
    assertEquals((await visitor.post("/do/drop", { ...form })).status, 400, JSON.stringify(form));
    assertEquals((await visitor.get(`/do/drop?${new URLSearchParams({ ...form })}`)).status, 400);
    await visitor.get("/do/drop");
  }
  for (const path of ["/do/pause", "/do/retry", "/do/unblock", "/do/what", "/do/toString"]) {
    assertEquals((await visitor.get(path)).status, 400, path);
  }
  assertEquals(console.done, []);
});

Deno.test("a redrive becomes a job, which shows how far it is and can be stopped", async () => {
  const { dead } = fakeConsole().parts.operator;
  const redrive: typeof dead.redrive = async (_filter, options = {}) => {
    if (options.dryRun) return { ...result, dryRun: true };
    options.onProgress?.({ done: 1, total: 3 });
    await new Promise((resolve) => options.signal?.addEventListener("abort", resolve));
    return { ...result, redriven: 1, stopped: true };
  };
  const console = fakeConsole({ operator: { dead: { ...dead, redrive } } });
  const visitor = new Visitor(console, { "accept-language": "en" });
  await visitor.get("/do/redrive?type=hoa_don");
  const started = await visitor.post("/do/redrive", { type: "hoa_don", rate: "50" });
  const address = started.headers.get("location") ?? "";
  assertMatch(address, /^\/jobs\/[0-9a-f-]+$/);
  await visitor.get(address);
  assertMatch(visitor.page, /started by local \(console\)[^]*value="33"[^]*1 of 3/);
  await visitor.get("/actions");
  assertStringIncludes(visitor.page, `href="${address}"`);
  await visitor.get(address);
  assertEquals((await visitor.post(`${address}/stop`, {})).headers.get("location"), address);
  await console.jobs.stop();
  await visitor.get(address);
  assertStringIncludes(visitor.page, "Stopped: 1 row set back. The rest can be sent again later.");
});

Deno.test("a redrive of a cause goes to that cause, at the rate that was asked for", async () => {
  const console = fakeConsole();
  const visitor = new Visitor(console);
  await visitor.get("/failures");
  const link = /href="(\/do\/redrive[^"]+)"/.exec(visitor.page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  await visitor.get(link);
  await visitor.post("/do/redrive", { ...fieldsOf(visitor.page) });
  await console.jobs.stop();
  assertEquals(console.done, ["local (console): redrive group refused-1f0a"]);
});

Deno.test("a job tells how it ended, also when it failed or found nothing", async () => {
  const ends: [JobWork, string][] = [
    [() => Promise.resolve(result), "done"],
    [() => Promise.resolve(null), "gone"],
    [() => Promise.reject(new Error("Redis is away")), "failed"],
  ];
  for (const [work, kind] of ends) {
    const jobs = new Jobs(() => 5);
    const job = jobs.start("Lan", work);
    await jobs.stop();
    assertEquals(jobs.find(job.id)?.end?.kind, kind);
  }
});

Deno.test("jobs that ended are forgotten before those that run", async () => {
  const jobs = new Jobs(() => 5);
  const running = jobs.start(
    "Lan",
    ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(null))),
  );
  for (let at = 0; at < 40; at++) {
    jobs.start("Lan", () => Promise.resolve(null));
    await Promise.resolve();
  }
  assert(jobs.list().length < 30, `${jobs.list().length} jobs`);
  assertEquals(jobs.find(running.id)?.end, null);
  await jobs.stop();
});

Deno.test("live pages are sent what has changed, and no more", async () => {
  const console = fakeConsole();
  const stream = await console.get("/live/overview?hours=6");
  assertEquals(stream.headers.get("content-type"), "text/event-stream");
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n\n")) text += (await reader.read()).value ?? "";
  const [event, data] = text.split("\n");
  assertEquals(event, "event: parts");
  const parts: Record<string, string> = JSON.parse(data?.slice("data: ".length) ?? "");
  assertEquals(Object.keys(parts), ["findings", "facts", "phieu_nhap", "phieu_xuat", "hoa_don", "charts"]);
  assertStringIncludes(parts.phieu_nhap ?? "", "back=%2F%3Fhours%3D6");
  console.stop();
  await reader.cancel();
});

Deno.test("a fresh reading is shared by all who ask within its time", async () => {
  let [nowMs, reads] = [0, 0];
  const fresh = new Fresh(() => Promise.resolve(++reads), { keepMs: 100, now: () => nowMs });
  assertEquals(await Promise.all([fresh.get(), fresh.get()]), [1, 1]);
  nowMs = 99;
  assertEquals(await fresh.get(), 1);
  fresh.forget();
  assertEquals(await fresh.get(), 2);
  nowMs = 300;
  assertEquals(await fresh.get(), 3);
});

/** What the form of a page holds. */
function fieldsOf(page: string): Record<string, string> {
  const inputs = page.split(`action="/do/`)[1]?.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g) ??
    [];
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, value?.replaceAll("&amp;", "&")]));
}
