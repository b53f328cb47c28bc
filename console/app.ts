// The console as one HTTP application: the gate first, then the files, the login, the pages, and what can be done.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ConsoleEnv, Parts } from "./context.ts";
import { wordsOfError } from "./page.ts";
import { actionRoutes } from "./routes/actions.ts";
import { loginRoutes } from "./routes/login.ts";
import { pageRoutes } from "./routes/pages.ts";
import { headers, host, language, posts, refuse, session, uncached } from "./security/gate.ts";
import { assets } from "./static/assets.ts";

const bodyMaxBytes = 65_536;

export function consoleApp(parts: Parts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(headers, uncached, host(parts));
  for (const { path, type, text } of Object.values(assets)) {
    app.get(
      path,
      (c) =>
        c.body(text, 200, { "content-type": type, "cache-control": "public, max-age=31536000, immutable" }),
    );
  }
  const limit = bodyLimit({ maxSize: bodyMaxBytes, onError: (c) => c.text("", 413) });
  app.use(limit, language, session(parts), posts(parts));
  loginRoutes(app, parts);
  pageRoutes(app, parts);
  actionRoutes(app, parts);
  app.notFound((c) => refuse(c, parts, { status: 404, sentence: "not_found" }));
  app.onError((error, c) => {
    parts.log.event("console.failed", { text: `${c.req.method} ${c.req.path}`, error });
    return refuse(c, parts, { status: 500, sentence: "broken", values: { why: wordsOfError(error) } });
  });
  return app;
}
