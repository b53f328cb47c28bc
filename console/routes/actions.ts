// What can be done: a GET asks whether it shall be, the POST from that page does it and leads back, or to its job.
import type { Hono } from "hono";
import { type Action, actions, type Target, targetFrom } from "../act/actions.ts";
import {
  type ConsoleContext,
  type ConsoleEnv,
  localPath,
  operatorFor,
  pageOf,
  type Parts,
  show,
  tell,
  whoOf,
} from "../context.ts";
import { confirmPage } from "../pages/confirm.ts";
import { operatorsOnly, refuse } from "../security/gate.ts";

export function actionRoutes(app: Hono<ConsoleEnv>, parts: Parts): void {
  const only = operatorsOnly(parts);
  app.get("/do/:action", only, (c) => ask(c, parts));
  app.post("/do/:action", only, (c) => act(c, parts));
  app.post("/jobs/:id/stop", only, (c) => {
    const id = c.req.param("id");
    parts.jobs.find(id)?.stop();
    return tell(c, `/jobs/${id}`, null);
  });
}

async function ask(c: ConsoleContext, parts: Parts): Promise<Response> {
  const found = actionOf(c, targetFrom((name) => c.req.query(name)));
  if (!found) return await refuse(c, parts, { status: 400, sentence: "bad_request" });
  const { name, action, target } = found;
  const page = pageOf(c, parts);
  const preview = await action.preview?.(operatorFor(c, parts), target) ?? { lines: [] };
  const back = localPath(c.req.query("back"));
  const body = confirmPage(page, { name, action, target, preview, back, who: whoOf(c) });
  return await show(c, page, { title: page.say(action.button), body });
}

async function act(c: ConsoleContext, parts: Parts): Promise<Response> {
  const form = await c.req.parseBody();
  const read = (name: string) => typeof form[name] === "string" ? form[name] : undefined;
  const found = actionOf(c, targetFrom(read));
  if (!found) return await refuse(c, parts, { status: 400, sentence: "bad_request" });
  const outcome = await found.action.run(operatorFor(c, parts), found.target);
  parts.status.forget();
  if (outcome.kind === "told") return tell(c, localPath(read("back")), outcome.notice);
  return tell(c, `/jobs/${parts.jobs.start(whoOf(c), outcome.work).id}`, null);
}

function actionOf(
  c: ConsoleContext,
  target: Target | null,
): { name: string; action: Action; target: Target } | null {
  const name = c.req.param("action") ?? "";
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  return action && target && action.fits(target) ? { name, action, target } : null;
}
