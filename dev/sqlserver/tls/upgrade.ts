// TLS inside TDS: the handshake travels in PRELOGIN packets, then everything is TLS (MS-TDS 3.3.5.1). Deno has no TLS
// over a stream of one's own, so the bytes go through a TLS listener on a loopback port: here they are carried to it.
import { Buffer } from "node:buffer";
import { ProtocolError } from "../tds/bytes.ts";
import { MessageReader, PACKET, PacketWriter } from "../tds/packets.ts";
import { flightEnds } from "./flight.ts";
import { type Identity, makeIdentity } from "./certificate.ts";

const HOST = "127.0.0.1";
/** Messages of a handshake: a client that sends more is playing games. */
const HANDSHAKE_MESSAGES_MAX = 8;
const HANDSHAKE_MS = 10_000;

export class TlsUpgrade {
  readonly #listener: Deno.TlsListener;
  /** Accepted connections by the port they come from, until their other side asks for them. */
  readonly #waiting = new Map<number, (secure: Deno.Conn) => void>();
  readonly #accepting: Promise<void>;
  /** PEM, for clients that verify. */
  readonly certificate: string;

  private constructor(identity: Identity) {
    this.certificate = identity.cert;
    this.#listener = Deno.listenTls({ hostname: HOST, port: 0, cert: identity.cert, key: identity.key });
    this.#accepting = this.#accept();
  }

  static async start(): Promise<TlsUpgrade> {
    return new TlsUpgrade(await makeIdentity());
  }

  async stop(): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  /**
   * Carries the client's handshake through; gives the connection on which it now speaks in the clear. Throws
   * ProtocolError when the handshake fails, takes longer than 10 s, or the connection is closed (`signal`).
   */
  async upgrade(outer: Deno.Conn, signal: AbortSignal): Promise<Deno.Conn> {
    const inner = await Deno.connect({ hostname: HOST, port: this.#listener.addr.port });
    inner.setNoDelay();
    const secure = await this.#acceptedFrom(inner.localAddr.port);
    // A half handshake leaves both sides waiting: closing the inner one ends that.
    const giveUp = () => closeQuietly(inner);
    const timer = setTimeout(giveUp, HANDSHAKE_MS);
    signal.addEventListener("abort", giveUp);
    try {
      await carryHandshake(outer, inner);
    } catch (error) {
      closeQuietly(inner);
      closeQuietly(secure);
      throw error instanceof ProtocolError ? error : new ProtocolError("TLS handshake failed");
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
    pump(outer, inner);
    pump(inner, outer);
    return secure;
  }

  #acceptedFrom(port: number): Promise<Deno.Conn> {
    return new Promise((resolve) => this.#waiting.set(port, resolve));
  }

  async #accept(): Promise<void> {
    try {
      for await (const secure of this.#listener) this.#handOver(secure);
    } catch {
      // Closed.
    }
  }

  #handOver(secure: Deno.TlsConn): void {
    const port = secure.remoteAddr.transport === "tcp" ? secure.remoteAddr.port : 0;
    const resolve = this.#waiting.get(port);
    this.#waiting.delete(port);
    if (resolve === undefined) return closeQuietly(secure);
    // Begins to answer the client's first message; a failure shows at the first read as well.
    secure.handshake().catch(() => {});
    resolve(secure);
  }
}

/** Each PRELOGIN message of the client holds one flight of the handshake and gets one back. */
async function carryHandshake(outer: Deno.Conn, inner: Deno.Conn): Promise<void> {
  const reader = new MessageReader();
  const writer = new PacketWriter((bytes) => writeAll(outer, bytes), PACKET.prelogin);
  const buffer = new Uint8Array(32 * 1024);
  for (let messages = 0; messages < HANDSHAKE_MESSAGES_MAX;) {
    const length = await outer.read(buffer);
    if (length === null) throw new ProtocolError("connection closed in the TLS handshake");
    for (const message of reader.push(buffer.subarray(0, length))) {
      messages++;
      if (message.type !== PACKET.prelogin) {
        throw new ProtocolError(`packet type ${message.type} in the TLS handshake`);
      }
      await writeAll(inner, message.data);
      const { bytes, end } = await readFlight(inner);
      await writer.write(bytes);
      await writer.end();
      if (end === "finished") return;
      if (end === "alert") throw new ProtocolError("TLS handshake refused");
    }
  }
  throw new ProtocolError(`more than ${HANDSHAKE_MESSAGES_MAX} messages in the TLS handshake`);
}

async function readFlight(
  inner: Deno.Conn,
): Promise<{ bytes: Uint8Array; end: "more" | "finished" | "alert" }> {
  let bytes: Uint8Array = new Uint8Array(0);
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    const length = await inner.read(buffer);
    if (length === null) throw new ProtocolError("TLS handshake failed");
    bytes = Buffer.concat([bytes, buffer.subarray(0, length)]);
    const end = flightEnds(bytes);
    if (end !== null) return { bytes, end };
  }
}

/** Copies until one side ends, then ends both. */
async function pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      await writeAll(to, buffer.subarray(0, length));
    }
  } catch {
    // Either side is gone.
  }
  closeQuietly(from);
  closeQuietly(to);
}

async function writeAll(socket: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

function closeQuietly(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // Closed already.
  }
}
