// HTTP requests with one deadline for each, from its start to the last byte of the answer. Under shared/partner.ts.
import { Buffer } from "node:buffer";
import { Agent, type Dispatcher } from "undici";
import type { Answer } from "./answers.ts";

export interface HttpCallsOptions {
  /**
   * Connections to one origin at most. As many as calls are in flight at a time: undici rests a connection for a moment after each answer, and
   * without a bound a call that begins in that moment would get a new one.
   */
  connections: number;
  /** For connecting and answering together, ms. */
  timeoutMs: number;
  /** An answer longer than this is an error, bytes. */
  answerMaxBytes: number;
  /** Certificate authorities instead of the system's, PEM. */
  ca?: string;
}

/** What to send; the path begins with "/". */
export interface HttpRequest {
  origin: string;
  path: string;
  method: "POST" | "PUT";
  headers: Record<string, string>;
  body: string;
}

/**
 * Through undici's `dispatch`, not its `request`: an answer of some hundred bytes is no stream, and making one for each costs a worker a tenth
 * of its time. Redirects are not followed: a redirected POST would arrive as a GET elsewhere.
 */
export class HttpCalls {
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  /** Those under way, oldest first, which is the order of their deadlines. */
  readonly #open = new Set<Call>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ connections, timeoutMs, answerMaxBytes, ca }: HttpCallsOptions) {
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({
      connections,
      // The deadline of a call covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: answerMaxBytes,
      connect: { timeout: timeoutMs, ...(ca ? { ca } : {}) },
    });
  }

  /** Rejects with what went wrong: a TimeoutError when the time is over, else undici's error or the socket's. */
  async send(request: HttpRequest): Promise<Answer> {
    const call = new Call(performance.now() + this.#timeoutMs);
    this.#open.add(call);
    this.#watch();
    try {
      this.#agent.dispatch(request, call);
      return await call.answer;
    } finally {
      this.#open.delete(call);
      if (this.#open.size === 0) this.#rest();
    }
  }

  /** One timer for all calls: a timer and an AbortSignal for each would be a third of what a call costs. */
  #watch(): void {
    const [oldest] = this.#open;
    if (this.#timer !== undefined || !oldest) return;
    this.#timer = setTimeout(() => {
      this.#rest();
      for (const call of this.#open) {
        if (call.endsAtMs > performance.now()) break;
        call.end(new DOMException("Signal timed out.", "TimeoutError"));
        this.#open.delete(call);
      }
      this.#watch();
    }, oldest.endsAtMs - performance.now());
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const decoder = new TextDecoder();

/** What undici tells of one request. */
class Call implements Dispatcher.DispatchHandler {
  readonly endsAtMs: number;
  readonly #answer = Promise.withResolvers<Answer>();
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #ended: Error | undefined;
  #status = 0;
  #retryAfter: string | null = null;

  constructor(endsAtMs: number) {
    this.endsAtMs = endsAtMs;
  }

  get answer(): Promise<Answer> {
    return this.#answer.promise;
  }

  /** Gives it up, also where it has not begun. */
  end(reason: Error): void {
    this.#ended = reason;
    this.#controller?.abort(reason);
    this.#answer.reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(this.#ended);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = typeof retryAfter === "string" ? retryAfter : null;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const text = decoder.decode(this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks));
    this.#answer.resolve({ status: this.#status, retryAfter: this.#retryAfter, text });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#answer.reject(error);
  }
}
