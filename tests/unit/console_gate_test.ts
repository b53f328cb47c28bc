// What stands before the console's pages: who is let in, for how long, and which requests are believed.
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { type FakeConsole, fakeConsole } from "../support/console.ts";
import { Visitor } from "../support/console_visitor.ts";

const passwords = { password: "may act 1", readonlyPassword: "may look 1" };
const pages = [
  ...["/", "/failures", "/failures/refused-1f0a", "/dead", "/dead/hoa_don/1763800000000-1", "/documents"],
  ...[
    "/documents?code=HD1",
    "/shops",
    "/workers",
    "/actions",
    "/jobs/x",
    "/do/pause?type=hoa_don",
    "/nothing",
  ],
];

Deno.test("every answer forbids foreign scripts, frames, sniffing and keeping", async () => {
  const console = fakeConsole();
  for (const path of [...pages, "/login"]) {
    const { headers } = await console.get(path);
    const policy = headers.get("content-security-policy") ?? "";
    assertMatch(
      policy,
      /default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'/,
      path,
    );
    assert(!policy.includes("unsafe"), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("x-frame-options"), "DENY");
    assertEquals(headers.get("referrer-policy"), "same-origin");
    assertEquals(headers.get("cache-control"), "no-store", path);
  }
});

Deno.test("no page has a script, a style or a handler in it, for none would be run", async () => {
  const console = fakeConsole();
  for (const path of pages) {
    const text = await (await console.get(path)).text();
    assert(!/<script(?![^>]* src=)|<style|\sstyle=|<[^>]*\son\w+=|javascript:/i.test(text), path);
  }
});

Deno.test("without credentials nothing is shown, at any address", async () => {
  const console = fakeConsole(passwords);
  for (const path of pages) {
    const response = await console.get(path);
    assertEquals(response.status, 303, path);
    assertMatch(response.headers.get("location") ?? "", /^\/login/);
    assertEquals(await response.text(), "");
  }
  for (const path of ["/live/overview", "/live/workers", "/live/jobs/x"]) {
    assertEquals((await console.get(path)).status, 401, path);
  }
  const acted = await console.post("/do/pause", { type: "hoa_don" });
  assertEquals([acted.status, console.done.length], [303, 0]);
  const login = await (await console.get("/login")).text();
  assert(!/HD25|CH0|may-chu/.test(login), login);
});

Deno.test("a login gives a session of its own, which a script cannot read and other sites do not send", async () => {
  const visitor = new Visitor(fakeConsole(passwords));
  await visitor.get("/login?to=%2Fdead%3Ftype%3Dhoa_don");
  const guest = visitor.cookies.get("hermes_guest");
  assertStringIncludes(visitor.page, `name="to" value="/dead?type=hoa_don"`);
  const entered = await visitor.post("/login", {
    name: "Lan",
    password: passwords.password,
    to: "/dead?type=hoa_don",
  });
  assertEquals([entered.status, entered.headers.get("location")], [303, "/dead?type=hoa_don"]);
  const cookie = entered.headers.getSetCookie().find((line) => line.startsWith("hermes_session=")) ?? "";
  assertMatch(cookie, /^hermes_session=[0-9a-f]{64}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  assertNotEquals(visitor.cookies.get("hermes_session"), guest);
  assertEquals((await visitor.get("/dead")).status, 200);
  assertStringIncludes(visitor.page, "Lan");
});

Deno.test("behind a proxy that speaks TLS, the session travels only so", async () => {
  const visitor = new Visitor(fakeConsole(passwords), { "x-forwarded-proto": "https" });
  const entered = await visitor.logIn(passwords.password);
  assert(entered.headers.getSetCookie().some((line) => /^hermes_session=.*; Secure/.test(line)));
});

Deno.test("a log out ends the session on the server, too", async () => {
  const visitor = new Visitor(fakeConsole(passwords));
  await visitor.logIn(passwords.password);
  const kept = new Map(visitor.cookies);
  await visitor.get("/");
  assertEquals((await visitor.post("/logout", {})).headers.get("location"), "/login");
  for (const [name, value] of kept) visitor.cookies.set(name, value);
  assertEquals((await visitor.get("/")).status, 303);
  assertEquals((await visitor.get("/login")).status, 200);
  assertStringIncludes(visitor.page, "Phiên đã hết");
});

Deno.test("a session ends after four quiet hours, and twelve hours after its login", async () => {
  let nowMs = 1_000_000;
  const console = fakeConsole({ ...passwords, nowMs: () => nowMs });
  const hourMs = 3_600_000;
  const quiet = new Visitor(console);
  await quiet.logIn(passwords.password);
  nowMs += 4 * hourMs + 1;
  assertEquals((await quiet.get("/")).status, 303);
  const busy = new Visitor(console);
  await busy.logIn(passwords.password);
  for (const hours of [3, 3, 3, 2.9]) {
    nowMs += hours * hourMs;
    assertEquals((await busy.get("/")).status, 200);
  }
  nowMs += 0.2 * hourMs;
  assertEquals((await busy.get("/")).status, 303);
});

Deno.test("a page that is only left open does not keep its session alive", async () => {
  let nowMs = 1_000_000;
  const console = fakeConsole({ ...passwords, nowMs: () => nowMs });
  const visitor = new Visitor(console);
  await visitor.logIn(passwords.password);
  nowMs += 3_600_000 * 3.9;
  const stream = await visitor.get("/live/overview");
  assertEquals(stream.status, 200);
  console.stop();
  await stream.body?.cancel();
  nowMs += 3_600_000 * 0.2;
  assertEquals((await visitor.get("/live/overview")).status, 401);
});

Deno.test("a POST needs the token of its own session", async () => {
  const console = fakeConsole(passwords);
  const [visitor, other] = [new Visitor(console), new Visitor(console)];
  await visitor.logIn(passwords.password);
  await other.logIn(passwords.password, "Minh");
  await other.get("/");
  const foreign = /name="csrf" value="(\w+)"/.exec(other.page)?.[1] ?? "";
  for (const csrf of ["", "x", foreign, foreign.slice(1)]) {
    const response = await visitor.post("/do/pause", { type: "hoa_don", csrf });
    assertEquals(response.status, 403, csrf);
  }
  assertEquals(
    (await new Visitor(console).post("/login", { name: "a", password: passwords.password })).status,
    403,
  );
  assertEquals(console.done, []);
});

Deno.test("a POST from a page of another site is refused, even with the token", async () => {
  const console = fakeConsole();
  const visitor = new Visitor(console);
  const from = async (headers: Record<string, string>) => {
    await visitor.get("/do/pause?type=hoa_don");
    return (await visitor.post("/do/pause", { type: "hoa_don" }, headers)).status;
  };
  assertEquals(await from({ "sec-fetch-site": "cross-site" }), 403);
  assertEquals(await from({ "sec-fetch-site": "same-site" }), 403);
  assertEquals(await from({ origin: "http://evil.example" }), 403);
  assertEquals(await from({ origin: "null" }), 403);
  assertEquals(console.done, []);
  assertEquals(await from({ origin: "http://localhost" }), 303);
  assertEquals(await from({ "sec-fetch-site": "same-origin", origin: "https://proxy.example" }), 303);
  assertEquals(console.done, ["local (console): pause hoa_don", "local (console): pause hoa_don"]);
});

Deno.test("a reader sees every page and can do nothing", async () => {
  const console = fakeConsole(passwords);
  const visitor = new Visitor(console);
  await visitor.logIn(passwords.readonlyPassword, "Thu");
  for (const path of pages.filter((path) => !path.startsWith("/do/") && path !== "/nothing")) {
    assertEquals((await visitor.get(path)).status, 200, path);
    assert(!visitor.page.includes("/do/"), path);
  }
  assertEquals((await visitor.get("/do/pause?type=hoa_don")).status, 403);
  await visitor.get("/");
  for (const name of ["pause", "resume", "scan", "retry", "redrive", "drop", "unblock"]) {
    const response = await visitor.post(`/do/${name}`, { type: "hoa_don", code: "x", shop: "x" });
    assertEquals(response.status, 403, name);
  }
  assertEquals((await visitor.post("/jobs/x/stop", {})).status, 403);
  assertEquals(console.done, []);
});

Deno.test("who guesses passwords has to wait, ever longer, and the right one does not help meanwhile", async () => {
  let nowMs = 1_000_000;
  const console = fakeConsole({ ...passwords, nowMs: () => nowMs });
  const visitor = new Visitor(console);
  const wrong = async () => (await visitor.logIn("wrong guess")).status;
  for (let at = 0; at < 5; at++) assertEquals(await wrong(), 401);
  assertEquals(await wrong(), 429);
  assertStringIncludes(visitor.page, "30 giây");
  assertEquals((await visitor.logIn(passwords.password)).status, 429);
  nowMs += 30_001;
  assertEquals([await wrong(), await wrong()], [401, 429]);
  nowMs += 60_001;
  assertEquals((await visitor.logIn(passwords.password)).status, 303);
  assertEquals(await new Visitor(console).logIn("wrong guess").then(({ status }) => status), 401);
  assert(console.log.some((line) => line.includes("console.refused") && line.includes("192.0.2.7")));
  assert(!console.log.join().includes("wrong guess"));
});

Deno.test("a login needs a name that can be recorded", async () => {
  const console = fakeConsole(passwords);
  for (const name of ["", "   ", "x".repeat(41), "a\nb", "a\u202eb"]) {
    assertEquals(
      (await new Visitor(console).logIn(passwords.password, name)).status,
      400,
      JSON.stringify(name),
    );
  }
});

Deno.test("a console without passwords answers to names of this machine alone", async () => {
  const open = fakeConsole();
  for (const host of ["localhost:8480", "127.0.0.1:1", "[::1]:8480", "localhost"]) {
    assertEquals((await open.get("/", { host })).status, 200, host);
  }
  for (const host of ["evil.example", "localhost.evil.example", "192.168.1.5:8480", ""]) {
    const response = await open.get("/", { host });
    assertEquals(response.status, 421, host);
    assert(!/HD25|CH0|may-chu/.test(await response.text()));
  }
  assertEquals((await fakeConsole(passwords).get("/login", { host: "hermes.example" })).status, 200);
});

Deno.test("no address leads out of the console", async () => {
  const console = fakeConsole(passwords);
  for (
    const to of [
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "\\\\evil",
      "javascript:1",
      "/a b",
    ]
  ) {
    const visitor = new Visitor(console);
    await visitor.get(`/login?${new URLSearchParams({ to })}`);
    const response = await visitor.post("/login", { name: "Lan", password: passwords.password, to });
    assertEquals(response.headers.get("location"), "/", to);
    await visitor.get("/do/scan?" + new URLSearchParams({ back: to }));
    assertStringIncludes(visitor.page, `href="/">`);
    assertEquals((await visitor.post("/do/scan", { back: to })).headers.get("location"), "/", to);
  }
  assertEquals((await fakeConsole().get("//evil.example/?lang=en")).headers.get("location"), "/");
});

Deno.test("the language stays as it was chosen", async () => {
  const visitor = new Visitor(fakeConsole(), { "accept-language": "vi" });
  const chosen = await visitor.get("/dead?type=hoa_don&lang=en");
  assertEquals(chosen.headers.get("location"), "/dead?type=hoa_don");
  assertMatch(chosen.headers.get("set-cookie") ?? "", /^hermes_language=en; .*HttpOnly; SameSite=Strict/);
  await visitor.get("/dead");
  assertStringIncludes(visitor.page, `<html lang="en">`);
  await visitor.get("/dead?lang=xx");
  assertStringIncludes(visitor.page, `<html lang="en">`);
});

Deno.test("bodies that are too large and methods that nobody uses are refused", async () => {
  const console = fakeConsole();
  assertEquals((await console.post("/do/scan", { back: "x".repeat(70_000) })).status, 413);
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    const response = await console.app.request("http://localhost/", {
      method,
      headers: { host: "localhost" },
    });
    assertEquals(response.status, 405, method);
  }
});

Deno.test("what fails is told in a sentence, logged, and shows no secret", async () => {
  const why = () => Promise.reject(new Error("connecting to mongodb://hermes:s3cret-word@mongo failed"));
  const console: FakeConsole = fakeConsole({ operator: { why } });
  const response = await console.get("/documents?code=HD1", { "accept-language": "en" });
  const text = await response.text();
  assertEquals(response.status, 500);
  assertStringIncludes(text, "That did not work");
  assert(!text.includes("s3cret-word") && !console.log.join().includes("s3cret-word"), text);
  assert(console.log.some((line) => line.includes("console.failed")));
});
