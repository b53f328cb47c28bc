// The partner over HTTP: one call in, one outcome out. Which call to make next is decided in workers/call.ts.
import { type Answer, classify, type Outcome, retryAfterMs } from "./answers.ts";
import type { DocumentType } from "./document.ts";
import type { Dialect } from "./dialects.ts";
import { describeError } from "./errors.ts";
import type { Settings } from "./settings.ts";
import { type LoginOutcome, readLogin } from "./login_answers.ts";

/** An answer longer than this is cut off and counts as the partner's trouble, bytes. */
const answerMaxBytes = 1_000_000;

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
  traceparent?: string | undefined;
}

/** The partner through `fetch`. Never throws: whatever goes wrong is an outcome. */
export class HttpPartner implements Partner {
  readonly #settings: Settings["partner"];
  readonly #dialect: Dialect;
  readonly #client: Deno.HttpClient | undefined;

  constructor(settings: Settings["partner"], dialect: Dialect) {
    this.#settings = settings;
    this.#dialect = dialect;
    this.#client = settings.caFile
      ? Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(settings.caFile)] })
      : undefined;
  }

  async send(call: DocumentCall): Promise<Outcome> {
    const headers: Record<string, string> = { authorization: call.authorization };
    if (call.traceparent) headers.traceparent = call.traceparent;
    try {
      const answer = await this.#request(
        call.method,
        this.#dialect.documentPaths[call.type],
        call.body,
        headers,
      );
      return classify(answer, Date.now());
    } catch (error) {
      return { kind: "trouble", status: null, message: describeError(error).message };
    }
  }

  async login(user: string, password: string): Promise<LoginOutcome> {
    try {
      const body = JSON.stringify({ usr: user, pwd: password });
      const answer = await this.#request("POST", this.#dialect.loginPath, body, {});
      return readLogin(answer, retryAfterMs(answer.retryAfter, Date.now()));
    } catch (error) {
      return { kind: "trouble", message: describeError(error).message };
    }
  }

  async #request(
    method: string,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const response = await fetch(this.#settings.baseUrl + path, {
      method,
      body,
      headers: { ...headers, "content-type": "application/json; charset=utf-8", accept: "application/json" },
      // A redirected POST would arrive as a GET elsewhere.
      redirect: "manual",
      signal: AbortSignal.timeout(this.#settings.timeoutMs),
      ...(this.#client ? { client: this.#client } : {}),
    });
    const text = await readText(response);
    return { status: response.status, retryAfter: response.headers.get("retry-after"), text };
  }
}

/** The body as text. Throws RangeError when it is longer than it may be; what is left of it is not read. */
async function readText(response: Response): Promise<string> {
  if (!response.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > answerMaxBytes) {
      throw new RangeError(`The partner's answer is longer than ${answerMaxBytes} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
