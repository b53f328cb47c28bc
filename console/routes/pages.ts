// The pages that show something, and the streams that keep them fresh.
import type { Hono } from "hono";
import { documentTypes } from "../../shared/document.ts";
import { type ConsoleContext, type ConsoleEnv, operatorFor, pageOf, type Parts, show } from "../context.ts";
import { hoursFrom } from "../history.ts";
import { LiveStreams } from "../live.ts";
import { type Page, wordsOfError } from "../page.ts";
import { actionsPage, actionsShown, jobGonePage, jobPage, jobParts } from "../pages/actions.ts";
import {
  deadPage,
  deadQueryFrom,
  filterOf,
  letterGonePage,
  letterPage,
  lettersShown,
} from "../pages/dead.ts";
import { documentsPage, pendingShown, whyPage } from "../pages/documents.ts";
import { failureGonePage, failurePage, failuresPage } from "../pages/failures.ts";
import { type OverviewFacts, overviewPage, overviewParts } from "../pages/overview.ts";
import { shopsPage } from "../pages/shops.ts";
import { workersPage, workersParts } from "../pages/workers.ts";

export function pageRoutes(app: Hono<ConsoleEnv>, parts: Parts): void {
  const live = new LiveStreams(parts);
  overviewRoutes(app, parts, live);
  workerRoutes(app, parts, live);
  jobRoutes(app, parts, live);
  failureRoutes(app, parts);
  deadRoutes(app, parts);
  app.get("/documents", (c) => documents(c, parts));
  app.get("/shops", (c) => shops(c, parts));
}

function overviewRoutes(app: Hono<ConsoleEnv>, parts: Parts, live: LiveStreams): void {
  const facts = async (c: ConsoleContext): Promise<OverviewFacts> => {
    const hours = hoursFrom(c.req.query("hours"));
    const history = parts.history(hours).catch((error) => ({ why: wordsOfError(error) }));
    return { hours, status: await parts.status.get(), history: await history };
  };
  app.get("/", async (c) => {
    const page = pageOf(c, parts);
    const given = await facts(c);
    const body = overviewPage(page, given);
    return await show(c, page, {
      title: page.say("overview"),
      at: "overview",
      live: `/live/overview?hours=${given.hours}`,
      body,
    });
  });
  app.get("/live/overview", (c) => {
    const path = `/?hours=${hoursFrom(c.req.query("hours"))}`;
    return live.open(c, { path, read: async (page) => overviewParts(page, await facts(c)) });
  });
}

function workerRoutes(app: Hono<ConsoleEnv>, parts: Parts, live: LiveStreams): void {
  app.get("/workers", async (c) => {
    const page = pageOf(c, parts);
    const body = workersPage(page, await parts.status.get());
    return await show(c, page, { title: page.say("workers"), at: "workers", live: "/live/workers", body });
  });
  const read = async (page: Page) => workersParts(page, await parts.status.get());
  app.get("/live/workers", (c) => live.open(c, { path: "/workers", read }));
}

function jobRoutes(app: Hono<ConsoleEnv>, parts: Parts, live: LiveStreams): void {
  app.get("/actions", async (c) => {
    const page = pageOf(c, parts);
    const done = await operatorFor(c, parts).actions(actionsShown).catch((error) => ({
      why: wordsOfError(error),
    }));
    const body = actionsPage(page, { status: await parts.status.get(), jobs: parts.jobs.list(), done });
    return await show(c, page, { title: page.say("actions"), at: "actions", body });
  });
  app.get("/jobs/:id", async (c) => {
    const page = pageOf(c, parts);
    const job = parts.jobs.find(c.req.param("id"));
    const frame = { title: page.say("job_redrive"), at: "actions" } as const;
    if (!job) return await show(c, page, { ...frame, body: jobGonePage(page) });
    return await show(c, page, { ...frame, live: `/live/jobs/${job.id}`, body: jobPage(page, job) });
  });
  app.get("/live/jobs/:id", (c) => {
    const job = parts.jobs.find(c.req.param("id"));
    if (!job) return c.text("", 404);
    return live.open(c, { path: `/jobs/${job.id}`, read: (page) => Promise.resolve(jobParts(page, job)) });
  });
}

function failureRoutes(app: Hono<ConsoleEnv>, parts: Parts): void {
  app.get("/failures", async (c) => {
    const page = pageOf(c, parts);
    const body = failuresPage(page, await operatorFor(c, parts).failures());
    return await show(c, page, { title: page.say("failures"), at: "failures", body });
  });
  app.get("/failures/:id", async (c) => {
    const page = pageOf(c, parts);
    const answer = await operatorFor(c, parts).failures();
    const group = answer.groups.find(({ id }) => id === c.req.param("id"));
    const body = group ? failurePage(page, group, answer) : failureGonePage(page);
    return await show(c, page, {
      title: group ? page.words(group.title) : page.say("failures"),
      at: "failures",
      body,
    });
  });
}

function deadRoutes(app: Hono<ConsoleEnv>, parts: Parts): void {
  app.get("/dead", async (c) => {
    const page = pageOf(c, parts);
    const query = deadQueryFrom((name) => c.req.query(name));
    const list = await operatorFor(c, parts).dead.list(filterOf(query), lettersShown);
    return await show(c, page, { title: page.say("dead"), at: "dead", body: deadPage(page, query, list) });
  });
  app.get("/dead/:type/:id", async (c) => {
    const page = pageOf(c, parts);
    const type = documentTypes.find((each) => each === c.req.param("type"));
    const letter = type && await operatorFor(c, parts).dead.show(c.req.param("id"), type);
    const body = letter ? letterPage(page, letter) : letterGonePage(page);
    return await show(c, page, { title: letter?.code ?? page.say("dead"), at: "dead", body });
  });
}

async function documents(c: ConsoleContext, parts: Parts): Promise<Response> {
  const page = pageOf(c, parts);
  const operator = operatorFor(c, parts);
  const code = c.req.query("code")?.trim().slice(0, 100);
  if (code) {
    return await show(c, page, {
      title: code,
      at: "documents",
      body: whyPage(page, await operator.why(code)),
    });
  }
  const type = documentTypes.find((each) => each === c.req.query("type"));
  const body = documentsPage(page, type, await operator.pending(type, pendingShown));
  return await show(c, page, { title: page.say("documents"), at: "documents", body });
}

async function shops(c: ConsoleContext, parts: Parts): Promise<Response> {
  const page = pageOf(c, parts);
  const operator = operatorFor(c, parts);
  const day = /^\d{4}-\d\d-\d\d$/.exec(c.req.query("day") ?? "")?.[0];
  const report = operator.report({ by: "shop", ...(day === undefined ? {} : { day }) })
    .catch((error) => ({ why: wordsOfError(error) }));
  const body = shopsPage(page, { shops: await operator.shops(), report: await report });
  return await show(c, page, { title: page.say("shops"), at: "shops", body });
}
