// The run of `deno task dev` once the stage is set: scheduler and workers start, the documents move and are shown, new ones come.
import { documentTypes } from "../../shared/document.ts";
import { describeError } from "../../shared/errors.ts";
import { openRedis } from "../../shared/redis.ts";
import type { RedisClient } from "../../shared/script.ts";
import { defaultOf } from "../../shared/settings_kinds.ts";
import { settingsTable } from "../../shared/settings_table.ts";
import { type Counts, legend, progressLine, readCounts, summaryLine, totalAt } from "./counts.ts";
import type { Env } from "./env_file.ts";
import type { Life } from "./life.ts";
import { type Role, startProduct } from "./product.ts";
import { LastWords, readLogLine, wordsOf } from "./product_log.ts";
import { failedTable, stuckTable } from "./report.ts";
import type { Screen } from "./screen.ts";
import type { Stage } from "./stage.ts";

const roles: readonly Role[] = ["scheduler", ...documentTypes.map((type) => `worker:${type}` as const)];
const lookEveryMs = 100;
const insertEveryMs = 1_000;

/** The product at work in a stack. */
export class Run {
  readonly #life: Life;
  readonly #stage: Stage;
  readonly #screen: Screen;
  readonly #client: RedisClient;
  readonly #lastWords = new LastWords();
  #startedAtMs = 0;

  /** Connects to Redis. */
  static async open(life: Life, stage: Stage, screen: Screen): Promise<Run> {
    const { client } = await openRedis(stage.settings.redis);
    return new Run({ life, stage, screen, client });
  }

  private constructor(parts: { life: Life; stage: Stage; screen: Screen; client: RedisClient }) {
    this.#life = parts.life;
    this.#stage = parts.stage;
    this.#screen = parts.screen;
    this.#client = parts.client;
    this.#life.signal.addEventListener("abort", () => this.#screen.end());
  }

  /** Starts the scheduler, a worker of each type and, if wanted, the console. `logLevel` null: what the settings say. */
  async startProduct(logLevel: string | null, { withConsole }: { withConsole: boolean }): Promise<void> {
    const { plainEnv, env } = this.#stage;
    const level = logLevel === null ? {} : { LOG_LEVEL: logLevel };
    const all = { ...plainEnv, ...env, ...level };
    const onLine = (line: string) => this.#take(line);
    this.#startedAtMs = Date.now();
    for (const role of roles) startProduct(this.#life.processes, { role, env: all, onLine });
    if (withConsole) {
      // Its first line but one says where it listens, whatever else is to be logged.
      const own = { ...all, CONSOLE_PORT: freeConsolePort(env), LOG_LEVEL: "info" };
      startProduct(this.#life.processes, { role: "console", env: own, onLine });
    }
    await this.#life.processes.told();
    this.#screen.say(`${legend}:`);
  }

  /** Shows progress, and inserts so many documents a second, until the stack ends. */
  async untilStopped(rate: number): Promise<number> {
    const inserting = rate > 0 ? this.#insertEverySecond(rate) : Promise.resolve();
    while (!this.#life.signal.aborted) {
      await this.#look();
      await pause(lookEveryMs);
    }
    await inserting;
    return 0;
  }

  /** Shows progress until every document has a final status; resolves with the exit code. */
  async untilIdle(timeoutMs: number): Promise<number> {
    for (;;) {
      const counts = await this.#look();
      const ms = Date.now() - this.#startedAtMs;
      if (counts !== null && totalAt(counts, "PENDING_SYNC") === 0) return await this.#tellDone(counts, ms);
      if (ms > timeoutMs) return await this.#tellStuck(counts, ms);
      await pause(lookEveryMs);
    }
  }

  /** The counts, shown; null when a server does not answer. */
  async #look(): Promise<Counts | null> {
    try {
      const counts = await readCounts(this.#stage.source, this.#redis());
      this.#screen.progress(progressLine(counts));
      return counts;
    } catch (error) {
      this.#screen.progress(`no counts: ${describeError(error).message}`);
      return null;
    }
  }

  async #insertEverySecond(rate: number): Promise<void> {
    while (!this.#life.signal.aborted) {
      await pause(insertEveryMs);
      try {
        if (!this.#life.signal.aborted) await this.#stage.source.insertNewSamples(rate);
      } catch (error) {
        this.#screen.say(`no new documents inserted: ${describeError(error).message}`);
      }
    }
  }

  #take(line: string): void {
    const event = readLogLine(line);
    if (event === null) return;
    this.#lastWords.add(event);
    if (event.event === "console.listening") this.#screen.say(`  ${event.message}`);
    if (event.level === "warn" || event.level === "error") this.#screen.say(wordsOf(event));
  }

  async #tellDone(counts: Counts, ms: number): Promise<number> {
    this.#screen.end();
    const failed = await failedTable(this.#stage.source);
    if (failed !== "") console.log(`failed:\n${failed}`);
    console.log(summaryLine(counts, ms));
    return 0;
  }

  async #tellStuck(counts: Counts | null, ms: number): Promise<number> {
    this.#screen.end();
    if (counts === null) {
      console.error("the documents cannot be counted: SQL Server or Redis does not answer");
      return 1;
    }
    const stuck = await stuckTable(this.#stage.source, { ...this.#redis(), lastWords: this.#lastWords });
    console.error(`stuck after ${Math.round(ms / 1000)} s:\n${stuck}`);
    console.log(summaryLine(counts, ms));
    return 1;
  }

  #redis(): { client: RedisClient; prefix: string } {
    return { client: this.#client, prefix: this.#stage.settings.redis.keyPrefix };
  }
}

/** The port that was chosen; else the usual one or, where another stack has that, any. */
function freeConsolePort({ CONSOLE_PORT: chosen }: Env): string {
  if (chosen !== undefined) return chosen;
  const usual = defaultOf(settingsTable.shape.CONSOLE_PORT) ?? "0";
  try {
    Deno.listen({ hostname: "127.0.0.1", port: Number(usual) }).close();
    return usual;
  } catch {
    return "0";
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
