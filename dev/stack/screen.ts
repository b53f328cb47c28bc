// What the developer sees: lines, and under them one progress line, rewritten in place on a terminal.

/** A line when it changes, at most so often, where the output is no terminal. */
const plainEveryMs = 1_000;
const clearLine = "\r\x1b[K";
const encoder = new TextEncoder();

export class Screen {
  readonly #isTerminal = Deno.stdout.isTerminal();
  #progress = "";
  #shownAtMs = 0;
  #hasEnded = false;

  /** Prints lines above the progress line. */
  say(text: string): void {
    if (this.#hasEnded) return;
    if (this.#isTerminal && this.#progress !== "") this.#write(clearLine);
    console.log(text);
    if (this.#isTerminal) this.#write(this.#fitted());
  }

  /** Shows the progress line, or nothing new when it says what it said. */
  progress(text: string): void {
    if (this.#hasEnded) return;
    const nowMs = Date.now();
    if (text === this.#progress || (!this.#isTerminal && nowMs - this.#shownAtMs < plainEveryMs)) return;
    this.#progress = text;
    this.#shownAtMs = nowMs;
    if (this.#isTerminal) this.#write(clearLine + this.#fitted());
    else console.log(text);
  }

  /** Leaves the last progress line where it is, and shows no more: what comes next are the caller's last lines. */
  end(): void {
    if (this.#isTerminal && this.#progress !== "" && !this.#hasEnded) this.#write("\n");
    this.#hasEnded = true;
  }

  /** A line that wraps cannot be rewritten in place. */
  #fitted(): string {
    return this.#progress.slice(0, Deno.consoleSize().columns - 1);
  }

  #write(text: string): void {
    Deno.stdout.writeSync(encoder.encode(text));
  }
}
