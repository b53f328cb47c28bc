// The running processes of one competitor: started from its bundles, watched through /proc, ended as an operator would end them.
import { join } from "node:path";
import { plainEnvironment } from "../dev/stack/env_file.ts";
import type { Child } from "../dev/stack/child.ts";
import type { Program } from "../dev/compile/programs.ts";
import type { Processes } from "../dev/stack/processes.ts";
import { argumentsFor } from "./bundles.ts";
import { cpuMsOf, type Memory, memoryOf, pinTo } from "./proc.ts";

/** How to run a crew. */
export interface CrewOptions {
  readonly processes: Processes;
  /** Where the bundles are; the working directory and the logs, too. */
  readonly directory: string;
  readonly programs: readonly Program[];
  /** The settings of all its processes. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder for a profile of each process, which is there when it has ended. */
  readonly profileInto?: string;
}

/** Memory of one process, under the name of its program. */
export interface MemberMemory extends Memory {
  readonly name: string;
}

/** Standard output goes into a file, as to a log of the system: reading it is not the bench's work, and a pipe that nobody reads would fill. */
const toFile = 'exec "$0" "$@" >>"$BENCH_LOG" 2>&1';
const endsWithinMs = 45_000;
const lastLines = 5;
const lineMax = 500;

export class Crew {
  readonly #members: readonly { name: string; log: string; child: Child }[];
  readonly #processes: Processes;

  constructor({ processes, directory, programs, env, profileInto }: CrewOptions) {
    this.#processes = processes;
    this.#members = programs.map((program, index) => {
      const log = join(directory, `${program.name}.log`);
      const child = processes.start({
        name: `${program.name}-${index}`,
        rank: "product",
        command: "sh",
        args: ["-c", toFile, Deno.execPath(), ...argumentsFor(program, directory, profileInto)],
        env: { ...plainEnvironment(), ...env, LOG_FORMAT: "json", BENCH_LOG: log },
        cwd: directory,
      });
      return { name: program.name, log, child };
    });
  }

  /** Keeps all of them on one processor. */
  async pinTo(processor: number): Promise<void> {
    for (const { child } of this.#members) await pinTo(child.pid, processor);
  }

  /** Of all processes together, ms. Throws an Error when one has ended by itself. */
  cpuMs(): number {
    this.check();
    return this.#members.reduce((sum, { child }) => sum + cpuMsOf(child.pid), 0);
  }

  /** Of each process, in the order of the programs. */
  memory(): MemberMemory[] {
    this.check();
    return this.#members.map(({ name, child }) => ({ name, ...memoryOf(child.pid) }));
  }

  /** Throws an Error when a process has ended: its log says why. */
  check(): void {
    const ended = this.#members.find(({ child }) => child.hasEnded);
    if (ended) throw new Error(`${ended.name} has ended by itself`);
  }

  /** The ends of the logs, for the message of a round that does not count. */
  describe(): string {
    return this.#members.map(({ name, log }) => {
      const lines = Deno.readTextFileSync(log).trimEnd().split("\n").slice(-lastLines);
      return [`  ${name}:`, ...lines.map((line) => `    ${line.slice(0, lineMax)}`)].join("\n");
    }).join("\n");
  }

  /** The other competitors have nothing to finish, and need no notice. */
  async stop(): Promise<void> {
    for (const { child } of this.#members) this.#processes.forget(child);
    await Promise.all(this.#members.map(({ child }) => child.stop(endsWithinMs)));
  }
}
