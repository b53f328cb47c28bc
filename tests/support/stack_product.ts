// One process of the product in a test's stack: its signals, its end, its log as events. stack.ts starts them.
import type { Child } from "../../dev/stack/child.ts";
import type { Processes } from "../../dev/stack/processes.ts";
import { type Role, startProduct } from "../../dev/stack/product.ts";
import { type LogLine, readLogLine } from "../../dev/stack/product_log.ts";

/** Where and how it runs. */
export interface ProductProcessOptions {
  readonly role: Role;
  /** Its number among those of the test: two of a role have two log files. */
  readonly number: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

const lastLinesShown = 5;

/** A scheduler or a worker. */
export class ProductProcess {
  readonly role: Role;
  readonly #child: Child;
  readonly #events: LogLine[] = [];
  readonly #waiting = new Set<(event: LogLine) => void>();

  constructor(processes: Processes, { role, number, env, cwd }: ProductProcessOptions) {
    this.role = role;
    const onLine = (line: string) => this.#take(line);
    this.#child = startProduct(processes, { role, name: `${role}-${number}`, env, cwd, onLine });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How it ended, when it has. */
  get stopped(): Promise<Deno.CommandStatus> {
    return this.#child.ended;
  }

  get isRunning(): boolean {
    return !this.#child.hasEnded;
  }

  /** Sends a signal; resolves when the process has ended, at once for SIGSTOP and SIGCONT. */
  async kill(signal: Deno.Signal): Promise<void> {
    this.#child.kill(signal);
    if (signal !== "SIGSTOP" && signal !== "SIGCONT") await this.#child.ended;
  }

  /** The events it has logged so far. */
  logLines(): readonly LogLine[] {
    return this.#events;
  }

  /**
   * The first event of a name that `where` accepts, logged already or within `deadlineMs`.
   * Throws an Error with the end of the log when none comes, and when the process ends first.
   */
  async waitForEvent(
    name: string,
    deadlineMs: number,
    where: (event: LogLine) => boolean = () => true,
  ): Promise<LogLine> {
    const isWanted = (event: LogLine) => event.event === name && where(event);
    const known = this.#events.find(isWanted);
    if (known !== undefined) return known;
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const take = (event: LogLine) => isWanted(event) && resolve(event);
    const fail = (why: string) =>
      reject(new Error(`${this.role} logged no ${name}: ${why}\n${this.describe()}`));
    const timer = setTimeout(() => fail(`${deadlineMs} ms are over`), deadlineMs);
    this.stopped.then(() => fail("it has ended"));
    this.#waiting.add(take);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(take);
    }
  }

  /** Whether it runs, and the end of its log. */
  describe(): string {
    const lines = this.#child.lastLines.slice(-lastLinesShown).map((line) => `    ${line}`);
    return [`  ${this.role} (${this.pid}) ${this.isRunning ? "runs" : "has ended"}`, ...lines].join("\n");
  }

  #take(line: string): void {
    const event = readLogLine(line);
    if (event === null) return;
    this.#events.push(event);
    for (const take of this.#waiting) take(event);
  }
}
