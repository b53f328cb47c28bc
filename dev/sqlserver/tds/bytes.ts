// Reading and writing of little-endian bytes, as TDS has them. Reading beyond the end is a protocol error.
import { Buffer } from "node:buffer";

/** The peer's bytes are not TDS: its connection ends. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Moves on by n bytes and gives the place before them. */
  #take(n: number): number {
    if (n < 0 || n > this.left) throw new ProtocolError(`${n} bytes wanted, ${this.left} left`);
    const at = this.#at;
    this.#at += n;
    return at;
  }

  bytes(n: number): Uint8Array {
    const at = this.#take(n);
    return this.#bytes.subarray(at, at + n);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A signed integer of 1, 2, 4 or 8 bytes; one byte is unsigned (TINYINT). */
  integer(size: number): bigint {
    const at = this.#take(size);
    if (size === 1) return BigInt(this.#view.getUint8(at));
    if (size === 2) return BigInt(this.#view.getInt16(at, true));
    if (size === 4) return BigInt(this.#view.getInt32(at, true));
    if (size === 8) return this.#view.getBigInt64(at, true);
    throw new ProtocolError(`integer of ${size} bytes`);
  }

  /** An unsigned integer of any size. */
  unsigned(size: number): bigint {
    const bytes = this.bytes(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i] ?? 0);
    return value;
  }

  /** UTF-16 text of n characters. */
  text(characters: number): string {
    return utf16Text(this.bytes(characters * 2));
  }
}

export function utf16Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf16le");
}

export class ByteWriter {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written since the last call; the writer is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #room(n: number): number {
    if (this.#length + n > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + n));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    const at = this.#length;
    this.#length += n;
    return at;
  }

  u8(value: number): void {
    // The room is made first: it may replace the view.
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  i32(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  /** The low bytes of an integer, in two's complement. */
  integer(value: bigint, size: number): void {
    const at = this.#room(size);
    if (size === 8) return this.#view.setBigUint64(at, value, true);
    if (size === 4) return this.#view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    for (let i = 0; i < size; i++) this.#buffer[at + i] = Number(value >> BigInt(8 * i) & 0xffn);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** UTF-16 text without a length. */
  text(text: string): void {
    const at = this.#room(text.length * 2);
    const buffer = this.#buffer;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      buffer[at + 2 * i] = unit;
      buffer[at + 2 * i + 1] = unit >> 8;
    }
  }

  /** ASCII text, a byte a character, without a length. */
  ascii(text: string): void {
    const at = this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#buffer[at + i] = text.charCodeAt(i);
  }

  /** Text with its length in characters, one byte. */
  shortText(text: string): void {
    const cut = text.slice(0, 255);
    this.u8(cut.length);
    this.text(cut);
  }

  /** Text with its length in characters, two bytes. */
  longText(text: string): void {
    const cut = text.slice(0, 65_535);
    this.u16(cut.length);
    this.text(cut);
  }
}
