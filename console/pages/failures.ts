// Failed documents by cause: what is the matter with how many, and what to do. One cause with its documents.
import { html } from "hono/html";
import type { Failure, FailureGroup, FailuresAnswer } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import {
  actionLink,
  badge,
  codeLink,
  emptyState,
  factList,
  moment,
  table,
  troubleBox,
  when,
} from "../view/parts.ts";

/** Documents of a cause that are listed. */
const membersShown = 200;

export function failuresPage(page: Page, answer: FailuresAnswer): Html {
  const { say } = page;
  const { groups, total, troubles } = answer;
  const about = say("failures_about", { n: total.count, groups: groups.length });
  return html`
    <div class="head">
      <h1>${say("failures")}</h1>
    </div>
    ${troubleBox(page, troubles)} ${fromJournal(page, answer)}
    ${groups.length === 0
      ? emptyState(say("failures_none"))
      : html`<p class="lead">${about}</p>${groups.map((group) => groupCard(page, group))}`}
  `;
}

export function failurePage(page: Page, group: FailureGroup, answer: FailuresAnswer): Html {
  const { say } = page;
  const shown = group.members.slice(0, membersShown);
  const heading = shown.length < group.count
    ? say("members_first", { shown: shown.length, n: group.count })
    : say("members");
  return html`
    <p class="back"><a href="/failures">← ${say("failures")}</a></p>
    ${troubleBox(page, answer.troubles)} ${fromJournal(page, answer)} ${groupCard(page, group, {
      whole: true,
    })}
    <section><h2>${heading}</h2>${table(
      page,
      [
        { name: "code", cell: ({ code }) => codeLink(code) },
        { name: "type", cell: ({ type }) => say(type) },
        { name: "shop", cell: ({ shop }) => shop },
      ],
      shown,
      say("group_gone"),
    )}</section>
  `;
}

/** A cause that has no documents any more, asked for by an old link. */
export function failureGonePage({ say }: Page): Html {
  return html`<p class="back"><a href="/failures">← ${say("failures")}</a></p>${
    emptyState(say("group_gone"))
  }`;
}

function groupCard(page: Page, group: FailureGroup, { whole = false } = {}): Html {
  const { say } = page;
  const heading = whole
    ? html`<h1>${page.words(group.title)}</h1>`
    : html`<h2><a href="/failures/${encodeURIComponent(group.id)}">${page.words(group.title)}</a></h2>`;
  return html`<article class="card cause">
    <div class="head"><span class="count">${page.number(group.count)}</span> ${heading} ${
    kindBadge(page, group)
  }</div>
    <p class="said"><span class="sr">${say("said")}: </span>“${group.pattern}”</p>
    <p class="advice"><strong>${say("what_to_do")}:</strong> ${page.words(group.advice)}</p>
    ${
    factList(page, [
      ["first_seen", moment(page, group.firstSeenMs)],
      ["last_seen", when(page, group.lastSeenMs)],
      ["type", group.types.map((type) => say(type)).join(", ")],
      ["shops", page.number(group.shops)],
      ["example", example(group.example)],
    ])
  }
    <div class="buttons">${
    actionLink(page, say("do_redrive"), {
      action: "redrive",
      query: { group: group.id },
      isMain: group.redriveHelps,
    })
  } <span class="hint">${say(group.redriveHelps ? "redrive_helps" : "redrive_needs_data")}</span></div>
  </article>`;
}

function kindBadge({ say }: Page, { kind, status }: FailureGroup): Html {
  const words = say(`kind_${kind}`);
  return badge("note", status === null ? words : `${words} · ${status}`);
}

function example({ code }: Failure): Html {
  return codeLink(code);
}

function fromJournal({ say }: Page, { from }: FailuresAnswer): Html {
  return from === "sqlserver" ? html`` : html`
    <div class="notice problem">
      <p>${say("failures_from_journal")}</p>
    </div>
  `;
}
