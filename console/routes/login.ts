// Logging in and out.
import type { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { type ConsoleContext, type ConsoleEnv, localPath, pageOf, type Parts } from "../context.ts";
import type { Notice } from "../page.ts";
import { loginPage } from "../pages/login.ts";
import { enter, leave, sessionCookie } from "../security/gate.ts";
import { bareLayout } from "../view/layout.ts";

const nameMax = 40;

export function loginRoutes(app: Hono<ConsoleEnv>, parts: Parts): void {
  app.get("/login", (c) => {
    const to = localPath(c.req.query("to"));
    if (c.get("session").user) return c.redirect(to, 303);
    // Who brings the cookie of a session that is no more, was logged in.
    const wasIn = getCookie(c, sessionCookie) !== undefined;
    const notice: Notice | null = wasIn ? { kind: "problem", lines: [{ name: "session_over" }] } : null;
    return loginForm(c, parts, { to, name: "", notice });
  });
  app.post("/login", (c) => logIn(c, parts));
  app.post("/logout", (c) => {
    leave(c, parts);
    return c.redirect("/login", 303);
  });
}

async function logIn(c: ConsoleContext, parts: Parts): Promise<Response> {
  const { passwords, limit, log } = parts;
  const form = await c.req.parseBody();
  const to = localPath(text(form.to));
  const name = text(form.name).trim();
  const client = c.env?.remote ?? "";
  // From here to the verdict nothing is awaited: no second try slips in between.
  const pauseMs = limit.pauseMs(client);
  const again = (notice: Notice, status: 400 | 401 | 429) =>
    loginForm(c, parts, { to, name, notice }, status);
  if (pauseMs > 0) {
    const values = { span: pageOf(c, parts).span(Math.ceil(pauseMs / 1_000) * 1_000) };
    return await again({ kind: "problem", lines: [{ name: "too_many", values }] }, 429);
  }
  if (!isName(name)) return await again({ kind: "problem", lines: [{ name: "name_needed" }] }, 400);
  const role = passwords.roleOf(text(form.password));
  if (role === null) {
    limit.wrong(client);
    log.event("console.refused", { text: client });
    return await again({ kind: "problem", lines: [{ name: "wrong_password" }] }, 401);
  }
  limit.right(client);
  log.event("console.entered", { text: `${name} (${role}) from ${client}` });
  enter(c, parts, { name, role });
  return c.redirect(to, 303);
}

async function loginForm(
  c: ConsoleContext,
  parts: Parts,
  { to, name, notice }: { to: string; name: string; notice: Notice | null },
  status: 200 | 400 | 401 | 429 = 200,
): Promise<Response> {
  c.get("session").notice = notice;
  const page = pageOf(c, parts);
  c.get("session").notice = null;
  return await c.html(
    bareLayout(page, { title: page.say("log_in"), body: loginPage(page, { to, name }) }),
    status,
  );
}

/** A name that can be recorded: no control characters. */
function isName(name: string): boolean {
  return /^[^\p{C}]+$/u.test(name) && name.length <= nameMax;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
