// One client connection: reads frames, has each request carried out in turn, writes the replies.
// Whatever a client sends, the worst that happens is that its own connection ends.

import { setTimeout } from "node:timers/promises";
import type { Context } from "./commands/context.ts";
import { answer, commandName, isHandshake } from "./dispatch.ts";
import { CommandFailure, failureOf } from "./errors.ts";
import type { Faults } from "./faults.ts";
import { FrameReader, parseFrame, replyFrame, type Request } from "./frame.ts";
import type { Doc } from "./values.ts";

/** What a connection needs of its server. */
export interface ConnectionOptions {
  readonly context: Omit<Context, "args">;
  readonly faults: Faults;
  /** Called with the name of each command. */
  readonly counted: (command: string) => void;
  /** Aborted when the server goes down: a delay does not outlive it. */
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;

/** Serves a connection until the client, a fault or `socket.close()` ends it. Never throws. */
export async function serveConnection(socket: Deno.Conn, options: ConnectionOptions): Promise<void> {
  const reader = new FrameReader();
  try {
    for (let chunk = await read(socket); chunk; chunk = await read(socket)) {
      for (const frame of reader.push(chunk)) {
        if (!(await serveFrame(socket, frame, options))) return;
      }
    }
  } catch {
    // Bytes that are not the protocol, or a socket that is gone: either way this connection has ended.
  } finally {
    close(socket);
  }
}

async function read(socket: Deno.Conn): Promise<Uint8Array | undefined> {
  const chunk = new Uint8Array(chunkBytes); // not reused: binary values keep a part of it
  const count = await socket.read(chunk);
  return count === null ? undefined : chunk.subarray(0, count);
}

/** False when the connection is to be closed. */
async function serveFrame(
  socket: Deno.Conn,
  frame: Uint8Array,
  options: ConnectionOptions,
): Promise<boolean> {
  const request = parseFrame(frame);
  const name = commandName(request);
  options.counted(name);
  const fault = options.faults.strike(name, isHandshake(name));
  if (fault?.delayMs) await setTimeout(fault.delayMs, undefined, { signal: options.signal });
  if (fault?.cutBefore) return false;
  const reply = fault?.error ? failure(fault.error) : answer(request, options.context);
  if (fault?.cutAfter) return false;
  if (request.answer !== "none") await write(socket, frameOf(request, reply));
  return true;
}

function failure(error: { code: number; codeName?: string | undefined; message: string }): Doc {
  return new CommandFailure(error.code, error.message, {}, error.codeName).reply();
}

/** A reply that cannot be encoded (over 16 MiB of values) becomes an error reply. */
function frameOf(request: Request, reply: Doc): Uint8Array {
  try {
    return replyFrame(request, reply);
  } catch (error) {
    return replyFrame(request, failureOf(error).reply());
  }
}

async function write(socket: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

/** Closes a socket that may be closed already. */
export function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // closed by the other side, or by the server's stop
  }
}
