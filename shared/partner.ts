// The partner over HTTP: one call in, one outcome out. Which call to make next is decided in workers/call.ts.
import { type Answer, classify, type Outcome, retryAfterMs } from "./answers.ts";
import { Agent } from "undici";
import type { DocumentType } from "./document.ts";
import type { Dialect } from "./dialects.ts";
import { describeError } from "./errors.ts";
import type { Settings } from "./settings.ts";
import { type LoginOutcome, readLogin } from "./login_answers.ts";

/** An answer longer than this is cut off and counts as the partner's trouble, bytes. */
const answerMaxBytes = 1_000_000;
/** A shorter secret would be found inside ordinary words, characters. */
const secretMin = 4;

/** What a worker needs of the partner. The simulation has one of its own. */
export interface Partner {
  send(call: DocumentCall): Promise<Outcome>;
  login(user: string, password: string): Promise<LoginOutcome>;
}

export interface DocumentCall {
  /** POST sends a document, PUT replaces one sent before. */
  method: "POST" | "PUT";
  type: DocumentType;
  body: string;
  /** The whole Authorization header. */
  authorization: string;
}

/**
 * The partner over HTTP/1.1. Never throws: whatever goes wrong is an outcome. Through undici, because Deno's own `fetch` and
 * `node:http` send a POST again by themselves when a kept-alive connection breaks after the request went out: the document
 * would arrive twice, and nobody would know of the first answer that was lost.
 */
export class HttpPartner implements Partner {
  readonly #settings: Settings["partner"];
  readonly #dialect: Dialect;
  readonly #agent: Agent;
  readonly #origin: string;
  readonly #path: string;

  constructor(settings: Settings["partner"], dialect: Dialect) {
    this.#settings = settings;
    const base = new URL(settings.baseUrl);
    this.#origin = base.origin;
    this.#path = base.pathname.replace(/\/+$/, "");
    this.#dialect = dialect;
    this.#agent = new Agent({
      headersTimeout: settings.timeoutMs,
      bodyTimeout: settings.timeoutMs,
      maxResponseSize: answerMaxBytes,
      connect: {
        timeout: settings.timeoutMs,
        ...(settings.caFile ? { ca: Deno.readTextFileSync(settings.caFile) } : {}),
      },
    });
  }

  async send(call: DocumentCall): Promise<Outcome> {
    // No traceparent: the trace is ours, and a header that the partner's API does not name can only do harm there.
    const headers = { authorization: call.authorization };
    try {
      const answer = await this.#request(
        call.method,
        this.#dialect.documentPaths[call.type],
        call.body,
        headers,
      );
      return hide(secretsIn(call.authorization), classify(answer, Date.now()));
    } catch (error) {
      return { kind: "trouble", status: null, message: describeError(error).message };
    }
  }

  async login(user: string, password: string): Promise<LoginOutcome> {
    try {
      const body = JSON.stringify({ usr: user, pwd: password });
      const answer = await this.#request("POST", this.#loginPath(), body, {});
      return hide([password], readLogin(answer, retryAfterMs(answer.retryAfter, Date.now())));
    } catch (error) {
      return { kind: "trouble", message: describeError(error).message };
    }
  }

  #loginPath(): string {
    const { login, name } = this.#dialect;
    if (login.kind !== "token") throw new RangeError(`The dialect ${name} has no login call`);
    return login.path;
  }

  async #request(
    method: string,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const deadline = new AbortController();
    // Not AbortSignal.timeout(): it lives on until its time is over, long after the answer, and thousands of them with it.
    const timer = setTimeout(() => deadline.abort(timedOut()), this.#settings.timeoutMs);
    try {
      // Redirects are not followed: a redirected POST would arrive as a GET elsewhere.
      const response = await this.#agent.request({
        origin: this.#origin,
        path: this.#path + path,
        method,
        body,
        headers: {
          ...headers,
          "content-type": "application/json; charset=utf-8",
          accept: "application/json",
        },
        signal: deadline.signal,
      });
      const retryAfter = response.headers["retry-after"];
      return {
        status: response.statusCode,
        retryAfter: typeof retryAfter === "string" ? retryAfter : null,
        text: await response.body.text(),
      };
    } finally {
      clearTimeout(timer);
    }
  }
}

function timedOut(): DOMException {
  return new DOMException("Signal timed out.", "TimeoutError");
}

/** A token; of HTTP Basic also the password in it. */
function secretsIn(authorization: string): string[] {
  const [scheme = "", secret = ""] = authorization.split(" ");
  if (scheme.toLowerCase() !== "basic") return [secret];
  const credentials = new TextDecoder().decode(Uint8Array.fromBase64(secret));
  return [secret, credentials.slice(credentials.indexOf(":") + 1)];
}

/** The partner's words may repeat what it was sent, and they go into rows, journal and log: the secrets among them do not. */
function hide<T extends Outcome | LoginOutcome>(secrets: string[], outcome: T): T {
  if (!("message" in outcome)) return outcome;
  const known = secrets.filter((secret) => secret.length >= secretMin);
  return {
    ...outcome,
    message: known.reduce((text, secret) => text.replaceAll(secret, "***"), outcome.message),
  };
}
