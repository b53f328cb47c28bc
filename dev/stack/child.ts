// One child process of the dev stack: its log file, its first and last lines, its end. processes.ts keeps the set of them.

/** What to start. */
export interface ChildOptions {
  /** Names the child in messages, and its log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory; that of this process when left out. */
  readonly cwd?: string;
  /** Every line of its output is added here; the file begins empty. */
  readonly logFile: string;
  /** Called with every line of its output. */
  readonly onLine?: (line: string) => void;
}

/** How much of the end of a log is shown when a child ended by itself. */
const lastLinesMax = 20;
/** Characters of one line at most: an endless line must not fill the memory. */
const lineCharactersMax = 100_000;

/** A running child, in a session of its own: Ctrl-C in the terminal reaches the parent alone, which knows the order. */
export class Child {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended and all its output has been read. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #process: Deno.ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #firstLine = Promise.withResolvers<string>();
  readonly #onLine: ((line: string) => void) | undefined;
  #hasEnded = false;

  /** Throws Deno.errors.NotFound when there is no such program. */
  constructor({ name, command, args, env, cwd, logFile, onLine }: ChildOptions) {
    this.name = name;
    this.logFile = logFile;
    this.#onLine = onLine;
    const log = Deno.openSync(logFile, { write: true, create: true, truncate: true });
    this.#process = new Deno.Command(command, {
      args: [...args],
      env: { ...env },
      clearEnv: true,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.ended = this.#watch(log);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The end of its output. */
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** Sends a signal; a child that has ended already takes none. */
  kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already, which is what every caller wants or awaits next.
    }
  }

  /** Asks it to end, makes it end when it has not within `withinMs`; a frozen one is woken up first. */
  async stop(withinMs: number): Promise<Deno.CommandStatus> {
    this.kill("SIGCONT");
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), withinMs);
    const status = await this.ended;
    clearTimeout(timer);
    return status;
  }

  /** The first line of its standard output. Throws an Error with the end of its log when it ends, or says nothing, within `withinMs`. */
  async firstLine(withinMs: number): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const problem = () =>
        reject(new Error(`starting ${this.name}: it was not ready within ${withinMs} ms`));
      timer = setTimeout(problem, withinMs);
    });
    const over = this.ended.then(() => {
      throw new Error(this.describeEnd());
    });
    try {
      return await Promise.race([this.#firstLine.promise, over, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** That it ended, and the end of its log. */
  describeEnd(): string {
    const lines = this.#lastLines.map((line) => `  ${line}`);
    return [`${this.name} ended by itself; the end of its log (${this.logFile}):`, ...lines].join("\n");
  }

  async #watch(log: Deno.FsFile): Promise<Deno.CommandStatus> {
    const { stdout, stderr } = this.#process;
    // The ready line comes on standard output; Deno's own words about packages that it fetches come on the other.
    const ready = (line: string) => this.#firstLine.resolve(line);
    await Promise.all([this.#read(stdout, log, ready), this.#read(stderr, log)]);
    const status = await this.#process.status;
    this.#hasEnded = true;
    log.close();
    return status;
  }

  async #read(
    output: ReadableStream<Uint8Array>,
    log: Deno.FsFile,
    onFirst: (line: string) => void = () => {},
  ): Promise<void> {
    const encoder = new TextEncoder();
    for await (const line of linesOf(output)) {
      log.writeSync(encoder.encode(line + "\n"));
      this.#lastLines.push(line);
      if (this.#lastLines.length > lastLinesMax) this.#lastLines.shift();
      onFirst(line);
      this.#onLine?.(line);
    }
  }
}

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of output) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, lineCharactersMax);
    yield* lines;
  }
  if (rest !== "") yield rest;
}
