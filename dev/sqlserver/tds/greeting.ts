// The first message of a connection: PRELOGIN, its answer, and TLS when the client wants it. LOGIN7 comes next.
import type { ServerContext } from "../server_context.ts";
import { ProtocolError } from "./bytes.ts";
import { type Message, MessageReader, PACKET, type PacketWriter } from "./packets.ts";
import { preloginAnswer, wantsEncryption } from "./prelogin.ts";

export interface Greeting {
  /** Where the conversation goes on, in the clear for us. */
  readonly socket: Deno.Conn;
  readonly reader: MessageReader;
  /** Messages that came with the first one. */
  readonly early: readonly Message[];
}

/** Null when the client went away first. `signal` is aborted when the connection is closed from our side. */
export async function greet(
  socket: Deno.Conn,
  packets: PacketWriter,
  server: ServerContext,
  signal: AbortSignal,
): Promise<Greeting | null> {
  const reader = new MessageReader();
  const messages = await firstMessages(socket, reader);
  const [first, ...early] = messages;
  if (first === undefined) return null;
  await server.gate();
  if (first.type !== PACKET.prelogin) throw new ProtocolError(`packet type ${first.type} before PRELOGIN`);
  const encrypted = wantsEncryption(first.data);
  server.stats.roundTrip("prelogin");
  await packets.write(preloginAnswer(encrypted));
  await packets.end();
  if (!encrypted) return { socket, reader, early };
  return { socket: await server.tls.upgrade(socket, signal), reader: new MessageReader(), early: [] };
}

async function firstMessages(socket: Deno.Conn, reader: MessageReader): Promise<Message[]> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await socket.read(buffer);
    if (length === null) return [];
    const messages = reader.push(buffer.subarray(0, length));
    if (messages.length > 0) return messages;
  }
}
