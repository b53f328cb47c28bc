// The socket side of the simulated partner: hands calls to the reception, and carries answers out, including the ways
// of not answering. HTTP itself is in http/.
import type { Answer } from "./answers.ts";
import { type Control, CONTROL_PATH, handleControl } from "./control.ts";
import { Delays } from "./delays.ts";
import type { Exchange } from "./http/connection.ts";
import type { Request } from "./http/request_reader.ts";
import { HttpServer } from "./http/server.ts";
import { type Desk, receive } from "./reception.ts";

/** A body larger than this is answered 413. */
const BODY_MAX_BYTES = 10 * 1024 * 1024;

/** How often an endless answer goes on, ms. */
const PIECE_MS = 10;

/** A listening partner. */
export interface PartnerServer {
  readonly port: number;
  /** Refuses connections and cuts those that are open, for `ms` milliseconds; resolves when it listens again. */
  closeFor(ms: number): Promise<void>;
  /** Ends every call at once, hanging ones too, and stops listening. */
  stop(): Promise<void>;
}

/** Listens on `hostname`:`port` (0: any free port). Rejects when the port is taken. */
export async function listen(
  desk: Desk,
  control: Control,
  { port, hostname }: { port: number; hostname: string },
): Promise<PartnerServer> {
  const delays = new Delays();
  const server = new HttpServer({
    bodyMaxBytes: BODY_MAX_BYTES,
    serve(request, exchange) {
      if (request.isTooLarge) exchange.reply(413, { "content-type": "text/plain" }, "body too large");
      else if (request.head.url.startsWith(CONTROL_PATH)) answerControl(control, request, exchange);
      else answerCall(desk, request, { exchange, delays });
    },
  });
  const actualPort = await server.open(port, hostname);
  const stopped = Promise.withResolvers<"stopped">();
  return {
    port: actualPort,
    async closeFor(ms) {
      await server.close();
      const over = new Promise<void>((resolve) => delays.after(ms, resolve));
      if (await Promise.race([over, stopped.promise]) === "stopped") return;
      await server.open(actualPort, hostname);
    },
    async stop() {
      stopped.resolve("stopped");
      delays.clear();
      await server.close();
    },
  };
}

function answerControl(control: Control, { head, body }: Request, exchange: Exchange): void {
  const { method, url } = head;
  const reply = handleControl(control, { method, url, body: new TextDecoder().decode(body) });
  const { afterwards } = reply;
  if (afterwards !== undefined) exchange.whenOver((whole) => whole && afterwards());
  const fields = { "content-type": "application/json; charset=utf-8" };
  exchange.reply(reply.status, fields, JSON.stringify(reply.value) + "\n");
}

interface Way {
  readonly exchange: Exchange;
  /** What waits; forgotten when the server stops. */
  readonly delays: Delays;
}

function answerCall(desk: Desk, { head, body }: Request, way: Way): void {
  const { method, url, authorization, contentType } = head;
  const { call, answer, delayMs } = receive(desk, { method, url, authorization, contentType, body });
  way.exchange.whenOver((whole) => desk.memory.close(call, whole));
  if (delayMs <= 0) return carryOut(answer, way);
  way.delays.after(delayMs, () => {
    if (way.exchange.isOpen) carryOut(answer, way);
  });
}

function carryOut(answer: Answer, { exchange, delays }: Way): void {
  switch (answer.act) {
    case "reply":
      return exchange.reply(answer.status, answer.headers, answer.body);
    case "truncate":
      // A head alone would be the whole answer then.
      if (!exchange.mayHaveBody(answer.status)) return exchange.cut();
      // Promises more than it sends.
      exchange.begin(answer.status, { ...answer.headers, "content-length": 1000 });
      return exchange.send(answer.body, () => exchange.cut());
    case "endless":
      exchange.begin(200, { "content-type": "application/json" });
      return delays.after(PIECE_MS, () => pourOut(exchange, delays));
    case "reset":
      return exchange.reset();
    case "hang":
      return;
  }
}

/** Streams white space for ever, a little at a time, until the client goes away. */
function pourOut(exchange: Exchange, delays: Delays): void {
  if (!exchange.isOpen) return;
  if (!exchange.isStuck) exchange.send(" ".repeat(16 * 1024));
  delays.after(PIECE_MS, () => pourOut(exchange, delays));
}
