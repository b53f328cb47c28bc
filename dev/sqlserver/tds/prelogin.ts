// PRELOGIN, the first message each way (MS-TDS 2.2.6.5). There is no TLS here: ENCRYPT_NOT_SUP.
import { PRODUCT_BUILD, PRODUCT_MAJOR } from "../version.ts";
import { ByteReader, ByteWriter, ProtocolError } from "./bytes.ts";

const TERMINATOR = 0xff;
const OPTION = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4 };
const ENCRYPT_NOT_SUP = 2;

/** Checks that the message is a PRELOGIN; its options make no difference to the answer. */
export function readPrelogin(data: Uint8Array): void {
  const reader = new ByteReader(data);
  for (let option = reader.u8(); option !== TERMINATOR; option = reader.u8()) {
    const place = reader.bytes(4);
    const [offsetHigh = 0, offsetLow = 0, lengthHigh = 0, lengthLow = 0] = place;
    if (offsetHigh * 256 + offsetLow + lengthHigh * 256 + lengthLow > data.length) {
      throw new ProtocolError(`PRELOGIN option ${option} outside the message`);
    }
  }
}

export function preloginAnswer(): Uint8Array {
  const options: [number, Uint8Array][] = [
    [OPTION.version, Uint8Array.of(PRODUCT_MAJOR, 0, PRODUCT_BUILD >> 8, PRODUCT_BUILD & 0xff, 0, 0)],
    [OPTION.encryption, Uint8Array.of(ENCRYPT_NOT_SUP)],
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
