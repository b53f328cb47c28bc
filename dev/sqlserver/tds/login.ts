// LOGIN7: who wants in, with which database and packet size (MS-TDS 2.2.6.4).
import { ByteReader, ProtocolError, utf16Text } from "./bytes.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly packetSize: number;
  /** Windows or Azure logins are not known here. */
  readonly integrated: boolean;
}

const FIELDS = 36;
const TDS_7_2 = 0x72090002;

export function readLogin(data: Uint8Array): Login {
  const head = new ByteReader(data);
  const length = head.u32();
  if (length > data.length) {
    throw new ProtocolError(`LOGIN7 of ${length} bytes in a message of ${data.length}`);
  }
  const version = head.u32();
  if (version < TDS_7_2) {
    throw new ProtocolError(`TDS version 0x${version.toString(16)}; 7.2 is the oldest known here`);
  }
  const packetSize = head.u32();
  head.bytes(13);
  const flags2 = head.u8();
  return {
    user: textField(data, 1),
    password: unscramble(field(data, 2)),
    database: textField(data, 8),
    packetSize: Math.min(Math.max(packetSize, 512), 32_767),
    integrated: (flags2 & 0x80) !== 0,
  };
}

/** Field n of the table of (offset, characters): host, user, password, application, server, …, database (8). */
function field(data: Uint8Array, n: number): Uint8Array {
  const reader = new ByteReader(data);
  reader.bytes(FIELDS + n * 4);
  const [offset, characters] = [reader.u16(), reader.u16()];
  const whole = new ByteReader(data);
  whole.bytes(offset);
  return whole.bytes(characters * 2);
}

function textField(data: Uint8Array, n: number): string {
  return utf16Text(field(data, n));
}

/** The password's bytes have their halves swapped and are XORed with 0xA5: undone here. */
function unscramble(bytes: Uint8Array): string {
  return utf16Text(bytes.map((byte) => {
    const plain = byte ^ 0xa5;
    return (plain << 4 | plain >> 4) & 0xff;
  }));
}
