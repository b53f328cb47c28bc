// Simulated time and chance for tests/simulation: everything that waits, waits here, and a seed chooses what happens next.
// One event at a time: its promise continuations all run before the next event, so a seed always replays the same way.
import { setImmediate } from "node:timers";
import type { Clock } from "../../shared/clock.ts";

interface Event {
  atMs: number;
  order: number;
  run: () => void;
}

/** A small fast generator (mulberry32): the same numbers for the same seed on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class EventLoop {
  readonly random: () => number;
  #nowMs = 1_700_000_000_000;
  #order = 0;
  readonly #heap: Event[] = [];
  eventsRun = 0;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Runs something after a delay. */
  after(ms: number, run: () => void): void {
    push(this.#heap, { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, run });
  }

  /** A number from `min` up to `max`, both included, in whole steps. */
  between(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** Runs events until the time is reached or the condition holds; returns whether it held. */
  async runUntil(untilMs: number, done: () => boolean): Promise<boolean> {
    while (!done()) {
      const next = this.#heap[0];
      if (!next || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return done();
      }
      pop(this.#heap);
      this.#nowMs = next.atMs;
      this.eventsRun++;
      next.run();
      await settled();
    }
    return true;
  }
}

/** A process of the simulation: it can be frozen, thawed and killed; what it waits for comes only while it runs. */
export class SimProcess {
  readonly clock: Clock;
  readonly name: string;
  readonly #loop: EventLoop;
  #state: "running" | "frozen" | "dead" = "running";
  #held: (() => void)[] = [];

  constructor(loop: EventLoop, name: string) {
    this.#loop = loop;
    this.name = name;
    this.clock = { now: () => loop.nowMs, sleep: (ms, signal) => this.#sleep(ms, signal) };
  }

  get alive(): boolean {
    return this.#state !== "dead";
  }

  kill(): void {
    this.#state = "dead";
    this.#held = [];
  }

  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "running";
    for (const run of this.#held.splice(0)) this.#loop.after(0, () => this.deliver(run));
  }

  /** Runs a continuation in this process: now, after the thaw, or never. */
  deliver(run: () => void): void {
    if (this.#state === "running") run();
    else if (this.#state === "frozen") this.#held.push(run);
  }

  /**
   * A call to another machine: the request travels, is carried out there (even when this process dies meanwhile), and the
   * answer travels back. `fault` decides whether request or answer is lost on the way.
   */
  request<T>(
    work: () => T,
    network: { delayMs: () => number; fault: () => "none" | "request" | "answer" },
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#state === "dead") return;
      const fault = network.fault();
      const answer = (run: () => void) => this.#loop.after(network.delayMs(), () => this.deliver(run));
      this.#loop.after(network.delayMs(), () => {
        if (fault === "request") {
          return answer(() => reject(new Error("ECONNRESET before the request arrived")));
        }
        let result: T;
        try {
          result = work();
        } catch (error) {
          return answer(() => reject(error));
        }
        if (fault === "answer") answer(() => reject(new Error("ECONNRESET before the answer arrived")));
        else answer(() => resolve(result));
      });
    });
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      let over = false;
      const done = () => {
        if (over) return;
        over = true;
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#loop.after(ms, () => this.deliver(done));
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

/** All promise continuations have run: microtasks come before the next macrotask. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  heap.push(event);
  for (let i = heap.length - 1; i > 0;) {
    const parent = (i - 1) >> 1;
    if (before(heap[parent]!, heap[i]!)) return;
    [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
    i = parent;
  }
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  for (let i = 0;;) {
    const left = 2 * i + 1;
    if (left >= heap.length) return;
    const child = left + 1 < heap.length && before(heap[left + 1]!, heap[left]!) ? left + 1 : left;
    if (before(heap[i]!, heap[child]!)) return;
    [heap[i], heap[child]] = [heap[child]!, heap[i]!];
    i = child;
  }
}
