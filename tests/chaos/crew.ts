// The product's processes of a run, and the supervisor that starts again what ended, as systemd or Kubernetes would.
import type { Random } from "../../dev/samples/random.ts";
import { pick } from "../../dev/samples/random.ts";
import type { Role } from "../../dev/stack/product.ts";
import { type DocumentType, documentTypes } from "../../shared/document.ts";
import type { Stack } from "../support/stack.ts";
import type { ProductProcess } from "../support/stack_product.ts";
import { pause } from "./pause.ts";

const restartAfterMs = 300;
const readyWithinMs = 30_000;

/** How many of each. */
export interface CrewSize {
  readonly workers: number;
  readonly schedulers: number;
}

/** One place in the crew: always the same role, one process after another. */
export class Member {
  readonly role: Role;
  /** The type of a worker; null for a scheduler. */
  readonly type: DocumentType | null;
  readonly #stack: Stack;
  readonly #onAccident: (what: string) => void;
  #product: ProductProcess;
  #felled = false;
  #retired = false;

  constructor(stack: Stack, type: DocumentType | null, onAccident: (what: string) => void) {
    this.#stack = stack;
    this.type = type;
    this.role = type === null ? "scheduler" : `worker:${type}`;
    this.#onAccident = onAccident;
    this.#product = this.#start();
    this.#keep();
  }

  get product(): ProductProcess {
    return this.#product;
  }

  /** Its name in Redis: as a consumer, or as the leader. */
  get name(): string {
    const started = this.#product.logLines().find(({ event }) => event === "process.started");
    return typeof started?.["worker"] === "string" ? started["worker"] : "";
  }

  /** Whether it runs and has said its name. */
  get isUp(): boolean {
    return this.#product.isRunning && this.name !== "";
  }

  /** Ends its process; the supervisor starts another. */
  async fell(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.#felled = true;
    await this.#product.kill(signal);
  }

  /** From now on its process is not started again. */
  retire(): void {
    this.#retired = true;
  }

  async #keep(): Promise<void> {
    while (!this.#retired) {
      const { code, signal } = await this.#product.stopped;
      if (this.#retired) return;
      if (!this.#felled) this.#onAccident(`${this.role} ended by itself: ${signal ?? `exit code ${code}`}`);
      this.#felled = false;
      await pause(restartAfterMs);
      if (this.#retired || !this.#startAgain()) return;
    }
  }

  /** Whether it could: a signal may be ending the whole stack just now. */
  #startAgain(): boolean {
    try {
      this.#product = this.#start();
      return true;
    } catch (error) {
      this.#onAccident(
        `${this.role} is not started again: ${error instanceof Error ? error.message : error}`,
      );
      return false;
    }
  }

  #start(): ProductProcess {
    return this.type === null ? this.#stack.startScheduler() : this.#stack.startWorker(this.type);
  }
}

/** All of them. */
export class Crew {
  readonly members: readonly Member[];
  /** What ended though nobody ended it. */
  readonly accidents: string[] = [];

  constructor(stack: Stack, { workers, schedulers }: CrewSize) {
    const onAccident = (what: string) => this.accidents.push(what);
    const member = (type: DocumentType | null) => new Member(stack, type, onAccident);
    this.members = [
      ...Array.from({ length: schedulers }, () => member(null)),
      ...documentTypes.flatMap((type) => Array.from({ length: workers }, () => member(type))),
    ];
  }

  /** Until every process has said its name. */
  async ready(): Promise<void> {
    const names = this.members.map(({ product }) => product.waitForEvent("process.started", readyWithinMs));
    await Promise.all(names);
  }

  /** A worker that runs, chosen by the random numbers. */
  pickWorker(random: Random): Member {
    const up = this.members.filter((member) => member.type !== null && member.isUp);
    return pick(random, up.length > 0 ? up : this.members.filter(({ type }) => type !== null));
  }

  get schedulers(): readonly Member[] {
    return this.members.filter(({ type }) => type === null);
  }

  /** No process is started again. */
  retire(): void {
    for (const member of this.members) member.retire();
  }
}
