// Dead letters: a filter, the list, and one letter with what was sent.
import { html } from "hono/html";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type { DeadDetail, DeadFilter, DeadLetter, DeadList } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import {
  actionLink,
  codeLink,
  emptyState,
  factList,
  field,
  given,
  moment,
  select,
  table,
} from "../view/parts.ts";

/** Letters that are listed, the newest. */
export const lettersShown = 200;
const hourMs = 3_600_000;

/** What the filter's form holds, as text. */
export interface DeadQuery {
  type?: DocumentType | undefined;
  shop?: string | undefined;
  reason?: string | undefined;
  code?: string | undefined;
  id?: string | undefined;
  older?: string | undefined;
}

/** Reads the filter out of an address or a form; what is no filter is left out. */
export function deadQueryFrom(read: (name: string) => string | undefined): DeadQuery {
  const text = (name: string) => read(name)?.trim().slice(0, 200) || undefined;
  const older = Number(text("older"));
  return {
    type: documentTypes.find((type) => type === text("type")),
    shop: text("shop"),
    reason: text("reason"),
    code: text("code"),
    id: text("id"),
    older: older > 0 && older < 1_000_000 ? String(older) : undefined,
  };
}

export function filterOf({ older, ...query }: DeadQuery): DeadFilter {
  return { ...query, ...(older === undefined ? {} : { olderThanMs: Number(older) * hourMs }) };
}

export function deadPage(page: Page, query: DeadQuery, { letters, more }: DeadList): Html {
  const { say } = page;
  const isFiltered = Object.keys(given({ ...query })).length > 0;
  return html`
    <div class="head">
      <h1>${say("dead")}</h1>
    </div>
    <p class="lead">${say("dead_about")}</p>
    ${filterForm(page, query, isFiltered)}
    ${letters.length === 0 ? "" : bulkButtons(page, query, isFiltered)}
    ${letterTable(page, letters, say(isFiltered ? "dead_none_filter" : "dead_none"))}
    ${more ? html`<p class="hint">${say("dead_more", { n: letters.length })}</p>` : ""}
  `;
}

export function letterPage(page: Page, letter: DeadDetail): Html {
  const { say } = page;
  const query = { id: letter.id, type: letter.type };
  return html`
    <p class="back"><a href="/dead">← ${say("dead")}</a></p>
    <div class="head"><h1>${letter.code}</h1> <span class="hint">${say(letter.type)}</span></div>
    <article class="card">
      <p class="said">“${letter.detail}”</p>
      ${factList(page, [
        ["reason", letter.reason],
        ["code", codeLink(letter.code)],
        ["shop", letter.shop],
        ["deliveries", page.number(letter.deliveries)],
        ["scanned_at", moment(page, letter.firstScannedAtMs)],
        ["died_at", moment(page, letter.diedAtMs)],
        ["row_key", letter.key],
        ["entry", letter.entryId],
      ])}
      <div class="buttons">
        ${actionLink(page, say("do_redrive"), { action: "redrive", query, isMain: true })}
        ${actionLink(page, say("do_drop"), { action: "drop", query, isDanger: true })}
      </div>
    </article>
    <section><h2>${say("body")}</h2>${letter.body === null
      ? emptyState(say("no_body"))
      : html`<pre tabindex="0">${indented(letter.body)}</pre>`}</section>
  `;
}

export function letterGonePage({ say }: Page): Html {
  return html`<p class="back"><a href="/dead">← ${say("dead")}</a></p>${emptyState(say("dead_gone"))}`;
}

/** Letters in a table; also on a document's page. */
export function letterTable(page: Page, letters: readonly DeadLetter[], empty: string): Html {
  const address = ({ type, id }: DeadLetter) => `/dead/${type}/${encodeURIComponent(id)}`;
  return table(
    page,
    [
      { name: "code", cell: (letter) => html`<a class="code" href="${address(letter)}">${letter.code}</a>` },
      { name: "type", cell: ({ type }) => page.say(type) },
      { name: "shop", cell: ({ shop }) => shop },
      {
        name: "reason",
        cell: ({ reason, detail }) => html`<strong>${reason}</strong> <span>${detail}</span>`,
        isWide: true,
      },
      { name: "deliveries", cell: ({ deliveries }) => page.number(deliveries), isNumber: true },
      { name: "died_at", cell: ({ diedAtMs }) => moment(page, diedAtMs), isNumber: true },
    ],
    letters,
    empty,
  );
}

function filterForm({ say }: Page, query: DeadQuery, isFiltered: boolean): Html {
  const types = documentTypes.map((type) => [type, say(type)] as const);
  const input = (name: keyof DeadQuery, type = "text") => ({ name, value: query[name] ?? "", type });
  return html`<form class="filter" method="get" action="/dead">
    ${field(say("type"), select("type", [["", say("every_type")], ...types], query.type))}
    ${field(say("shop"), input("shop"))} ${field(say("reason"), input("reason"))}
    ${field(say("code"), input("code"))} ${field(say("older_than"), input("older", "number"))}
    <span class="buttons"><button class="button">${say("filter")}</button>
      ${isFiltered ? html`<a class="quiet" href="/dead">${say("clear")}</a>` : ""}</span>
  </form>`;
}

function bulkButtons(page: Page, query: DeadQuery, isFiltered: boolean): Html {
  const { say } = page;
  const [redrive, drop] = isFiltered
    ? [say("redrive_these"), say("drop_these")]
    : [say("redrive_all"), say("drop_all")];
  return html`<div class="buttons">
    ${actionLink(page, redrive, { action: "redrive", query: { ...query } })}
    ${actionLink(page, drop, { action: "drop", query: { ...query }, isDanger: true })}
  </div>`;
}

/** A body cut into lines, only for reading: figures stay digit for digit, so the text itself is cut into lines, not parsed and written anew. */
export function indented(body: string): string {
  let depth = 0;
  return body.replace(/"(?:[^"\\]|\\.)*"|[{}[\],]/g, (part) => {
    if (part === "{" || part === "[") return `${part}\n${"  ".repeat(++depth)}`;
    if (part === "}" || part === "]") return `\n${"  ".repeat(depth = Math.max(0, depth - 1))}${part}`;
    return part === "," ? `,\n${"  ".repeat(depth)}` : part;
  });
}
