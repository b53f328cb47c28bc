// The health page: /healthz (is the loop turning?), /readyz (do Redis and SQL Server answer?), /metrics. On HEALTH_PORT, and only
// there; it listens on this machine alone unless HEALTH_HOST says otherwise. It shows no document, shop, setting or secret.
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Reachability } from "./reachability.ts";

/** The loop that a process lives by. */
export interface Loop {
  /** What it is called in a sentence: "the reading loop". */
  name: string;
  /** When it last turned, ms; 0 before the first time. */
  turnedAtMs(): number;
  /** It may stand still so long, ms. */
  limitMs: number;
}

/** An answer of the health page: yes or no, and a sentence for people. */
export interface Verdict {
  ok: boolean;
  text: string;
}

/** Until the process names its loop, it may take so long to start, ms. */
const startLimitMs = 60_000;

/** Whether the loop has turned lately. Pure. */
export function judgeLoop(loop: Loop, startedAtMs: number, nowMs: number): Verdict {
  const turnedAtMs = loop.turnedAtMs();
  const seconds = Math.round((nowMs - Math.max(turnedAtMs, startedAtMs)) / 1000);
  const ok = nowMs - Math.max(turnedAtMs, startedAtMs) <= loop.limitMs;
  const last = turnedAtMs === 0
    ? `${loop.name} has not turned since the start, ${seconds} s ago`
    : `${loop.name} turned ${seconds} s ago`;
  return { ok, text: ok ? last : `${last}: the limit is ${loop.limitMs / 1000} s` };
}

export interface HealthParts {
  host: string;
  port: number;
  metrics: Metrics;
  reachability: Pick<Reachability, "judge">;
  clock: Clock;
  log: Log;
  /** Aborts when the process is asked to end: it is alive, but takes nothing new. */
  signal: AbortSignal;
}

export class Health {
  readonly #parts: HealthParts;
  readonly #startedAtMs: number;
  #loop: Loop = { name: "the process", turnedAtMs: () => 0, limitMs: startLimitMs };

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.now();
  }

  /** Listens for as long as the process lives. A port that is taken is logged, and no more: documents matter more than the page about them. */
  listen(): void {
    const { host: hostname, port, log } = this.#parts;
    try {
      Deno.serve({
        hostname,
        port,
        onListen: (at) => log.event("health.listening", { text: `${at.hostname}:${at.port}` }),
        onError: () => new Response("the health page failed\n", { status: 500 }),
      }, (request) => this.answer(request));
    } catch (error) {
      log.event("health.failed", { text: `${hostname}:${port}`, error });
    }
  }

  /** From now on `/healthz` means this loop. */
  watch(loop: Loop): void {
    this.#loop = loop;
    this.#parts.metrics.onRead(() => this.#parts.metrics.turned.set(loop.turnedAtMs() / 1000));
  }

  /** What `/metrics` shows. */
  get metrics(): Metrics {
    return this.#parts.metrics;
  }

  /** Answers one request. */
  async answer(request: Request): Promise<Response> {
    const { metrics, reachability, clock, signal } = this.#parts;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("only GET\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    switch (new URL(request.url).pathname) {
      case "/healthz":
        // While it ends, the loop stands still, and everything that is left has a deadline of its own.
        if (signal.aborted) return respond({ ok: true, text: "the process is ending" });
        return respond(judgeLoop(this.#loop, this.#startedAtMs, clock.now()));
      case "/readyz":
        if (signal.aborted) {
          return respond({ ok: false, text: "the process is ending and takes nothing new" });
        }
        return respond(reachability.judge(clock.now()));
      case "/metrics":
        return new Response(await metrics.text(), { headers: { "content-type": metrics.contentType } });
      default:
        return new Response("there are /healthz, /readyz and /metrics\n", { status: 404 });
    }
  }
}

function respond({ ok, text }: Verdict): Response {
  return new Response(`${text}\n`, { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}
