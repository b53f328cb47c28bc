// `deno task console`: the operator's web page. Opens the operator's functions, serves app.ts, and ends with a signal.
import { systemClock } from "../shared/clock.ts";
import { SettingsError } from "../shared/errors.ts";
import { createLog, type Log } from "../shared/log.ts";
import { openOperator } from "../shared/operator/open.ts";
import { loadSettings, type Settings } from "../shared/settings.ts";
import { describeSettings, secretsOf } from "../shared/settings_print.ts";
import { onStopSignals } from "../shared/shutdown.ts";
import { Jobs } from "./act/jobs.ts";
import { consoleApp } from "./app.ts";
import type { Parts } from "./context.ts";
import { Fresh } from "./fresh.ts";
import { historyFrom } from "./history.ts";
import { LoginLimit, Passwords } from "./security/passwords.ts";
import { Sessions } from "./security/sessions.ts";

/** Younger figures than this are not asked for anew, ms: a little less than live pages look. */
const statusKeepMs = 1_500;
/** Streams notice the end at once; a browser that holds on to a connection is not waited for longer, ms. */
const endsWithinMs = 3_000;

async function main(): Promise<void> {
  const settings = await loadSettings();
  const log = createLog({ ...settings.log, process: "console", secrets: secretsOf(settings) });
  log.event("process.started");
  log.event("settings.loaded", { text: describeSettings(settings) });
  const signal = onStopSignals(log, systemClock);
  const opened = await openOperator({ settings, log, clock: systemClock, who: "console" });
  const parts = partsOf(opened, { settings, log, signal });
  const server = serve(parts, settings);
  await aborted(signal);
  const askedAtMs = systemClock.now();
  await Promise.race([Promise.all([server.shutdown(), parts.jobs.stop()]), systemClock.sleep(endsWithinMs)]);
  await opened.close();
  log.event("process.stopped", { ms: systemClock.now() - askedAtMs, exit_code: 0 });
  Deno.exit(0);
}

function partsOf(
  { operator, database }: Awaited<ReturnType<typeof openOperator>>,
  { settings, log, signal }: { settings: Settings; log: Log; signal: AbortSignal },
): Parts {
  const now = () => systemClock.now();
  return {
    operator,
    status: new Fresh(() => operator.status(), { keepMs: statusKeepMs, now }),
    history: historyFrom(database, now),
    jobs: new Jobs(now),
    passwords: new Passwords(settings.console),
    sessions: new Sessions(now),
    limit: new LoginLimit(now),
    log,
    now,
    signal,
  };
}

function serve(parts: Parts, { console: { host, port } }: Settings): Deno.HttpServer<Deno.NetAddr> {
  const app = consoleApp(parts);
  const onListen = ({ port }: Deno.NetAddr) =>
    parts.log.event("console.listening", {
      text: `http://${host.includes(":") ? `[${host}]` : host}:${port}/`,
    });
  return Deno.serve(
    { hostname: host, port, onListen },
    (request, { remoteAddr }) => app.fetch(request, { remote: remoteAddr.hostname }),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())
  );
}

try {
  await main();
} catch (error) {
  if (error instanceof SettingsError) {
    console.error(error.message);
    Deno.exit(2);
  }
  if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  console.error(
    "Another program listens on CONSOLE_PORT already: end it, or set another port (0 takes any free one).",
  );
  Deno.exit(1);
}
