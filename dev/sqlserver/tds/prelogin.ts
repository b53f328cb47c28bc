// PRELOGIN, the first message each way (MS-TDS 2.2.6.5): whether the rest is encrypted.
import { PRODUCT_BUILD, PRODUCT_MAJOR } from "../version.ts";
import { ByteReader, ByteWriter, ProtocolError } from "./bytes.ts";

const TERMINATOR = 0xff;
const OPTION = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4 };
const ENCRYPT = { on: 1, notSupported: 2, required: 3 };

/** Reads a PRELOGIN; true when the client wants everything encrypted. */
export function wantsEncryption(data: Uint8Array): boolean {
  const reader = new ByteReader(data);
  let encryption = ENCRYPT.notSupported;
  for (let option = reader.u8(); option !== TERMINATOR; option = reader.u8()) {
    const place = reader.bytes(4);
    const [offsetHigh = 0, offsetLow = 0, lengthHigh = 0, lengthLow = 0] = place;
    const offset = offsetHigh * 256 + offsetLow;
    if (offset + lengthHigh * 256 + lengthLow > data.length) {
      throw new ProtocolError(`PRELOGIN option ${option} outside the message`);
    }
    if (option === OPTION.encryption) encryption = data[offset] ?? ENCRYPT.notSupported;
  }
  return encryption === ENCRYPT.on || encryption === ENCRYPT.required;
}

export function preloginAnswer(encrypted: boolean): Uint8Array {
  const options: [number, Uint8Array][] = [
    [OPTION.version, Uint8Array.of(PRODUCT_MAJOR, 0, PRODUCT_BUILD >> 8, PRODUCT_BUILD & 0xff, 0, 0)],
    [OPTION.encryption, Uint8Array.of(encrypted ? ENCRYPT.on : ENCRYPT.notSupported)],
    [OPTION.instance, Uint8Array.of(0)],
    [OPTION.thread, new Uint8Array(0)],
    [OPTION.mars, Uint8Array.of(0)],
  ];
  const writer = new ByteWriter();
  let offset = options.length * 5 + 1;
  for (const [option, value] of options) {
    // Offsets and lengths are big-endian here, unlike the rest of TDS.
    writer.bytes(Uint8Array.of(option, offset >> 8, offset & 0xff, value.length >> 8, value.length & 0xff));
    offset += value.length;
  }
  writer.u8(TERMINATOR);
  for (const [, value] of options) writer.bytes(value);
  return writer.take();
}
