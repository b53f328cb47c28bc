// The partner over HTTP: one call in, one outcome out. Which call to make next is decided in workers/call.ts.
import { type Answer, classify, type Outcome, retryAfterMs } from "./answers.ts";
import type { DocumentType } from "./document.ts";
import type { Dialect } from "./dialects.ts";
import { describeError } from "./errors.ts";
import { HttpCalls } from "./http_calls.ts";
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
  readonly #dialect: Dialect;
  readonly #calls: HttpCalls;
  readonly #origin: string;
  readonly #path: string;

  /** `connections`: how many calls may be in flight at a time. */
  constructor(settings: Settings["partner"] & { connections: number }, dialect: Dialect) {
    const base = new URL(settings.baseUrl);
    this.#origin = base.origin;
    this.#path = base.pathname.replace(/\/+$/, "");
    this.#dialect = dialect;
    this.#calls = new HttpCalls({
      connections: settings.connections,
      timeoutMs: settings.timeoutMs,
      answerMaxBytes,
      ...(settings.caFile ? { ca: Deno.readTextFileSync(settings.caFile) } : {}),
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

  #request(
    method: DocumentCall["method"],
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    return this.#calls.send({
      origin: this.#origin,
      path: this.#path + path,
      method,
      body,
      headers: { ...headers, "content-type": "application/json; charset=utf-8", accept: "application/json" },
    });
  }
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
