// What can be done to all documents of a type, the jobs, and what operators did last. One job with its progress, live.
import { html } from "hono/html";
import type { Job } from "../act/jobs.ts";
import type { OperatorAction, Status } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import { actionLink, badge, emptyState, moment, table } from "../view/parts.ts";

/** Actions that are listed. */
export const actionsShown = 100;

export interface ActionsFacts {
  status: Status;
  jobs: readonly Job[];
  /** What operators did, or why that cannot be told. */
  done: readonly OperatorAction[] | { why: string };
}

export function actionsPage(page: Page, { status, jobs, done }: ActionsFacts): Html {
  const { say } = page;
  return html`
    <div class="head"><h1>${say("actions")}</h1>${actionLink(page, say("do_scan"), { action: "scan" })}</div>
    <section class="card"><h2>${say("types_now")}</h2>${typeSwitches(page, status)}</section>
    ${jobs.length === 0
      ? ""
      : html`<section class="card"><h2>${say("jobs")}</h2>${jobTable(page, jobs)}</section>`}
    <p class="lead">${say("actions_about")}</p>
    ${"why" in done ? emptyState(done.why) : doneTable(page, done)}
  `;
}

export function jobPage(page: Page, job: Job): Html {
  const { say } = page;
  const parts = jobParts(page, job);
  return html`
    <p class="back"><a href="/actions">← ${say("actions")}</a></p>
    <section class="card job">
      <h1>${say("job_redrive")}</h1>
      <div data-live="progress">${parts.get("progress") ?? ""}</div>
      <div data-live="stop">${parts.get("stop") ?? ""}</div>
    </section>
  `;
}

/** What changes while the page is open, by the name of its place. */
export function jobParts(page: Page, job: Job): Map<string, Html> {
  return new Map([["progress", progress(page, job)], ["stop", stopForm(page, job)]]);
}

export function jobGonePage({ say }: Page): Html {
  return html`<p class="back"><a href="/actions">← ${say("actions")}</a></p>${emptyState(say("job_gone"))}`;
}

function progress(page: Page, job: Job): Html {
  const { say } = page;
  const { done, total } = job.progress;
  const share = total === 0 ? (job.end ? 1 : 0) : done / total;
  return html`
    <p>${jobWords(page, job)}</p>
    <progress max="100" value="${Math.round(share * 100)}">${Math.round(share * 100)} %</progress>
    <p class="hint">${say("job_progress", { done, total })} · ${page.when(job.startedAtMs)}</p>
  `;
}

function stopForm({ say, mayAct, facts: { csrf } }: Page, { id, end }: Job): Html {
  if (end !== null || !mayAct) return html``;
  return html`<form method="post" action="/jobs/${id}/stop">
    <input type="hidden" name="csrf" value="${csrf}" /><button class="button">${say("job_stop")}</button>
  </form>`;
}

function jobWords({ say }: Page, { end, who }: Job): string {
  if (end === null) return say("job_running", { who });
  if (end.kind === "gone") return say("job_vanished");
  if (end.kind === "failed") return say("job_failed", { why: end.why });
  const { redriven, already, left, stopped } = end.result;
  return say(stopped ? "job_stopped" : "job_done", { rows: redriven, already, left });
}

function typeSwitches(page: Page, { types }: Status): Html {
  const { say } = page;
  return html`<ul class="switches">${
    types.map(({ type, paused }) =>
      html`<li><span>${say(type)} ${
        paused ? badge("warning", say("paused")) : badge("ok", say("running"))
      }</span> ${
        actionLink(page, say(paused ? "do_resume" : "do_pause"), {
          action: paused ? "resume" : "pause",
          query: { type },
          isMain: paused !== null,
        })
      }</li>`
    )
  }</ul>`;
}

function jobTable(page: Page, jobs: readonly Job[]): Html {
  return table(
    page,
    [
      { name: "at", cell: ({ startedAtMs }) => moment(page, startedAtMs) },
      { name: "who", cell: ({ who }) => who },
      { name: "action", cell: ({ id }) => html`<a href="/jobs/${id}">${page.say("job_redrive")}</a>` },
      { name: "outcome", cell: (job) => jobWords(page, job), isWide: true },
    ],
    jobs,
    "",
  );
}

function doneTable(page: Page, done: readonly OperatorAction[]): Html {
  return table(
    page,
    [
      { name: "at", cell: ({ at }) => moment(page, at.getTime()) },
      { name: "who", cell: ({ who }) => who },
      { name: "action", cell: ({ action }) => html`<strong>${action}</strong>` },
      { name: "target", cell: ({ target }) => target, isWide: true },
      { name: "detail", cell: ({ detail }) => detail, isWide: true },
      { name: "outcome", cell: ({ outcome }) => outcome, isWide: true },
    ],
    done,
    page.say("actions_none"),
  );
}
