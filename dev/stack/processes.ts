// The processes of a dev stack: starts them, notices when one ends by itself, ends them in the right order.
// A guard process ends them when this one is killed (guard_main.ts).
import { join } from "node:path";
import { Child, type ChildOptions } from "./child.ts";

/** The product is ended before the services: it writes back what it has in hand. */
export type Rank = "product" | "service";

/** What to start, and when to end it. */
export interface ProcessOptions extends Omit<ChildOptions, "logFile"> {
  readonly rank: Rank;
}

/** A worker may need 30 s for its calls and 10 s to write back (workers/worker.ts). */
const productEndsMs = 45_000;
const serviceEndsMs = 10_000;

export class Processes {
  readonly #logDirectory: string;
  readonly #children = new Map<Child, Rank>();
  readonly #pids: number[] = [];
  readonly #guard: Deno.ChildProcess;
  readonly #toGuard: WritableStreamDefaultWriter<Uint8Array>;
  readonly #fallen = Promise.withResolvers<Child>();
  #told: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;

  /** The directory is there already. */
  constructor(logDirectory: string) {
    this.#logDirectory = logDirectory;
    this.#guard = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.resolve("./guard_main.ts")],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    this.#toGuard = this.#guard.stdin.getWriter();
    this.#pids.push(this.#guard.pid);
  }

  /** Resolves with the first child that ends before it was told to; never rejects. */
  get fallen(): Promise<Child> {
    return this.#fallen.promise;
  }

  /** The children that run. */
  get running(): readonly Child[] {
    return [...this.#children.keys()].filter((child) => !child.hasEnded);
  }

  /** Every process started so far, whether it runs or not. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /** Throws when the stack is being ended, and Deno.errors.NotFound when there is no such program. */
  start({ rank, ...options }: ProcessOptions): Child {
    if (this.#stopping) throw new Error(`starting ${options.name}: the stack is being ended`);
    const logFile = join(this.#logDirectory, `${options.name.replaceAll(":", "-")}.log`);
    const child = new Child({ ...options, logFile });
    this.#children.set(child, rank);
    this.#pids.push(child.pid);
    this.#tell("+", String(child.pid), rank);
    child.ended.then(() => {
      this.#tell("-", String(child.pid));
      if (!this.#stopping && this.#children.has(child)) this.#fallen.resolve(child);
    });
    return child;
  }

  /** Resolves when the guard knows of everything so far: from then on nothing is left even when this process is killed. */
  told(): Promise<void> {
    return this.#told;
  }

  /** A directory that the guard removes when it ends: at `stop()`, or when this process is killed. */
  removeAtEnd(path: string): void {
    this.#tell("x", path);
  }

  /** A child that ends from now on is no accident. */
  forget(child: Child): void {
    this.#children.delete(child);
  }

  /** Ends the product, then the services, then the guard. May be called twice. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  /** Ends everything at once. `stop()` then resolves. */
  killAll(): void {
    for (const child of this.running) child.kill("SIGKILL");
  }

  async #stop(): Promise<void> {
    await this.#stopRank("product", productEndsMs);
    await this.#stopRank("service", serviceEndsMs);
    await this.#toGuard.close().catch(() => {});
    await this.#guard.status;
  }

  async #stopRank(rank: Rank, withinMs: number): Promise<void> {
    const children = [...this.#children].filter(([, rankOf]) => rankOf === rank).map(([child]) => child);
    await Promise.all(children.map((child) => child.stop(withinMs)));
  }

  #tell(...words: string[]): void {
    // A guard that was killed by hand guards no more; the stack goes on.
    this.#told = this.#toGuard.write(new TextEncoder().encode(words.join("\t") + "\n")).catch(() => {});
  }
}
