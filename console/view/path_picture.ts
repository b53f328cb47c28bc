// The picture of one document type's path: SQL Server → stream → in call → done, and what fell off it. Live: view/overview redraws it.
import { html } from "hono/html";
import type { TypeStatus } from "../../shared/operator/types.ts";
import type { Html, Page } from "../page.ts";
import type { TextName } from "../texts.ts";
import type { Content } from "./parts.ts";

interface Station {
  name: TextName;
  figure: string;
  notes: Content[];
  href?: string;
  kind?: "dead" | "done";
  /** Whether documents move out of it just now. */
  isMoving?: boolean;
}

export function pathPicture(page: Page, status: TypeStatus): Html {
  const moving = (status.ratePerMinute ?? 0) > 0;
  const stations: Station[] = [
    pendingStation(page, status, moving),
    streamStation(page, status, moving),
    callStation(page, status, moving),
    { name: "path_done", figure: page.number(status.ratePerMinute), notes: [], kind: "done" },
    deadStation(page, status),
  ];
  return html`<ol class="path">${stations.map((station) => drawn(page, station))}</ol>`;
}

function drawn({ say }: Page, { name, figure, notes, href, kind = "done", isMoving = false }: Station): Html {
  const shown = href === undefined ? figure : html`<a href="${href}">${figure}</a>`;
  const classes = `station ${name.replace("path_", "at-")} ${kind === "dead" ? "dead" : ""} ${
    isMoving ? "moving" : ""
  }`;
  return html`
    <li class="${classes}">
      <span class="name">${say(name)}</span>
      <span class="figure">${shown}</span>
      <span class="notes">${notes.map((note) => html`<span>${note}</span>`)}</span>
    </li>
  `;
}

function pendingStation(
  page: Page,
  { type, pending, oldestWaitingMs }: TypeStatus,
  moving: boolean,
): Station {
  const { say } = page;
  const figure = pending === null ? "—" : `${page.number(pending.count)}${pending.more ? "+" : ""}`;
  const oldest = oldestWaitingMs === null
    ? say("path_none_waiting")
    : say("path_oldest", { span: page.span(oldestWaitingMs) });
  const isKnown = pending !== null;
  return {
    name: "path_pending",
    figure,
    notes: isKnown ? [oldest] : [],
    href: `/documents?type=${type}`,
    isMoving: moving && (pending?.count ?? 0) > 0,
  };
}

function streamStation(page: Page, status: TypeStatus, moving: boolean): Station {
  const { inStream, fresh, dueLater, nextDueAtMs } = status;
  const { say } = page;
  const notes: string[] = [];
  if (fresh) notes.push(say("path_fresh", { n: fresh }));
  if (dueLater && nextDueAtMs) {
    notes.push(say("path_later_next", { n: dueLater, when: page.next(nextDueAtMs) }));
  } else if (dueLater) notes.push(say("path_later", { n: dueLater }));
  return {
    name: "path_stream",
    figure: page.number(inStream),
    notes,
    isMoving: moving && (inStream ?? 0) > 0,
  };
}

function callStation(page: Page, { inCall, writing, workers }: TypeStatus, moving: boolean): Station {
  const { say } = page;
  const alive = workers.filter((worker) => worker.alive).length;
  const notes = [say("path_workers", { n: alive })];
  if (writing) notes.push(say("path_writing", { n: writing }));
  return { name: "path_call", figure: page.number(inCall), notes, href: "/workers", isMoving: moving };
}

function deadStation(page: Page, { type, dead }: TypeStatus): Station {
  const hasDead = (dead ?? 0) > 0;
  return {
    name: "path_dead",
    figure: page.number(dead),
    notes: dead === null ? [] : [page.say(hasDead ? "path_dead_note" : "path_dead_none")],
    href: hasDead ? "/failures" : `/dead?type=${type}`,
    kind: hasDead ? "dead" : "done",
  };
}
