// The socket side of the simulated partner: reads calls, and carries answers out, including the ways of not
// answering. node:http rather than Deno.serve, because it gives the socket: resets have to be real.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Buffer } from "node:buffer";
import type { Answer } from "./answers.ts";
import { type Control, CONTROL_PATH, handleControl } from "./control.ts";
import { type Desk, receive } from "./reception.ts";

/** A body larger than this is answered 413. */
const BODY_MAX_BYTES = 10 * 1024 * 1024;

/** A timer counts whole milliseconds and comes up to this much late, mostly by all of it. */
const TIMER_LATE_MS = 1;

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
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    serve(desk, control, { request, response, timers });
  });
  const actualPort = await open(server, port, hostname);
  const stopped = Promise.withResolvers<"stopped">();
  return {
    port: actualPort,
    async closeFor(ms) {
      await close(server);
      const over = new Promise((resolve) => timers.add(setTimeout(resolve, ms)));
      if (await Promise.race([over, stopped.promise]) === "stopped") return;
      await open(server, actualPort, hostname);
    },
    async stop() {
      stopped.resolve("stopped");
      for (const timer of timers) clearTimeout(timer);
      await close(server);
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Timers to clear when the server stops. */
  readonly timers: Set<ReturnType<typeof setTimeout>>;
}

function serve(desk: Desk, control: Control, exchange: Exchange): void {
  const { request, response } = exchange;
  const chunks: Uint8Array[] = [];
  let size = 0;
  request.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= BODY_MAX_BYTES) chunks.push(chunk);
  });
  request.on("error", () => request.socket.destroy());
  request.on("end", () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    if (size > BODY_MAX_BYTES) write(response, 413, { "content-type": "text/plain" }, "body too large");
    else if (request.url?.startsWith(CONTROL_PATH)) answerControl(control, exchange, body);
    else answerCall(desk, exchange, body);
  });
}

function answerControl(control: Control, { request, response }: Exchange, body: Uint8Array): void {
  const reply = handleControl(control, {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    body: new TextDecoder().decode(body),
  });
  const headers = { "content-type": "application/json; charset=utf-8" };
  if (reply.afterwards !== undefined) response.on("finish", reply.afterwards);
  write(response, reply.status, headers, JSON.stringify(reply.value) + "\n");
}

function answerCall(desk: Desk, exchange: Exchange, body: Uint8Array): void {
  const { request, response, timers } = exchange;
  const { call, answer, delayMs } = receive(desk, {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    authorization: request.headers.authorization ?? "",
    contentType: request.headers["content-type"] ?? "",
    body,
  });
  // "finish" comes before "close" when the answer went out whole; alone, "close" means that it did not.
  response.on("finish", () => desk.memory.close(call, answer.act === "reply"));
  response.on("close", () => desk.memory.close(call, false));
  if (delayMs <= 0) return carryOut(answer, exchange);
  const timer = setTimeout(() => {
    timers.delete(timer);
    if (!response.destroyed) carryOut(answer, exchange);
  }, delayMs - TIMER_LATE_MS);
  timers.add(timer);
}

function carryOut(answer: Answer, exchange: Exchange): void {
  const { request, response } = exchange;
  switch (answer.act) {
    case "reply":
      return write(response, answer.status, answer.headers, answer.body);
    case "truncate":
      return truncate(answer, exchange);
    case "endless":
      return pourOut(exchange);
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "hang":
      return;
  }
}

function write(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Promises more than it sends, then cuts the connection. */
function truncate(
  answer: { status: number; headers: Readonly<Record<string, string>>; body: string },
  { request, response }: Exchange,
): void {
  response.writeHead(answer.status, { ...answer.headers, "content-length": 1000 });
  response.write(answer.body, () => request.socket.destroy());
}

/** Streams white space for ever, a little at a time, until the client goes away. */
function pourOut({ response, timers }: Exchange): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => {
    if (!response.destroyed && !response.writableNeedDrain) response.write(" ".repeat(16 * 1024));
  }, 10);
  timers.add(timer);
  response.on("close", () => {
    clearInterval(timer);
    timers.delete(timer);
  });
}

function open(server: Server, port: number, hostname: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Error(`the partner listens at no port: ${address}`));
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
