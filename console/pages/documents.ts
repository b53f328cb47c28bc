// Search by code, and the documents that wait. One document: what is the matter with it, and everything that happened.
import { html } from "hono/html";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type {
  PendingAnswer,
  PendingDocument,
  Story,
  TimelineEvent,
  WhyAnswer,
} from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import {
  actionLink,
  badge,
  codeLink,
  type Content,
  emptyState,
  factList,
  moment,
  table,
  troubleBox,
} from "../view/parts.ts";
import { letterTable } from "./dead.ts";

/** Waiting documents that are listed. */
export const pendingShown = 100;

export function documentsPage(page: Page, type: DocumentType | undefined, pending: PendingAnswer): Html {
  const { say } = page;
  return html`
    <div class="head">
      <h1>${say("documents")}</h1>
    </div>
    ${searchForm(page, "")}
    <section>
      <div class="head"><h2>${say("pending")}</h2>${typeLinks(page, type)}</div>
      ${troubleBox(page, pending.troubles)} ${pendingTable(page, pending.documents)}
      ${pending.more ? html`<p class="hint">${say("pending_more", { n: pending.documents.length })}</p>` : ""}
    </section>
  `;
}

export function whyPage(page: Page, { code, stories, troubles }: WhyAnswer): Html {
  const { say } = page;
  return html`
    ${searchForm(page, code)} ${troubleBox(page, troubles)}
    ${stories.length === 0 ? emptyState(say("why_none", { code })) : ""}
    ${stories.map((story) => storyOf(page, story))}
  `;
}

function searchForm({ say }: Page, code: string): Html {
  return html`
    <form class="search" method="get" action="/documents" role="search">
      <label for="code">${say("search_label")}</label>
      <div><input id="code" name="code" type="search" value="${code}" required maxlength="100" autocomplete="off"
          placeholder="HD2511210042" /> <button class="button main">${say("search")}</button></div>
      <small>${say("search_hint")}</small>
    </form>
  `;
}

function typeLinks({ say }: Page, chosen: DocumentType | undefined): Html {
  const link = (type: DocumentType | undefined, text: string) =>
    html`
      <a href="/documents${type === undefined ? "" : `?type=${type}`}" ${type === chosen
        ? html`
          aria-current="true"
        `
        : ""}>${text}</a>
    `;
  return html`<span class="choices">${link(undefined, say("every_type"))} ${
    documentTypes.map((type) => link(type, say(type)))
  }</span>`;
}

function pendingTable(page: Page, documents: readonly PendingDocument[]): Html {
  const { say } = page;
  return table(
    page,
    [
      { name: "code", cell: ({ code }) => codeLink(code) },
      { name: "type", cell: ({ type }) => say(type) },
      { name: "shop", cell: ({ shop }) => shop },
      { name: "where", cell: (document) => whereabouts(page, document), isWide: true },
      { name: "deliveries", cell: ({ deliveries }) => page.number(deliveries), isNumber: true },
      { name: "waiting_for", cell: ({ waitingMs }) => page.span(waitingMs), isNumber: true },
    ],
    documents,
    say("pending_none"),
  );
}

function whereabouts(page: Page, { flight, blocked, dueAtMs }: PendingDocument): Content {
  const { say } = page;
  if (flight === null) return blocked ? badge("warning", say("flight_blocked")) : say("flight_none");
  if (flight === "later") return say("flight_later", { when: page.next(dueAtMs ?? page.nowMs) });
  return say(`flight_${flight}`);
}

function storyOf(page: Page, story: Story): Html {
  const { say } = page;
  const { verdict, type, code, row, deadLetters, timeline } = story;
  const letter = deadLetters[0];
  const retried = row?.status === "SYNC_SUCCESS" ? html`` : actionLink(page, say("do_retry"), {
    action: "retry",
    query: { code },
    isMain: true,
  });
  return html`<article class="story">
    <div class="head"><h1>${code}</h1> <span class="hint">${say(type)}</span></div>
    <p class="verdict ${verdict.severity}">${
    badge(verdict.severity, say(`severity_${verdict.severity}`))
  } <span>${page.words(verdict)}</span></p>
    <div class="buttons">${retried} ${
    letter
      ? actionLink(page, say("do_drop"), { action: "drop", query: { id: letter.id, type }, isDanger: true })
      : ""
  }</div>
    <section class="card">${storyFacts(page, story)}</section>
    ${
    deadLetters.length === 0
      ? ""
      : html`<section><h2>${say("dead")}</h2>${letterTable(page, deadLetters, "")}</section>`
  }
    <section><h2>${say("timeline")}</h2>${timelineList(page, timeline)}</section>
  </article>`;
}

function storyFacts(page: Page, { row, flight, shop, blocked, nextDeliveryAtMs }: Story): Html {
  const { say } = page;
  const flightWords = flight &&
    (flight.state === "later" && flight.dueAtMs !== null
      ? say("flight_later", { when: page.next(flight.dueAtMs) })
      : say(flight.state === "later" ? "flight_due" : `flight_${flight.state}`));
  return factList(page, [
    ["status", row ? statusBadge(row.status) : null],
    ["national_code", row?.nationalCode ?? null],
    ["message", row?.message || null],
    ["shop", shop],
    ["why", blocked ? blocked.why : null],
    ["row_key", row?.key ?? null],
    ["lines", row ? page.number(row.lines) : null],
    ["created_at", row?.createdAtMs ? moment(page, row.createdAtMs) : null],
    ["updated_at", row?.updatedAtMs ? moment(page, row.updatedAtMs) : null],
    ["where", flightWords],
    ["worker", flight?.worker ?? null],
    ["deliveries", flight ? page.number(flight.deliveries) : null],
    ["next_delivery", nextDeliveryAtMs === null ? null : page.next(nextDeliveryAtMs)],
    ["entry", flight?.entryId ?? null],
  ]);
}

function statusBadge(status: string): Html {
  const severity = status === "SYNC_SUCCESS" ? "ok" : status === "SYNC_FAILED" ? "error" : "note";
  return badge(severity, status);
}

function timelineList(page: Page, events: readonly TimelineEvent[]): Html {
  const { say } = page;
  if (events.length === 0) return emptyState(say("timeline_none"));
  return html`<ol class="timeline">${
    events.map((event) =>
      html`<li class="event-${event.event}${event.atMs > page.nowMs ? " to-come" : ""}">
        ${moment(page, event.atMs)}
        <div><strong>${page.words(event)}</strong> <span class="from">${say(`from_${event.from}`)}</span>
        ${event.detail ? html`<p>${event.detail}</p>` : ""}</div>
      </li>`
    )
  }</ol>`;
}
