// A bare TDS client for tests of the protocol itself: it sends what it is told, also nonsense, and reads whole answers.
import { Buffer } from "node:buffer";

export const PACKET = { batch: 1, attention: 6, login: 16, prelogin: 18 } as const;
export const STATUS = { end: 1, ignore: 2, reset: 8 } as const;
const HEADER = 8;

export class TdsClient {
  readonly #socket: Deno.Conn;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(socket: Deno.Conn) {
    this.#socket = socket;
  }

  static async connect(port: number): Promise<TdsClient> {
    return new TdsClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Goes through PRELOGIN and LOGIN7. */
  async login(user: string, password: string, database = ""): Promise<Uint8Array> {
    await this.send(packet(PACKET.prelogin, preloginBytes()));
    await this.answer();
    await this.send(packet(PACKET.login, loginBytes(user, password, database)));
    return await this.answer();
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  /** Data of the next whole answer; empty when the server ended the connection. */
  async answer(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const next = await this.#packet();
      if (next === null) return new Uint8Array(0);
      parts.push(next.subarray(HEADER));
      if (((next[1] ?? 0) & STATUS.end) !== 0) return Buffer.concat(parts);
    }
  }

  /** Reads until the server ends the connection. */
  async ended(): Promise<void> {
    while ((await this.answer()).length > 0);
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The server was faster.
    }
  }

  async #packet(): Promise<Uint8Array | null> {
    for (;;) {
      const [, , high = 0, low = 0] = this.#pending;
      const length = high * 256 + low;
      if (this.#pending.length >= HEADER && this.#pending.length >= length) {
        const whole = this.#pending.subarray(0, length);
        this.#pending = this.#pending.slice(length);
        return whole;
      }
      const buffer = new Uint8Array(16_384);
      const read = await this.#socket.read(buffer).catch(() => null);
      if (read === null) return null;
      this.#pending = Buffer.concat([this.#pending, buffer.subarray(0, read)]);
    }
  }
}

/** One packet with its header. */
export function packet(type: number, data: Uint8Array, status: number = STATUS.end): Uint8Array {
  const bytes = new Uint8Array(HEADER + data.length);
  bytes.set([type, status, bytes.length >> 8, bytes.length & 0xff, 0, 0, 1, 0]);
  bytes.set(data, HEADER);
  return bytes;
}

/** A statement with the headers a batch has outside a transaction. */
export function batchBytes(text: string): Uint8Array {
  const headers = Buffer.alloc(22);
  headers.writeUInt32LE(22, 0);
  headers.writeUInt32LE(18, 4);
  headers.writeUInt16LE(2, 8);
  headers.writeUInt32LE(1, 18);
  return Buffer.concat([headers, Buffer.from(text, "utf16le")]);
}

export function preloginBytes(): Uint8Array {
  return Uint8Array.of(0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 0, 0, 0, 0, 0, 0, 2);
}

export function loginBytes(user: string, password: string, database: string): Uint8Array {
  const fields = ["host", user, password, "app", "server", "", "lib", "", database];
  const head = Buffer.alloc(94);
  const texts: Buffer[] = [];
  let offset = head.length;
  fields.forEach((text, i) => {
    const bytes = Buffer.from(text, "utf16le");
    head.writeUInt16LE(offset, 36 + i * 4);
    head.writeUInt16LE(text.length, 38 + i * 4);
    texts.push(i === 2 ? Buffer.from(bytes.map((byte) => ((byte << 4 | byte >> 4) & 0xff) ^ 0xa5)) : bytes);
    offset += bytes.length;
  });
  const whole = Buffer.concat([head, ...texts]);
  whole.writeUInt32LE(whole.length, 0);
  whole.writeUInt32LE(0x74000004, 4);
  whole.writeUInt32LE(4096, 8);
  return whole;
}
