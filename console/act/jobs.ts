// Redrives that are under way: they may take minutes, so a page starts one and another shows how far it is. They live in this process;
// one that was cut off can be started again, and does only what is left.
import type { Progress, RedriveResult } from "../../shared/operator/types.ts";
import { wordsOfError } from "../page.ts";

/** What a job came to. `gone`: its cause had no documents any more. */
export type JobEnd =
  | { kind: "done"; result: RedriveResult }
  | { kind: "gone" }
  | { kind: "failed"; why: string };

export interface Job {
  readonly id: string;
  readonly who: string;
  readonly startedAtMs: number;
  readonly progress: Progress;
  /** Null while it runs. */
  readonly end: JobEnd | null;
  /** Stops it after the batch under way. */
  stop(): void;
}

/** What a job does. Resolves with null when there is nothing of that kind. */
export type JobWork = (
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) => Promise<RedriveResult | null>;

/** Jobs that are remembered, running ones aside. */
const keptMax = 20;

export class Jobs {
  readonly #jobs = new Map<string, RunningJob>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(who: string, work: JobWork): Job {
    const job = new RunningJob(who, this.#now());
    this.#jobs.set(job.id, job);
    job.run(work);
    for (const [id, { end }] of this.#jobs) {
      if (this.#jobs.size > keptMax && end !== null) this.#jobs.delete(id);
    }
    return job;
  }

  find(id: string): Job | null {
    return this.#jobs.get(id) ?? null;
  }

  /** The newest first. */
  list(): Job[] {
    return [...this.#jobs.values()].reverse();
  }

  /** Stops all, and waits for them. */
  async stop(): Promise<void> {
    const running = [...this.#jobs.values()];
    for (const job of running) job.stop();
    await Promise.all(running.map((job) => job.ended));
  }
}

class RunningJob implements Job {
  readonly id = crypto.randomUUID();
  readonly who: string;
  readonly startedAtMs: number;
  progress: Progress = { done: 0, total: 0 };
  end: JobEnd | null = null;
  ended: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(who: string, startedAtMs: number) {
    this.who = who;
    this.startedAtMs = startedAtMs;
  }

  run(work: JobWork): void {
    this.ended = this.#run(work);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(work: JobWork): Promise<void> {
    const onProgress = (progress: Progress) => this.progress = { ...progress };
    try {
      const result = await work({ signal: this.#stopping.signal, onProgress });
      this.end = result === null ? { kind: "gone" } : { kind: "done", result };
    } catch (error) {
      this.end = { kind: "failed", why: wordsOfError(error) };
    }
  }
}
