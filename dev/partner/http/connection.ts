// One connection of a client: hands over its requests one after the other, and writes what is answered. Built on
// node:net, whose sockets can be reset; server.ts opens one for every client.
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { type AnswerFields, answerHead, mayHaveBody, refusalText } from "./answer_head.ts";
import { type Request, RequestReader } from "./request_reader.ts";

/** While a call is under way, no more than this is read ahead, bytes. */
const AHEAD_MAX_BYTES = 256 * 1024;

/** Takes a request that has arrived whole, and answers it through the exchange, at once or later. */
export type Serve = (request: Request, exchange: Exchange) => void;

/** A client's connection, from its opening to its end. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader: RequestReader;
  readonly #serve: Serve;
  #latest: Exchange | undefined;
  /** Is the latest call not answered yet? A next one is read only after it. */
  #isBusy = false;
  #isLast = false;
  #isReading = false;
  #restedTimes = 0;

  constructor(socket: Socket, { bodyMaxBytes, serve }: { bodyMaxBytes: number; serve: Serve }) {
    this.#socket = socket;
    this.#reader = new RequestReader(bodyMaxBytes);
    this.#serve = serve;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    // A reset by the client; "close" follows.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#latest?.over(false));
  }

  /** Counts how often it was asked without a call or a byte in between: 1 for the first time. */
  rested(): number {
    return this.#isBusy ? 0 : ++this.#restedTimes;
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** For the latest exchange: it is answered, and the next request may be read. */
  release(keepAlive: boolean): void {
    this.#isBusy = false;
    this.#isLast = !keepAlive;
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#readOn();
  }

  #take(bytes: Buffer): void {
    this.#restedTimes = 0;
    if (this.#isLast) return;
    this.#reader.push(bytes);
    if (!this.#isBusy) this.#readOn();
    else if (this.#reader.waitingBytes > AHEAD_MAX_BYTES) this.#socket.pause();
  }

  #readOn(): void {
    // An answer at once comes back here from within: the loop below goes on by itself then.
    if (this.#isReading) return;
    this.#isReading = true;
    while (!this.#isBusy && !this.#isLast && this.#readOne());
    this.#isReading = false;
  }

  /** Was there something to read? */
  #readOne(): boolean {
    const reading = this.#reader.next();
    switch (reading?.kind) {
      case undefined:
        return false;
      case "continue":
        this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
        return true;
      case "refusal":
        this.#isLast = true;
        this.#socket.end(refusalText(reading.status));
        this.#socket.destroySoon();
        return false;
      case "request":
        this.#isBusy = true;
        this.#latest = new Exchange(this, this.#socket, reading.request);
        this.#serve(reading.request, this.#latest);
        return true;
    }
  }
}

/** One request and what is done about it: exactly one of `reply`, `begin` with what follows, `reset`, or nothing. */
export class Exchange {
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #request: Request;
  #listener: ((whole: boolean) => void) | undefined;
  #inChunks = false;

  constructor(connection: Connection, socket: Socket, request: Request) {
    this.#connection = connection;
    this.#socket = socket;
    this.#request = request;
  }

  /** Calls the listener once: with true when the answer has gone out whole, with false when it never will. */
  whenOver(listener: (whole: boolean) => void): void {
    this.#listener = listener;
  }

  /** Can bytes still be sent? */
  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Has the client not taken yet what was sent? */
  get isStuck(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** May an answer of this status have a body? */
  mayHaveBody(status: number): boolean {
    return mayHaveBody(this.#request.head.method, status);
  }

  /** The whole answer, in one write. */
  reply(status: number, fields: AnswerFields, body: string): void {
    const { keepAlive } = this.#request.head;
    const head = answerHead(status, { ...fields, "content-length": Buffer.byteLength(body) }, {
      keepAlive,
      nowMs: Date.now(),
    });
    const text = this.mayHaveBody(status) ? head + body : head;
    const sent = (error?: Error | null) => this.over(!error);
    this.#socket.write(text, sent);
    if (!keepAlive) this.#socket.destroySoon();
    this.#connection.release(keepAlive);
  }

  /** The head of an answer whose body `send` adds to; without a content-length it is endless. */
  begin(status: number, fields: AnswerFields): void {
    const { minor, keepAlive } = this.#request.head;
    const isMeasured = "content-length" in fields;
    this.#inChunks = !isMeasured && minor === 1;
    const more = this.#inChunks ? { ...fields, "transfer-encoding": "chunked" } : fields;
    const isKept = keepAlive && (isMeasured || this.#inChunks);
    this.#socket.write(answerHead(status, more, { keepAlive: isKept, nowMs: Date.now() }));
  }

  /** More of a body, ASCII if it comes in chunks; `then` runs when it has gone out. */
  send(text: string, then?: () => void): void {
    this.#socket.write(this.#inChunks ? `${text.length.toString(16)}\r\n${text}\r\n` : text, then);
  }

  /** Ends the connection after what was sent. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Ends the connection with a reset, so that the client cannot take it for an end. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** For the connection: nothing more comes of this exchange. */
  over(whole: boolean): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.(whole);
  }
}
