// One client connection: greeting.ts, LOGIN7, then requests one after another. Reading goes on while a request runs, so
// that an attention (cancel) is heard.
import { runBatch } from "../exec/batch.ts";
import type { Run } from "../exec/run.ts";
import { pause } from "../exec/waitfor.ts";
import { asSqlError, type SqlError, unsupported } from "../errors.ts";
import { faultError, type FaultRequest } from "../faults.ts";
import { rollbackTransaction } from "../exec/transaction_statements.ts";
import { Session } from "../session.ts";
import type { ServerContext } from "../server_context.ts";
import { ByteReader, ProtocolError, utf16Text } from "./bytes.ts";
import { answerLogin } from "./login_answer.ts";
import { greet, type Greeting } from "./greeting.ts";
import { type Message, PACKET, PacketWriter } from "./packets.ts";
import { type Call, Procedures } from "./procedures.ts";
import { Response } from "./response.ts";
import { readRpc, skipHeaders } from "./rpc.ts";
import { readTransactionRequest, runTransactionRequest } from "./transaction_request.ts";

/** The client cancelled the request that is running. */
class Attention extends Error {}
/** A fault drops the connection. */
class Cut extends Error {}

/** A refused client is left this long to read the answer and close; at once, drivers report a lost connection. */
const LINGER_MS = 1_000;
/** Requests a client may send ahead of their answers. */
const QUEUE_MAX = 64;

export class TdsConnection {
  #socket: Deno.Conn;
  readonly #server: ServerContext;
  readonly #packets: PacketWriter;
  readonly #procedures: Procedures;
  #stage: "login" | "ready" = "login";
  #session: Session | null = null;
  #running: AbortController | null = null;
  #queued = 0;
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #closing = new AbortController();
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Deno.Conn, server: ServerContext) {
    this.#socket = socket;
    this.#server = server;
    this.#packets = new PacketWriter((bytes) => this.#send(bytes));
    this.#procedures = new Procedures(server.batches);
  }

  /** Serves until either side ends the connection. Never throws. */
  async serve(): Promise<void> {
    try {
      const greeting = await greet(this.#socket, this.#packets, this.#server, this.#closing.signal);
      if (greeting !== null) await this.#converse(greeting);
    } catch (error) {
      if (error instanceof ProtocolError) this.#server.log(`connection ended: ${error.message}`);
    }
    this.close();
    await this.#work;
    this.#session?.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#linger);
    this.#closing.abort();
    this.#running?.abort(new Cut());
    try {
      this.#socket.close();
    } catch {
      // The peer was faster.
    }
  }

  async #converse({ socket, reader, early }: Greeting): Promise<void> {
    this.#socket = socket;
    if (this.#closed) return socket.close();
    for (const message of early) this.#receive(message);
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const length = await this.#socket.read(buffer);
      if (length === null) return;
      for (const message of reader.push(buffer.subarray(0, length))) this.#receive(message);
    }
  }

  #receive(message: Message): void {
    if (message.type === PACKET.attention) this.#running?.abort(new Attention());
    if (++this.#queued > QUEUE_MAX) throw new ProtocolError(`more than ${QUEUE_MAX} requests sent ahead`);
    this.#work = this.#work.then(() => this.#handle(message)).catch((error) => this.#fail(error)).finally(
      () => this.#queued--,
    );
  }

  #fail(error: unknown): void {
    const expected = error instanceof Cut || this.#closed;
    if (!expected) this.#server.log(`connection ended: ${reasonOf(error)}`);
    this.close();
  }

  async #handle(message: Message): Promise<void> {
    await this.#server.gate();
    if (this.#closed) return;
    if (this.#stage === "login") return await this.#login(message);
    if (message.type !== PACKET.attention) return await this.#request(message);
    this.#server.stats.roundTrip("attention");
    await this.#response(false).end(true);
  }

  async #login(message: Message): Promise<void> {
    if (message.type !== PACKET.login) {
      throw new ProtocolError(`packet type ${message.type} instead of LOGIN7`);
    }
    this.#server.stats.roundTrip("login");
    const { bytes, accepted, error } = answerLogin(message.data, this.#server);
    await this.#packets.write(bytes);
    await this.#packets.end();
    if (accepted === null) {
      this.#server.stats.error(error);
      this.#linger = setTimeout(() => this.close(), LINGER_MS);
      return;
    }
    this.#packets.packetSize = accepted.packetSize;
    const { store, lockTimeoutMs } = this.#server;
    this.#session = new Session(store, { login: accepted.user, lockTimeoutMs });
    this.#stage = "ready";
  }

  #response(inProcedure: boolean): Response {
    return new Response(this.#packets, {
      collation: this.#server.store.collation,
      inProcedure,
      onError: (error) => this.#server.stats.error(error.number),
    });
  }

  async #request(message: Message): Promise<void> {
    const session = this.#session;
    if (session === null) throw new ProtocolError("request without a login");
    const response = this.#response(message.type === PACKET.rpc);
    const running = new AbortController();
    this.#running = running;
    try {
      if (message.reset) this.#reset(session, response);
      if (!message.ignore) {
        await this.#carryOut(this.#open(message, session, response, running.signal), {
          session,
          response,
          signal: running.signal,
        });
      }
    } catch (error) {
      const known = asSqlError(error);
      if (known !== null) this.#answerError(known, response);
      else if (!(error instanceof Attention)) throw error;
    } finally {
      this.#running = null;
    }
    await response.end();
  }

  #answerError(error: SqlError, response: Response): void {
    response.error(error);
    response.done(null);
  }

  #reset(session: Session, response: Response): void {
    session.reset();
    this.#procedures.clear();
    response.resetDone();
  }

  #open(message: Message, session: Session, response: Response, signal: AbortSignal): Call {
    const run: Run = { session, sink: response, signal, tryDepth: 0, types: new Map(), variables: new Map() };
    switch (message.type) {
      case PACKET.sqlBatch: {
        this.#server.stats.roundTrip("batch");
        const text = batchText(message.data);
        return { text, run: () => runBatch(run, this.#server.batches.parse(text, "")) };
      }
      case PACKET.rpc: {
        const request = readRpc(message.data);
        this.#server.stats.roundTrip(request.procedure.toLowerCase());
        return this.#procedures.open(request, session, response, signal);
      }
      case PACKET.transaction: {
        this.#server.stats.roundTrip("transaction");
        const request = readTransactionRequest(message.data);
        return {
          text: `${request.kind.toUpperCase()} TRANSACTION`,
          run: () => runTransactionRequest(run, request),
        };
      }
      case PACKET.bulk:
        throw unsupported("bulk load");
      default:
        throw new ProtocolError(`packet type ${message.type} after the login`);
    }
  }

  async #carryOut(
    call: Call,
    parts: Pick<Run, "session" | "signal"> & { response: Response },
  ): Promise<void> {
    this.#server.stats.statement();
    const fault = this.#server.faults.strike(call.text);
    if (fault !== null) {
      await this.#before(fault, {
        ...parts,
        sink: parts.response,
        tryDepth: 0,
        types: new Map(),
        variables: new Map(),
      });
    }
    await call.run();
    if (fault?.cutAfter === true) throw new Cut();
  }

  async #before(fault: FaultRequest, run: Run): Promise<void> {
    if (fault.delayMs !== undefined) await pause(fault.delayMs, run.signal);
    if (fault.cutBefore === true) throw new Cut();
    if (fault.error === undefined) return;
    const error = faultError(fault.error);
    // A deadlock victim loses its transaction.
    if (error.number === 1205) rollbackTransaction(run, null, false);
    throw error;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }
}

/** A broken protocol is the peer's doing and needs one line; anything else is a mistake of ours and needs its place. */
function reasonOf(error: unknown): string {
  if (error instanceof ProtocolError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function batchText(data: Uint8Array): string {
  const reader = new ByteReader(data);
  skipHeaders(reader);
  return utf16Text(reader.bytes(reader.left));
}
