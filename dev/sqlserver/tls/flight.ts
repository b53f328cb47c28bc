// Where a flight of TLS 1.2 handshake records ends, so that it can be sent as one TDS message (RFC 5246, 7.3).

const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22 };
const SERVER_HELLO_DONE = 14;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;

interface TlsRecord {
  readonly type: number;
  readonly content: Uint8Array;
}

/**
 * "more" when the server has sent its hello and waits, "finished" when its Finished is there, "alert" when it gave up;
 * null while the flight is not whole.
 */
export function flightEnds(bytes: Uint8Array): "more" | "finished" | "alert" | null {
  const records = wholeRecords(bytes);
  if (records === null) return null;
  const change = records.findIndex((record) => record.type === RECORD.changeCipherSpec);
  if (change >= 0) {
    return records.slice(change).some((record) => record.type === RECORD.handshake) ? "finished" : null;
  }
  if (records.some((record) => record.type === RECORD.alert)) return "alert";
  const handshake = records.filter((record) => record.type === RECORD.handshake);
  return messageTypes(handshake).includes(SERVER_HELLO_DONE) ? "more" : null;
}

/** The records, or null when the last one is not whole yet. */
function wholeRecords(bytes: Uint8Array): TlsRecord[] | null {
  const records: TlsRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = (bytes[at + 3] ?? 0) * 256 + (bytes[at + 4] ?? 0);
    const end = at + RECORD_HEADER + length;
    if (at + RECORD_HEADER > bytes.length || end > bytes.length) return null;
    records.push({ type: bytes[at] ?? 0, content: bytes.subarray(at + RECORD_HEADER, end) });
    at = end;
  }
  return records;
}

/** Types of the handshake messages; one may go over several records. */
function messageTypes(records: readonly TlsRecord[]): number[] {
  const content = records.flatMap((record) => [...record.content]);
  const types: number[] = [];
  for (let at = 0; at + MESSAGE_HEADER <= content.length;) {
    const [type = 0, high = 0, middle = 0, low = 0] = content.slice(at, at + MESSAGE_HEADER);
    const end = at + MESSAGE_HEADER + high * 65_536 + middle * 256 + low;
    if (end > content.length) break;
    types.push(type);
    at = end;
  }
  return types;
}
