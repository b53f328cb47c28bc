// Shops whose login is refused, and what a day came to by shop.
import { html } from "hono/html";
import type { Report, ShopsAnswer } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import { actionLink, emptyState, table, troubleBox } from "../view/parts.ts";

export interface ShopsFacts {
  shops: ShopsAnswer;
  /** The day's report, or why there is none. */
  report: Report | { why: string };
}

export function shopsPage(page: Page, { shops, report }: ShopsFacts): Html {
  const { say } = page;
  return html`
    <div class="head">
      <h1>${say("shops")}</h1>
    </div>
    <p class="lead">${say("shops_about")}</p>
    ${blockedTable(page, shops)}
    <section><h2>${say("accounts_refused")}</h2>${table(
      page,
      [
        { name: "account", cell: ({ account }) => account },
        { name: "why", cell: ({ why }) => why, isWide: true },
        { name: "until", cell: ({ untilMs }) => page.next(untilMs), isNumber: true },
      ],
      shops.refusedAccounts,
      say("accounts_none"),
    )}</section>
    <section>${"why" in report ? emptyState(report.why) : dayTable(page, report)}</section>
  `;
}

function blockedTable(page: Page, { blocked }: ShopsAnswer): Html {
  const { say } = page;
  return table(
    page,
    [
      { name: "shop", cell: ({ shop }) => html`<strong>${shop}</strong>` },
      { name: "why", cell: ({ why }) => why, isWide: true },
      { name: "until", cell: ({ untilMs }) => page.next(untilMs), isNumber: true },
      {
        name: "action",
        cell: ({ shop }) => actionLink(page, say("do_unblock"), { action: "unblock", query: { shop } }),
      },
    ],
    blocked,
    say("shops_none"),
  );
}

function dayTable(page: Page, report: Report): Html {
  const { say } = page;
  const latency = (ms: number | null) => ms === null ? "—" : page.span(ms);
  const total = { ...report.total, shop: say("total"), type: null };
  const rows = report.rows.length < 2 ? report.rows : [...report.rows, total];
  return html`<div class="head"><h2>${say("today", { day: report.day })}</h2>${
    dayForm(page, report.day)
  }</div>
    ${troubleBox(page, report.troubles)}${
    table(
      page,
      [
        { name: "shop", cell: ({ shop, type }) => type === null ? html`<strong>${shop}</strong>` : shop },
        {
          name: "type",
          cell: ({ type }) => type === null ? "" : say(type),
        },
        { name: "synced", cell: ({ synced }) => page.number(synced), isNumber: true },
        { name: "failed", cell: ({ failed }) => page.number(failed), isNumber: true },
        { name: "waiting", cell: ({ waiting }) => page.number(waiting), isNumber: true },
        { name: "median", cell: ({ p50Ms }) => latency(p50Ms), isNumber: true },
        { name: "p95", cell: ({ p95Ms }) => latency(p95Ms), isNumber: true },
      ],
      rows,
      say("report_none"),
    )
  }`;
}

function dayForm({ say }: Page, day: string): Html {
  return html`<form class="inline" method="get" action="/shops">
    <label class="sr" for="day">${say("day")}</label><input type="date" id="day" name="day" value="${day}" />
    <button class="button">${say("show")}</button>
  </form>`;
}
