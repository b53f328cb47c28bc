// The frame of every page: head, navigation, notice, footer.
import { html } from "hono/html";
import { documentTypes } from "../../shared/document.ts";
import type { Html, Page } from "../page.ts";
import type { Values } from "../say.ts";
import { assets } from "../static/assets.ts";
import type { TextName } from "../texts.ts";

export interface Frame {
  title: string;
  /** Which point of the navigation this belongs to. */
  at?: Place;
  /** Address of the stream that keeps the parts of this page fresh (live.ts). */
  live?: string;
  body: Html;
}

/** The points of the navigation, with their addresses. */
const places = {
  overview: "/",
  failures: "/failures",
  dead: "/dead",
  documents: "/documents",
  shops: "/shops",
  workers: "/workers",
  actions: "/actions",
} as const satisfies Partial<Record<TextName, string>>;
type Place = keyof typeof places;

export function layout(page: Page, { title, at, live, body }: Frame): Html {
  const { say, facts: { language } } = page;
  return html`
    <!doctype html>
    <html lang="${language}">
      <head>
        ${head(title)}
        ${live === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="10" /></noscript>`}
      </head>
      <body${live === undefined ? "" : html`
        data-live-from="${live}"
      `}>
        <a class="skip" href="#content">${say("to_content")}</a>
        <header class="top">
          <a class="brand" href="/">${mark} Hermes</a>
          <nav>${Object.entries(places).map(([name, href]) => point(page, { name, href, at }))}</nav>
          <div class="top-end">${live === undefined ? "" : liveSign(page)} ${languageLink(page)} ${userSign(
            page,
          )}</div>
        </header>
        <main id="content">${noticeBox(page)} ${body}</main>
        <footer>${say("time_note")}</footer>
        </body>
        </html>
  `;
}

/** A page for who is not logged in, or whose request went wrong: nothing of the documents is on it. */
export function bareLayout(page: Page, { title, body }: Frame): Html {
  return html`<!doctype html>
<html lang="${page.facts.language}">
  <head>${head(title)}</head>
  <body class="bare">
    <header class="top"><span class="brand">${mark} Hermes</span>
      <div class="top-end">${languageLink(page)}</div></header>
    <main id="content">${noticeBox(page)} ${body}</main>
  </body>
</html>`;
}

function head(title: string): Html {
  return html`
    <meta charset="utf-8" />
    <title>${title} · Hermes</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="${assets.icon.path}" type="image/svg+xml" />
    <link rel="stylesheet" href="${assets.style.path}" />
    <script defer src="${assets.script.path}"></script>
  `;
}

function point(page: Page, { name, href, at }: { name: string; href: string; at: Place | undefined }): Html {
  const current = name === at
    ? html`
      aria-current="page"
    `
    : "";
  return html`
    <a href="${href}" ${current}>${page.say(placeName(name))}</a>
  `;
}

function placeName(name: string): Place {
  return name in places ? name as Place : "overview";
}

function liveSign({ say }: Page): Html {
  return html`
    <span class="live"
      id="live-sign"><span class="on">${say("live")}</span><span class="off">${say("not_live")}</span></span>
  `;
}

/** The same page in the other language. */
function languageLink({ say, facts: { language, path } }: Page): Html {
  const other = language === "vi" ? "en" : "vi";
  const address = new URL(path, "http://console");
  address.searchParams.set("lang", other);
  return html`<a class="quiet" lang="${other}" hreflang="${other}" href="${
    address.pathname + address.search
  }">${say("other_language")}</a>`;
}

function userSign(page: Page): Html {
  const { say, facts: { user, asksPassword, csrf } } = page;
  const role = say(page.mayAct ? "role_operator" : "role_reader");
  if (!asksPassword) return html``;
  return html`
    <form method="post" action="/logout" class="who">
      <span title="${role}">${user.name}${page.mayAct ? "" : html`
        <small>(${role})</small>
      `}</span>
      <input type="hidden" name="csrf" value="${csrf}" />
      <button class="quiet">${say("log_out")}</button>
    </form>
  `;
}

function noticeBox(page: Page): Html {
  const { say, facts: { notice } } = page;
  if (!notice) return html``;
  return html`<div class="notice ${notice.kind}" role="status">${
    notice.lines.map(({ name, values }) => html`<p>${say(name, spoken(page, values))}</p>`)
  }</div>`;
}

/** A notice may be told in another language than the one it was made in: a document type has a name in each. */
function spoken({ say }: Page, values: Values = {}): Values {
  const type = documentTypes.find((each) => each === values.type);
  return type === undefined ? values : { ...values, type: say(type) };
}

const mark = html`
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M3 17c5 0 5-10 10-10h7M16 3l4 4-4 4M3 21h9" />
  </svg>
`;
