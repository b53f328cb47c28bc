// A certificate of the server's own for 127.0.0.1 and localhost, made anew at each start (X.509 v3, ECDSA P-256).
import { Buffer } from "node:buffer";

export interface Identity {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const OID = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  subjectAltName: [0x55, 0x1d, 0x11],
};
const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

export async function makeIdentity(now = Date.now()): Promise<Identity> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const body = certificateBody(new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)), now);
  const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, body.slice());
  const certificate = sequence(body, signatureAlgorithm(), bitString(signatureDer(new Uint8Array(raw))));
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", key) };
}

/** What is signed. Not a CA, so that a client may trust this one certificate and nothing made from it. */
function certificateBody(publicKey: Uint8Array, now: number): Uint8Array {
  const name = sequence(
    der(TAG.set, sequence(der(TAG.oid, Uint8Array.from(OID.commonName)), text("hermes sqlserver"))),
  );
  const serial = crypto.getRandomValues(new Uint8Array(8));
  serial[0] = 0x40 | (serial[0] ?? 0) & 0x3f;
  return sequence(
    der(0xa0, der(TAG.integer, Uint8Array.of(2))),
    der(TAG.integer, serial),
    signatureAlgorithm(),
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + 30 * DAY_MS)),
    name,
    publicKey,
    der(0xa3, sequence(alternativeNames())),
  );
}

function alternativeNames(): Uint8Array {
  const dns = der(0x82, new TextEncoder().encode("localhost"));
  const address = der(0x87, Uint8Array.of(127, 0, 0, 1));
  return sequence(der(TAG.oid, Uint8Array.from(OID.subjectAltName)), der(TAG.octets, sequence(dns, address)));
}

function signatureAlgorithm(): Uint8Array {
  return sequence(der(TAG.oid, Uint8Array.from(OID.ecdsaWithSha256)));
}

/** WebCrypto gives r and s side by side; X.509 wants a sequence of two integers. */
function signatureDer(raw: Uint8Array): Uint8Array {
  return sequence(unsigned(raw.subarray(0, 32)), unsigned(raw.subarray(32)));
}

function unsigned(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return der(TAG.integer, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

function bitString(bytes: Uint8Array): Uint8Array {
  return der(TAG.bits, Buffer.concat([Uint8Array.of(0), bytes]));
}

function utcTime(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(TAG.utcTime, new TextEncoder().encode(`${digits}Z`));
}

function text(value: string): Uint8Array {
  return der(TAG.utf8, new TextEncoder().encode(value));
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return der(TAG.sequence, Buffer.concat(parts));
}

function der(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
