// What the rooms of the console share: its parts, and what is known of a request.
import type { Context } from "hono";
import type { Log } from "../shared/log.ts";
import type { Status } from "../shared/operator/types.ts";
import type { Jobs } from "./act/jobs.ts";
import type { Fresh } from "./fresh.ts";
import type { ReadHistory } from "./history.ts";
import type { ConsoleOperator } from "./operator.ts";
import { type Html, type Notice, Page } from "./page.ts";
import type { Language } from "./say.ts";
import type { LoginLimit, Passwords } from "./security/passwords.ts";
import type { Session, Sessions, User } from "./security/sessions.ts";
import { type Frame, layout } from "./view/layout.ts";

/** Everything that the console is made of. */
export interface Parts {
  operator: ConsoleOperator;
  status: Fresh<Status>;
  history: ReadHistory;
  jobs: Jobs;
  passwords: Passwords;
  sessions: Sessions;
  limit: LoginLimit;
  log: Log;
  now: () => number;
  /** Aborts when the process shall end. */
  signal: AbortSignal;
}

export interface ConsoleEnv {
  Bindings: { /** Address of who asks. */ remote?: string };
  Variables: {
    language: Language;
    /** Of who is logged in, or a guest's on the login page. */
    session: Session;
    user: User;
  };
}
export type ConsoleContext = Context<ConsoleEnv>;

/** Nobody: what the login page is drawn for. */
export const nobody: User = { name: "", role: "reader" };

/** What a page of this request is drawn with. */
export function pageOf(c: ConsoleContext, parts: Parts): Page {
  const session = c.get("session");
  const { pathname, search } = new URL(c.req.url);
  return new Page({
    language: c.get("language"),
    user: c.get("user") ?? nobody,
    asksPassword: parts.passwords.areNeeded,
    csrf: session?.csrf ?? "",
    path: localPath(pathname + search),
    notice: session?.notice ?? null,
    nowMs: parts.now(),
  });
}

/** Answers with a page in the console's frame. What an action came to is told once. */
export function show(c: ConsoleContext, page: Page, frame: Frame): Response | Promise<Response> {
  c.get("session").notice = null;
  return c.html(layout(page, frame));
}

/** Leads on after a POST, with something to tell there. */
export function tell(c: ConsoleContext, to: string, notice: Notice | null): Response {
  const session = c.get("session");
  if (session && notice) session.notice = notice;
  return c.redirect(localPath(to), 303);
}

/** The operator's functions, acting for who is logged in. */
export function operatorFor(c: ConsoleContext, { operator }: Parts): ConsoleOperator {
  return operator.as(whoOf(c));
}

/** The name that is recorded. */
export function whoOf(c: ConsoleContext): string {
  return `${c.get("user").name} (console)`;
}

/** A path within the console, or its first page: an address may be anybody's words. */
export function localPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![\/\\])[^\s\\]*$/.test(text) && text.length < 2_000 ? text : "/";
}

/** Rendered, for a stream. */
export async function rendered(html: Html): Promise<string> {
  return String(await html);
}
