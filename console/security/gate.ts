// What stands before every page: headers, host, language, session, and for a POST that it comes from a page of ours and from who may act.
import type { MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import { isLoopback } from "../../shared/settings_kinds.ts";
import { type ConsoleContext, type ConsoleEnv, localPath, nobody, pageOf, type Parts } from "../context.ts";
import type { Page } from "../page.ts";
import { problemPage } from "../pages/login.ts";
import { isLanguage, languageOf } from "../say.ts";
import type { TextName } from "../texts.ts";
import { bareLayout } from "../view/layout.ts";
import { isSame, type Session } from "./sessions.ts";

type Gate = MiddlewareHandler<ConsoleEnv>;

export const sessionCookie = "hermes_session";
/** A guest's is another: a page that is opened from elsewhere, without the session's cookie, must not end the session. */
const guestCookie = "hermes_guest";
const languageCookie = "hermes_language";
const yearSeconds = 31_536_000;
const shiftSeconds = 43_200;

/** No script or style but our own files, no frame around us, no form to elsewhere, nothing kept by the browser. */
export const headers: Gate = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  // Not "no-referrer": with that, browsers hide the origin of our own forms, too.
  referrerPolicy: "same-origin",
  permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  // The proxy that speaks TLS says that, for its own name.
  strictTransportSecurity: false,
});

/** Pages are of the moment, and not for the browser's memory. */
export const uncached: Gate = async (c, next) => {
  await next();
  if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
};

/** Takes the language from the address, which is then left without it, or from the cookie, or from the browser. */
export const language: Gate = async (c, next) => {
  const url = new URL(c.req.url);
  const asked = url.searchParams.get("lang") ?? undefined;
  c.set("language", languageOf(getCookie(c, languageCookie), c.req.header("accept-language")));
  if (c.req.method !== "GET" || !isLanguage(asked)) return await next();
  url.searchParams.delete("lang");
  setCookie(c, languageCookie, asked, { ...cookieOptions(c), maxAge: yearSeconds });
  return c.redirect(localPath(url.pathname + url.search), 303);
};

/** Without passwords, only names of this machine are answered to: a stranger's page could make its own name lead here. */
export function host(parts: Parts): Gate {
  return async (c, next) => {
    const name = (c.req.header("host") ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
    if (parts.passwords.areNeeded || isLoopback(name)) return await next();
    return refuse(c, parts, { status: 421, sentence: "wrong_host" });
  };
}

/** Lets in who is logged in; leads others to the login. Without passwords everybody here is one and the same operator. */
export function session(parts: Parts): Gate {
  const local = parts.passwords.areNeeded ? null : parts.sessions.begin({ name: "local", role: "operator" });
  return async (c, next) => {
    if (local) return await withSession(c, local, next);
    // A stream that stays open must not keep a session alive.
    const found = parts.sessions.find(getCookie(c, sessionCookie), { look: c.req.path.startsWith("/live/") });
    if (found?.user) return await withSession(c, found, next);
    if (c.req.path === "/login") return await withSession(c, guestSession(c, parts), next);
    if (c.req.path.startsWith("/live/")) return c.text("", 401);
    const { pathname, search } = new URL(c.req.url);
    const to = c.req.method === "GET" && pathname !== "/"
      ? `?${new URLSearchParams({ to: pathname + search })}`
      : "";
    return c.redirect(`/login${to}`, 303);
  };
}

/** A POST comes from a page of ours, with the session's token. */
export function posts(parts: Parts): Gate {
  return async (c, next) => {
    if (c.req.method === "GET" || c.req.method === "HEAD") return await next();
    if (c.req.method !== "POST") return c.text("", 405);
    const { csrf } = await c.req.parseBody().catch(() => ({ csrf: "" }));
    const isOurs = isFromHere(c) && typeof csrf === "string" && isSame(csrf, c.get("session").csrf);
    return isOurs ? await next() : refuse(c, parts, { status: 403, sentence: "forged" });
  };
}

/** What changes something, beyond logging in and out, is for operators. */
export function operatorsOnly(parts: Parts): Gate {
  return async (c, next) => {
    if (c.get("user").role === "operator") return await next();
    return await refuse(c, parts, { status: 403, sentence: "reader_only" });
  };
}

/** Logs in: a new session under a new name, and no trace of the guest's. */
export function enter(c: ConsoleContext, { sessions }: Parts, user: NonNullable<Session["user"]>): void {
  sessions.end(c.get("session"));
  deleteCookie(c, guestCookie, { path: "/" });
  const { id } = sessions.begin(user);
  setCookie(c, sessionCookie, id, { ...cookieOptions(c), maxAge: shiftSeconds });
}

export function leave(c: ConsoleContext, { sessions, passwords }: Parts): void {
  if (passwords.areNeeded) sessions.end(c.get("session"));
  deleteCookie(c, sessionCookie, { path: "/" });
}

/** A page with one sentence, and nothing of the documents. */
export function refuse(
  c: ConsoleContext,
  parts: Parts,
  { status, sentence, values }: {
    status: 400 | 403 | 404 | 421 | 429 | 500;
    sentence: TextName;
    values?: Record<string, string>;
  },
): Response | Promise<Response> {
  const page: Page = pageOf(c, parts);
  const text = page.say(sentence, values);
  return c.html(bareLayout(page, { title: "Hermes", body: problemPage(page, text) }), status);
}

async function withSession(c: ConsoleContext, session: Session, next: () => Promise<void>): Promise<void> {
  c.set("session", session);
  c.set("user", session.user ?? nobody);
  await next();
}

function guestSession(c: ConsoleContext, { sessions }: Parts): Session {
  const known = sessions.find(getCookie(c, guestCookie));
  if (known && !known.user) return known;
  const session = sessions.begin(null);
  setCookie(c, guestCookie, session.id, cookieOptions(c));
  return session;
}

/** Browsers say where a form came from; who is no browser brings no cookie of anybody. */
function isFromHere(c: ConsoleContext): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = c.req.header("origin");
  return origin === undefined || URL.parse(origin)?.host === c.req.header("host");
}

function cookieOptions(c: ConsoleContext) {
  // A proxy that speaks TLS says so; a lie only keeps the liar's own cookie from coming back.
  const isSecure = new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https";
  return { httpOnly: true, sameSite: "Strict", path: "/", secure: isSecure } as const;
}
