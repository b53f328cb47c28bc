// Live parts: a stream of server-sent events, which sends a part of a page when it looks different from what was sent last.
import { getCookie } from "hono/cookie";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type ConsoleContext, pageOf, type Parts, rendered } from "./context.ts";
import { type Html, Page, type PageFacts } from "./page.ts";
import { sessionCookie } from "./security/gate.ts";

const lookEveryMs = 2_000;
/** Something is sent at least so often, ms, so that no proxy thinks the stream dead. */
const speakEveryMs = 15_000;
const streamsMax = 100;

/** What a stream sends: the parts of a page by their names. */
export type ReadParts = (page: Page) => Promise<Map<string, Html>>;

export class LiveStreams {
  readonly #parts: Parts;
  #open = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Goes on until the browser leaves, the session ends, or the process does. `path` is the page that the parts stand on. */
  open(
    c: ConsoleContext,
    { path, read }: { path: string; read: ReadParts },
  ): Response | Promise<Response> {
    if (this.#open >= streamsMax) return c.text("", 503);
    c.header("x-accel-buffering", "no");
    const facts = { ...pageOf(c, this.#parts).facts, path };
    const sessionId = getCookie(c, sessionCookie);
    this.#open++;
    return streamSSE(c, async (stream) => {
      const isOver = () => stream.aborted || this.#parts.signal.aborted || !this.#isLoggedIn(sessionId);
      await this.#speak(stream, { facts, read, isOver }).finally(() => this.#open--);
    });
  }

  async #speak(
    stream: SSEStreamingApi,
    { facts, read, isOver }: { facts: PageFacts; read: ReadParts; isOver: () => boolean },
  ): Promise<void> {
    const { now, signal } = this.#parts;
    const sent = new Map<string, string>();
    let spokeAtMs = 0;
    while (!isOver()) {
      const changed = await changedParts(read, new Page({ ...facts, nowMs: now() }), sent);
      if (changed !== null || now() - spokeAtMs >= speakEveryMs) {
        await stream.writeSSE({ event: "parts", data: JSON.stringify(changed ?? {}) });
        spokeAtMs = now();
      }
      await pause(lookEveryMs, signal);
    }
  }

  #isLoggedIn(sessionId: string | undefined): boolean {
    const { passwords, sessions } = this.#parts;
    return !passwords.areNeeded || sessions.find(sessionId, { look: true }) !== null;
  }
}

/** What is not as it was sent; null when all is. What cannot be read now is read next time. */
async function changedParts(
  read: ReadParts,
  page: Page,
  sent: Map<string, string>,
): Promise<Record<string, string> | null> {
  const changed: Record<string, string> = {};
  for (const [name, part] of await read(page).catch(() => new Map<string, Html>())) {
    const text = await rendered(part);
    if (sent.get(name) === text) continue;
    sent.set(name, text);
    changed[name] = text;
  }
  return Object.keys(changed).length === 0 ? null : changed;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
