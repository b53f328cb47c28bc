// Whether the services that a process needs answer: each is asked every five seconds. For /readyz and the metrics.
import type { Clock } from "./clock.ts";
import { describeError } from "./errors.ts";
import type { Verdict } from "./health.ts";
import type { Metrics } from "./metrics.ts";

const askEveryMs = 5_000;
/** What does not answer within this does not answer, ms. */
const answerMs = 3_000;
/** An answer so old does not count any more, ms: three were missed. */
const validMs = 15_000;

/** Asks a service for a sign of life; throws when there is none. */
export type Ask = () => Promise<unknown>;

interface State {
  name: string;
  ask: Ask;
  answeredAtMs: number;
  /** What went wrong at the last look; empty when nothing did. */
  trouble: string;
  /** The question that is out: a frozen server is not asked again and again. */
  asking: Promise<unknown> | null;
}

export class Reachability {
  readonly #services: State[];
  readonly #clock: Clock;
  readonly #metrics: Metrics;

  constructor(asks: Record<string, Ask>, parts: { clock: Clock; metrics: Metrics }) {
    this.#services = Object.entries(asks).map(([name, ask]) => ({
      name,
      ask,
      answeredAtMs: -Infinity,
      trouble: "has not been asked yet",
      asking: null,
    }));
    this.#clock = parts.clock;
    this.#metrics = parts.metrics;
  }

  /** Asks until the signal. Never rejects. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all(this.#services.map((service) => this.#look(service)));
      await this.#clock.sleep(askEveryMs, signal);
    }
  }

  /** Whether all of them have answered lately, with a sentence for each. */
  judge(nowMs: number): Verdict {
    const verdicts = this.#services.map(({ name, answeredAtMs, trouble }) => {
      const ok = nowMs - answeredAtMs <= validMs;
      const seconds = Math.round((nowMs - answeredAtMs) / 1000);
      const last = Number.isFinite(answeredAtMs) ? `answered ${seconds} s ago` : "has not answered yet";
      return { ok, text: trouble === "" ? `${name} ${last}` : `${name} ${last}: ${trouble}` };
    });
    return { ok: verdicts.every(({ ok }) => ok), text: verdicts.map(({ text }) => text).join("\n") };
  }

  async #look(service: State): Promise<void> {
    const late = new AbortController();
    const deadline = this.#clock.sleep(answerMs, late.signal).then(() => {
      throw new Error(`no answer within ${answerMs / 1000} s`);
    });
    deadline.catch(() => {}); // it may come after the answer
    try {
      service.asking ??= service.ask().finally(() => service.asking = null);
      await Promise.race([service.asking, deadline]);
      service.answeredAtMs = this.#clock.now();
      service.trouble = "";
    } catch (error) {
      service.trouble = describeError(error).message;
    }
    late.abort();
    this.#metrics.serviceUp.set({ service: service.name }, service.trouble === "" ? 1 : 0);
  }
}
