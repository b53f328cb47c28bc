// The overview: what stands out, the path of each document type with live figures, and the last hours.
import { html } from "hono/html";
import { documentTypes } from "../../shared/document.ts";
import type { Finding, Status, TypeStatus } from "../../shared/operator/types.ts";
import { type History, type Hours, spans } from "../history.ts";
import type { Html, Page } from "../page.ts";
import { type Chart, chart, type Series } from "../view/chart.ts";
import { actionLink, badge, type Content, emptyState, factList, when } from "../view/parts.ts";
import { pathPicture } from "../view/path_picture.ts";

/** The history, or why there is none. */
export type HistoryOrWhy = History | { why: string };

export interface OverviewFacts {
  status: Status;
  history: HistoryOrWhy;
  hours: Hours;
}

export function overviewPage(page: Page, facts: OverviewFacts): Html {
  const parts = overviewParts(page, facts);
  const part = (name: string) => html`<div data-live="${name}">${parts.get(name) ?? ""}</div>`;
  return html`
    <h1 class="sr">${page.say("overview")}</h1>
    ${part("findings")} ${part("facts")}
    ${documentTypes.map((type) => html`<section class="card type">${part(type)}</section>`)}
    <section class="card">
      <div class="head"><h2>${page.say("charts")}</h2>${hourLinks(page, facts.hours)}</div>
      ${part("charts")}
    </section>
  `;
}

/** What changes while the page is open, by the name of its place. */
export function overviewParts(page: Page, { status, history }: OverviewFacts): Map<string, Html> {
  return new Map([
    ["findings", findingList(page, status.findings)],
    ["facts", mainFacts(page, status)],
    ...status.types.map((each): [string, Html] => [each.type, typeCard(page, each)]),
    ["charts", charts(page, history)],
  ]);
}

function findingList(page: Page, findings: readonly Finding[]): Html {
  const { say } = page;
  const spoken = findings.filter(({ severity }) => severity !== "ok");
  if (spoken.length === 0) return html`<p class="well">${say("all_well")}</p>`;
  return html`
    <section class="findings" aria-label="${say("look_at")}">
      <ul>${spoken.map((finding) =>
        html`<li class="${finding.severity}">${
          badge(finding.severity, say(`severity_${finding.severity}`))
        } <span>${page.words(finding)}</span></li>`
      )}</ul>
    </section>
  `;
}

function mainFacts(page: Page, { types, leader, blockedShops, troubles }: Status): Html {
  const scans = types.flatMap(({ lastScan }) => lastScan?.atMs ?? []);
  const rates = types.flatMap(({ ratePerMinute }) => ratePerMinute ?? []);
  const redisAway = troubles.some(({ service }) => service === "redis");
  const blocked: Content = blockedShops.length === 0
    ? page.number(0)
    : html`<a href="/shops">${page.number(blockedShops.length)}</a>`;
  return html`<div class="card slim">${
    factList(page, [
      ["rate_all", rates.length === 0 ? "—" : page.number(rates.reduce((sum, rate) => sum + rate, 0))],
      ["last_scan", redisAway ? "—" : when(page, scans.length === 0 ? null : Math.max(...scans))],
      ["leader", leader ?? page.say(redisAway ? "unknown" : "nobody")],
      ["shops_blocked", redisAway ? "—" : blocked],
    ])
  } ${actionLink(page, page.say("do_scan"), { action: "scan" })}</div>`;
}

function typeCard(page: Page, status: TypeStatus): Html {
  const { type, paused } = status;
  const button = paused
    ? actionLink(page, page.say("do_resume"), { action: "resume", query: { type }, isMain: true })
    : actionLink(page, page.say("do_pause"), { action: "pause", query: { type } });
  return html`<div class="head"><h2>${page.say(type)}</h2> ${signs(page, status)} ${button}</div>
    ${pathPicture(page, status)}`;
}

/** Paused, breaker, no worker: what changes the meaning of the figures. */
function signs(page: Page, { paused, workers, inStream }: TypeStatus): Html {
  const { say } = page;
  const alive = workers.filter((worker) => worker.alive);
  const open = alive.find(({ breaker }) => breaker === "open");
  const probing = alive.find(({ breaker }) => breaker === "half_open");
  const by = paused?.by ? say("paused_by", { who: paused.by }) : say("paused");
  return html`<span class="signs">
    ${paused ? badge("warning", `${by}${paused.atMs ? ` · ${page.when(paused.atMs)}` : ""}`) : ""}
    ${alive.length === 0 && inStream !== null ? badge("error", say("no_worker")) : ""}
    ${open ? badge("error", say("breaker_open", { when: page.next(open.probeAtMs ?? page.nowMs) })) : ""}
    ${probing ? badge("warning", say("breaker_half_open")) : ""}
  </span>`;
}

function hourLinks({ say }: Page, chosen: Hours): Html {
  return html`<span class="choices">${
    Object.keys(spans).map((hours) =>
      html`
        <a href="/?hours=${hours}" ${Number(hours) === chosen
          ? html`
            aria-current="true"
          `
          : ""}>${say("hours", { n: Number(hours) })}</a>
      `
    )
  }</span>`;
}

function charts(page: Page, history: HistoryOrWhy): Html {
  if ("why" in history) return emptyState(page.say("chart_away", { why: history.why }));
  if (history.isEmpty) return emptyState(page.say("chart_none"));
  const { say } = page;
  const rate = (value: number) => page.number(Math.round(value * 10) / 10);
  const byType = (figures: History["synced"]): Series[] =>
    documentTypes.map((type, at) => ({ label: say(type), colour: colourAt(at), values: figures[type] }));
  const common = { step: (at: number) => stepWords(page, history, at), ticks: ticksOf(page, history) };
  const all: Chart[] = [
    { ...common, title: say("chart_rate"), kind: "columns", series: byType(history.synced), show: rate },
    { ...common, title: say("chart_failures"), kind: "columns", series: byType(history.failed), show: rate },
    {
      ...common,
      title: say("chart_latency"),
      kind: "lines",
      series: [
        { label: say("median"), colour: "s1", values: history.medianMs },
        { label: say("p95"), colour: "s2", values: history.p95Ms },
      ],
      show: (ms) => page.span(ms),
    },
  ];
  return html`<div class="charts">${all.map(chart)}</div>`;
}

function colourAt(at: number): Series["colour"] {
  return at === 0 ? "s1" : at === 1 ? "s2" : "s3";
}

function stepWords(page: Page, { fromMs, stepMs }: History, at: number): string {
  return `${clock(page, fromMs + at * stepMs)} – ${clock(page, fromMs + (at + 1) * stepMs)}`;
}

function ticksOf(page: Page, { fromMs, stepMs, steps }: History): string[] {
  return [0, 1 / 3, 2 / 3, 1].map((part) => clock(page, fromMs + Math.round(part * steps) * stepMs));
}

/** Hours and minutes are enough for a chart of a day. */
function clock(page: Page, atMs: number): string {
  return /(\d\d:\d\d):\d\d$/.exec(page.moment(atMs))?.[1] ?? "";
}
