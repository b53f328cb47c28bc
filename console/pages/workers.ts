// Who is at work: the workers of each type with what they do just now, the scheduler and its last scans. Live.
import { html } from "hono/html";
import type { Status, TypeStatus, WorkerStatus } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import { badge, emptyState, factList, table, troubleBox, when } from "../view/parts.ts";

export function workersPage(page: Page, status: Status): Html {
  return html`
    <div class="head">
      <h1>${page.say("workers")}</h1>
    </div>
    <div data-live="workers">${workersParts(page, status).get("workers") ?? ""}</div>
  `;
}

/** What changes while the page is open, by the name of its place. */
export function workersParts(page: Page, status: Status): Map<string, Html> {
  const { say } = page;
  const redisAway = status.troubles.some(({ service }) => service === "redis");
  return new Map([[
    "workers",
    html`${troubleBox(page, status.troubles)}
    ${status.types.map((each) => workersOf(page, each, redisAway))}
    <section class="card"><h2>${say("scans")}</h2>
      ${factList(page, [["leader", status.leader ?? say(redisAway ? "unknown" : "nobody")]])}
      ${scanTable(page, status.types)}</section>`,
  ]]);
}

function workersOf(page: Page, { type, workers }: TypeStatus, redisAway: boolean): Html {
  const { say } = page;
  if (workers.length === 0 && redisAway) return html``;
  return html`<section class="card"><h2>${say(type)}</h2>${
    table(
      page,
      [
        {
          name: "worker",
          cell: ({ name, alive }) => html`${aliveBadge(page, alive)} <span class="code">${name}</span>`,
        },
        { name: "partner", cell: (worker) => breakerWords(page, worker) },
        {
          name: "in_hand",
          cell: ({ waiting, calling, writing }) =>
            [waiting, calling, writing].map((n) => page.number(n)).join(" · "),
          isNumber: true,
        },
        { name: "last_beat", cell: ({ lastBeatAtMs }) => when(page, lastBeatAtMs), isNumber: true },
        { name: "last_result", cell: ({ lastResultAtMs }) => when(page, lastResultAtMs), isNumber: true },
        { name: "started", cell: ({ startedAtMs }) => when(page, startedAtMs), isNumber: true },
      ],
      workers,
      say("workers_none", { type }),
    )
  }</section>`;
}

function aliveBadge({ say }: Page, alive: boolean): Html {
  return alive ? badge("ok", say("alive")) : badge("warning", say("silent"));
}

function breakerWords(page: Page, { breaker, probeAtMs, alive }: WorkerStatus): Html | string {
  const { say } = page;
  if (!alive) return "—";
  if (breaker === "closed") return say("breaker_closed");
  if (breaker === "half_open") return badge("warning", say("breaker_half_open"));
  return badge("error", say("breaker_open", { when: page.next(probeAtMs ?? page.nowMs) }));
}

function scanTable(page: Page, types: readonly TypeStatus[]): Html {
  const { say } = page;
  const scanned = types.flatMap(({ type, lastScan }) => lastScan ? [{ type, ...lastScan }] : []);
  if (scanned.length === 0) return emptyState(say("scans_none"));
  return table(
    page,
    [
      { name: "type", cell: ({ type }) => say(type) },
      { name: "at", cell: ({ atMs }) => when(page, atMs), isNumber: true },
      { name: "scan_found", cell: ({ found }) => page.number(found), isNumber: true },
      { name: "scan_enqueued", cell: ({ enqueued }) => page.number(enqueued), isNumber: true },
      { name: "scan_invalid", cell: ({ invalid }) => page.number(invalid), isNumber: true },
      { name: "scan_took", cell: ({ ms }) => page.span(ms), isNumber: true },
      {
        name: "outcome",
        cell: ({ error }) => error === null ? badge("ok", say("severity_ok")) : badge("error", error),
      },
    ],
    scanned,
    say("scans_none"),
  );
}
