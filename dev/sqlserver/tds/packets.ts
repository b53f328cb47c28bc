// Packets and messages: an 8-byte header, then data; a message is the data up to the packet with the end-of-message bit.
import { ProtocolError } from "./bytes.ts";

export const PACKET = {
  sqlBatch: 1,
  rpc: 3,
  reply: 4,
  attention: 6,
  bulk: 7,
  transaction: 14,
  login: 16,
  prelogin: 18,
} as const;

const STATUS = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepTransaction: 0x10 };
const HEADER = 8;
/** No more than this is kept for one message. */
const MESSAGE_MAX = 64 * 1024 * 1024;

export interface Message {
  readonly type: number;
  readonly data: Uint8Array;
  /** The client gave the message up while sending it. */
  readonly ignore: boolean;
  /** The pool wants a fresh session before this message is carried out. */
  readonly reset: boolean;
}

/** Puts bytes together into messages. */
export class MessageReader {
  #pending: Uint8Array = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #size = 0;
  #reset = false;

  /** Takes bytes from the socket; gives the messages they complete. Throws ProtocolError for what is no TDS. */
  push(bytes: Uint8Array): Message[] {
    this.#pending = this.#pending.length === 0 ? bytes.slice() : joined([this.#pending, bytes]);
    const messages: Message[] = [];
    for (;;) {
      const message = this.#next();
      if (message === "incomplete") return messages;
      if (message !== null) messages.push(message);
    }
  }

  #next(): Message | null | "incomplete" {
    if (this.#pending.length < HEADER) return "incomplete";
    const [type = 0, status = 0, high = 0, low = 0] = this.#pending;
    const length = high * 256 + low;
    checkHeader(type, length);
    if (this.#pending.length < length) return "incomplete";
    const data = this.#pending.slice(HEADER, length);
    this.#pending = this.#pending.subarray(length);
    return this.#add(type, status, data);
  }

  #add(type: number, status: number, data: Uint8Array): Message | null {
    this.#parts.push(data);
    this.#size += data.length;
    this.#reset ||= (status & (STATUS.reset | STATUS.resetKeepTransaction)) !== 0;
    if (this.#size > MESSAGE_MAX) throw new ProtocolError(`message larger than ${MESSAGE_MAX} bytes`);
    if ((status & STATUS.endOfMessage) === 0) return null;
    const message = {
      type,
      data: joined(this.#parts),
      ignore: (status & STATUS.ignore) !== 0,
      reset: this.#reset,
    };
    this.#parts = [];
    this.#size = 0;
    this.#reset = false;
    return message;
  }
}

function checkHeader(type: number, length: number): void {
  const known: readonly number[] = Object.values(PACKET);
  if (!known.includes(type)) throw new ProtocolError(`packet type ${type}`);
  if (length < HEADER) throw new ProtocolError(`packet length ${length}`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Splits an answer into packets of the negotiated size. `send` is the socket. */
export class PacketWriter {
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  readonly #type: number;
  #rest: Uint8Array = new Uint8Array(0);
  #packetId = 1;
  /** Bytes of a packet with its header; the login decides it. */
  packetSize = 4096;

  /** `type` is that of an answer, but for the TLS handshake. */
  constructor(send: (bytes: Uint8Array) => Promise<void>, type: number = PACKET.reply) {
    this.#send = send;
    this.#type = type;
  }

  /** Sends what fills whole packets and keeps the rest. */
  async write(bytes: Uint8Array): Promise<void> {
    const data = this.#rest.length === 0 ? bytes : joined([this.#rest, bytes]);
    const room = this.packetSize - HEADER;
    // The last packet must not be empty, so one that is just full is kept back.
    const whole = Math.max(0, Math.ceil(data.length / room) - 1);
    const packets = new Uint8Array(whole * this.packetSize);
    for (let i = 0; i < whole; i++) {
      this.#packet(packets, i * this.packetSize, data.subarray(i * room, (i + 1) * room), 0);
    }
    this.#rest = data.slice(whole * room);
    if (whole > 0) await this.#send(packets);
  }

  /** Sends the rest and ends the message. */
  async end(): Promise<void> {
    const last = new Uint8Array(HEADER + this.#rest.length);
    this.#packet(last, 0, this.#rest, STATUS.endOfMessage);
    this.#rest = new Uint8Array(0);
    this.#packetId = 1;
    await this.#send(last);
  }

  /** Writes a packet to its place in `out`. */
  #packet(out: Uint8Array, at: number, data: Uint8Array, status: number): void {
    const length = HEADER + data.length;
    out.set([this.#type, status, length >> 8, length & 0xff, 0, 0, this.#packetId & 0xff, 0], at);
    out.set(data, at + HEADER);
    this.#packetId++;
  }
}
