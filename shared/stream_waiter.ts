// Waits for new entries of a stream, on a connection of its own: a wake-up call only, which claims nothing (take.lua does that).
import { type Clock, systemClock } from "./clock.ts";
import type { RedisClient } from "./script.ts";

/** How much longer than asked a blocking read may take before its connection counts as dead, ms. */
const graceMs = 2_000;

export class RedisStreamWaiter {
  readonly #connect: () => RedisClient;
  readonly #stream: string;
  readonly #clock: Clock = systemClock;
  #client: RedisClient | null = null;

  constructor(connect: () => RedisClient, stream: string) {
    this.#connect = connect;
    this.#stream = stream;
  }

  /** Resolves when the stream has an entry newer than the id, or after `ms`, or on the signal. Never rejects. */
  async wait(afterId: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#client ??= this.#connect();
    const client = this.#client;
    if (client.status !== "ready") return await this.#clock.sleep(Math.min(ms, 200), signal);
    const read = client.xread("COUNT", 1, "BLOCK", ms, "STREAMS", this.#stream, afterId).then(
      () => "answered",
      () => "failed",
    );
    const answer = await Promise.race([read, this.#clock.sleep(ms + graceMs, signal).then(() => "silent")]);
    if (answer === "failed") await this.#clock.sleep(Math.min(ms, 200), signal);
    if (answer === "silent") this.close();
  }

  close(): void {
    this.#client?.disconnect();
    this.#client = null;
  }
}
