// A console without servers, for tests of its pages and its gate: an operator with one of everything that can be shown, who remembers what was done.

import { Jobs } from "../../console/act/jobs.ts";
import { consoleApp } from "../../console/app.ts";
import type { Parts } from "../../console/context.ts";
import { Fresh } from "../../console/fresh.ts";
import { type Hours, inSteps, type ReadHistory, spans } from "../../console/history.ts";
import type { ConsoleOperator } from "../../console/operator.ts";
import { LoginLimit, Passwords } from "../../console/security/passwords.ts";
import { Sessions } from "../../console/security/sessions.ts";
import { documentTypes } from "../../shared/document.ts";
import { createLog } from "../../shared/log.ts";
import type { StatsRow } from "../../shared/minute_stats.ts";
import * as shown from "./console_facts.ts";

export interface FakeOptions {
  readonly password?: string;
  readonly readonlyPassword?: string;
  /** How things stand; one of everything when left out. */
  readonly operator?: Partial<ConsoleOperator>;
  readonly history?: ReadHistory;
  readonly nowMs?: () => number;
}

/** A console whose operator is made up. */
export interface FakeConsole {
  readonly parts: Parts;
  readonly jobs: Jobs;
  /** What was done, as `who: what`. */
  readonly done: string[];
  /** Lines of its log. */
  readonly log: string[];
  /** Asks for a page as `http://localhost`. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  app: ReturnType<typeof consoleApp>;
  stop(): void;
}

export function fakeConsole(options: FakeOptions = {}): FakeConsole {
  const done: string[] = [];
  const log: string[] = [];
  const now = options.nowMs ?? (() => Date.now());
  const ending = new AbortController();
  const operator = { ...operatorFor("nobody", done, now), ...options.operator };
  const withAs = {
    ...operator,
    as: (who: string) => ({ ...operatorFor(who, done, now), ...options.operator }),
  };
  const parts: Parts = {
    operator: withAs,
    status: new Fresh(() => withAs.status(), { keepMs: 0, now }),
    history: options.history ?? ((hours) => Promise.resolve(historyOf(hours, now()))),
    jobs: new Jobs(now),
    passwords: new Passwords(options),
    sessions: new Sessions(now),
    limit: new LoginLimit(now),
    log: createLog({ level: "info", format: "json", process: "console", write: (line) => log.push(line) }),
    now,
    signal: ending.signal,
  };
  const app = consoleApp(parts);
  const ask = (path: string, init: RequestInit) =>
    Promise.resolve(app.request(`http://localhost${path}`, init, { remote: "192.0.2.7" }));
  return {
    ...{ parts, jobs: parts.jobs, done, log, app },
    get: (path, headers = {}) => ask(path, { headers: { host: "localhost", ...headers } }),
    post: (path, form, headers = {}) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { host: "localhost", ...headers },
      }),
    stop: () => ending.abort(),
  };
}

/** Answers with made-up facts, and writes down what it was told to do. */
function operatorFor(who: string, done: string[], now: () => number): ConsoleOperator {
  const did: Did = (what, answer) => {
    done.push(`${who}: ${what}`);
    return Promise.resolve(answer);
  };
  return {
    as: (name) => operatorFor(name, done, now),
    dead: deadFor(did, now),
    status: () => Promise.resolve(shown.status(now())),
    why: (code) => Promise.resolve(shown.why(now(), code)),
    pending: (type) => Promise.resolve(shown.pending(type)),
    failures: () => Promise.resolve(shown.failures(now())),
    shops: () => Promise.resolve(shown.shops(now())),
    report: () => Promise.resolve(shown.report()),
    actions: () => Promise.resolve(shown.doneBefore(now())),
    ...doerOf(did),
  };
}

/** Writes down what is done, and gives the answer. */
type Did = <T>(what: string, answer: T) => Promise<T>;

const redriven = {
  total: 12,
  redriven: 9,
  already: 2,
  left: 1,
  lettersRemoved: 11,
  stopped: false,
  recorded: true,
};

function doerOf(did: Did) {
  const scanned = { found: 3, enqueued: 2, invalid: 1, more: false, ms: 9, error: null };
  const retried = { type: "hoa_don", key: "1", shop: "CH01", outcome: "redriven" } as const;
  return {
    redriveGroup: (id, { dryRun = false } = {}) => {
      const answer = { ...redriven, dryRun };
      return dryRun ? Promise.resolve(answer) : did(`redrive group ${id}`, answer);
    },
    scan: () => did("scan", documentTypes.map((type) => ({ type, ...scanned }))),
    retry: (code) => did(`retry ${code}`, { code, documents: [retried], recorded: true }),
    pause: (type) => did(`pause ${type}`, { changed: true, recorded: true }),
    resume: (type) => did(`resume ${type}`, { changed: true, recorded: false }),
    unblock: (shop) => did(`unblock ${shop}`, { shop, wasBlocked: true, account: null, recorded: true }),
  } satisfies Partial<ConsoleOperator>;
}

function deadFor(did: Did, now: () => number): ConsoleOperator["dead"] {
  return {
    list: ({ type }) => {
      const letters = shown.letters(now()).filter((letter) => !type || letter.type === type);
      return Promise.resolve({ letters, more: false });
    },
    show: (id) => Promise.resolve(shown.letterDetail(now(), id)),
    redrive: (filter, { dryRun = false } = {}) => {
      const answer = { ...redriven, dryRun };
      return dryRun ? Promise.resolve(answer) : did(`redrive ${JSON.stringify(filter)}`, answer);
    },
    drop: (filter, { dryRun = false } = {}) => {
      const answer = { total: 12, dropped: dryRun ? 0 : 12, dryRun, recorded: true };
      return dryRun ? Promise.resolve(answer) : did(`drop ${JSON.stringify(filter)}`, answer);
    },
  };
}

/** A quiet hour with a bad half. */
function historyOf(hours: Hours, nowMs: number) {
  const stepMs = spans[hours] * 60_000;
  const steps = hours * 60 / spans[hours];
  const fromMs = Math.floor(nowMs / stepMs) * stepMs - (steps - 1) * stepMs;
  const rows = Array.from({ length: steps }, (_, at) =>
    documentTypes.flatMap((type, kind): StatsRow[] => {
      const wave = 30 + 20 * Math.sin(at / 6 + kind);
      const isOutage = at > steps * .5 && at < steps * .62;
      const synced = isOutage ? 0 : Math.round(wave * spans[hours] / (kind + 1));
      return [{
        at: new Date(fromMs + at * stepMs),
        ...{ type, shop: "CH01", synced, failed: at % 9 === kind ? 3 : 0, returned: 0 },
        latency: synced === 0 ? [] : [[300 + 200 * kind, synced - 1], [isOutage ? 20_000 : 2_000, 1]],
      }];
    })).flat();
  return inSteps(rows, { hours, fromMs, stepMs, steps });
}
