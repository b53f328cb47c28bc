// The small pieces that pages are made of: tables, badges, facts, links to documents, forms.
import { html } from "hono/html";
import type { Severity, Trouble } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import type { TextName } from "../texts.ts";

export type Content = Html | string | number;

/** A column: its heading, what stands in it, and whether that is a number. */
export interface Column<T> {
  name: TextName;
  cell(row: T): Content;
  isNumber?: boolean;
  /** Needs the whole width of a phone. */
  isWide?: boolean;
}

/** A table, which a narrow screen shows as cards. `empty` says what it means that there are no rows. */
export function table<T>(page: Page, columns: Column<T>[], rows: readonly T[], empty: string): Html {
  if (rows.length === 0) return emptyState(empty);
  const kind = (column: Column<T>) => column.isNumber ? "number" : column.isWide ? "wide" : "";
  return html`
    <div class="table">
      <table>
        <thead>
          <tr>${columns.map((column) =>
            html`<th scope="col" class="${kind(column)}">${page.say(column.name)}</th>`
          )}</tr>
        </thead>
        <tbody>${rows.map((row) =>
          html`<tr>${
            columns.map((column) =>
              html`
                <td class="${kind(column)}" data-label="${page.say(column.name)}">
                  <div>${column.cell(row)}</div>
                </td>
              `
            )
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

export function emptyState(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

/** Facts under their names; those without a value are left out. */
export function factList(page: Page, facts: readonly (readonly [TextName, Content | null])[]): Html {
  const known = facts.filter((fact): fact is readonly [TextName, Content] => fact[1] !== null);
  return html`<dl class="facts">${
    known.map(([name, value]) =>
      html`
        <div>
          <dt>${page.say(name)}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

export function badge(severity: Severity, text: string): Html {
  return html`<span class="badge ${severity}">${text}</span>`;
}

/** A document's code, which leads to all that is known of it. */
export function codeLink(code: string): Html {
  return html`<a class="code" href="/documents?${new URLSearchParams({ code })}">${code}</a>`;
}

/** When it was: the clock time, and in a tip how long ago. */
export function moment(page: Page, atMs: number | null): Content {
  if (atMs === null) return "—";
  return html`<time datetime="${new Date(atMs).toISOString()}" title="${page.when(atMs)}">${
    page.moment(atMs)
  }</time>`;
}

/** How long ago it was, and in a tip the clock time. */
export function when(page: Page, atMs: number | null): Content {
  if (atMs === null) return page.say("never");
  return html`<time datetime="${new Date(atMs).toISOString()}" title="${page.moment(atMs)}">${
    page.when(atMs)
  }</time>`;
}

/** A link to an action's confirmation, for those who may act. */
export function actionLink(
  page: Page,
  text: string,
  { action, query = {}, isDanger = false, isMain = false }: {
    action: string;
    query?: Record<string, string | undefined>;
    isDanger?: boolean;
    isMain?: boolean;
  },
): Html {
  if (!page.mayAct) return html``;
  const address = `/do/${action}?${new URLSearchParams({ ...given(query), back: page.facts.path })}`;
  const kind = isDanger ? "button danger" : isMain ? "button main" : "button";
  return html`<a class="${kind}" href="${address}">${text}</a>`;
}

/** A query without what is not given. */
export function given(query: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(entries);
}

const serviceNames: Record<Trouble["service"], string> = {
  sqlserver: "SQL Server",
  redis: "Redis",
  mongodb: "MongoDB",
};

/** Which servers did not answer, so that something is missing on this page. */
export function troubleBox(page: Page, troubles: readonly Trouble[]): Html {
  if (troubles.length === 0) return html``;
  const lines = troubles.map(({ service, message }) =>
    html`<p>${page.say("away", { service: serviceNames[service], why: message })}</p>`
  );
  return html`<div class="notice problem" role="status">${lines}</div>`;
}

/** A choice among words; the chosen one is marked. */
export function select(
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string | undefined,
): Html {
  return html`<select name="${name}" id="field-${name}">${
    options.map(([value, text]) =>
      html`
        <option value="${value}" ${value === (chosen ?? "")
          ? html`
            selected
          `
          : ""}>${text}</option>
      `
    )
  }</select>`;
}

/** An input under its label. */
export function field(
  label: string,
  input: { name: string; value?: string; type?: string; hint?: string } | Html,
): Html {
  if (!isInput(input)) return html`<label class="field"><span>${label}</span>${input}</label>`;
  const { name, value = "", type = "text", hint } = input;
  return html`<label class="field"><span>${label}</span>
    <input name="${name}" type="${type}" value="${value}" />${
    hint === undefined ? "" : html`<small>${hint}</small>`
  }</label>`;
}

function isInput(input: object): input is { name: string; value?: string; type?: string; hint?: string } {
  return "name" in input;
}
