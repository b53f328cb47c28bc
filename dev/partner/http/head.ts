// Reads the head of one HTTP/1.1 request: the request line and the header fields. Pure; request_reader.ts finds where
// the head ends, and reads the body after it. Knows of the fields only what the partner looks at.
import { METHODS } from "node:http";
import { remembered } from "../remembered.ts";

/** What a head says. */
export interface Head {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minor: 0 | 1;
  /** Does the client want the connection for more calls? */
  readonly keepAlive: boolean;
  /** Does the client wait for `100 Continue` before it sends the body? */
  readonly expectsContinue: boolean;
  /** Bytes of the body, or that it comes in chunks. */
  readonly bodyLength: number | "chunked";
  /** The field, empty when there is none; of several the first. */
  readonly authorization: string;
  readonly contentType: string;
}

/** A head that breaks HTTP's rules, or asks for what is not there. */
export interface BadHead {
  /** The HTTP status to refuse it with. */
  readonly refusedWith: number;
}

// CONNECT asks for a tunnel, and there is none.
const methods = new Set(METHODS.filter((method) => method !== "CONNECT"));

const requestLine = /^([A-Z-]+) +((?:\/|\*$|[a-z]+:\/\/)[\x21-\x7e]*|\*) +HTTP\/1\.([01])$/i;
const fieldName = /^[\w!#$%&'*+.^`|~-]+$/;
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const forbiddenInValue = /[\x00-\x08\x0a-\x1f\x7f]/;

/** How many different lines are remembered: the lengths of bodies, and a login for every account. */
const LINES_MAX = 4000;

/** Reads a head: bytes as latin1 text, without the empty line that ends it. */
export function readHead(text: string): Head | BadHead {
  const lineEnd = text.indexOf("\r\n");
  const line = requestLineOf(lineEnd < 0 ? text : text.slice(0, lineEnd));
  const fields = lineEnd < 0 ? new Fields() : readFields(text, lineEnd + 2);
  if (line === null || fields === undefined) return { refusedWith: 400 };
  const { method, url, minor } = line;
  const bodyLength = bodyLengthOf(fields);
  if (bodyLength === undefined || (minor === 1 && !fields.host)) return { refusedWith: 400 };
  if (fields.expect !== "" && !/^100-continue$/i.test(fields.expect)) return { refusedWith: 417 };
  return {
    method,
    url,
    minor,
    keepAlive: isKept(minor === 1, fields.connection),
    expectsContinue: fields.expect !== "" && minor === 1,
    bodyLength,
    authorization: fields.authorization ?? "",
    contentType: fields.contentType ?? "",
  };
}

type RequestLine = Pick<Head, "method" | "url" | "minor">;

/** Null for what is no request line, or asks for a method that nobody knows. */
const requestLineOf = remembered(LINES_MAX, (text): RequestLine | null => {
  const [, method = "", url = "", minor] = requestLine.exec(text) ?? [];
  return methods.has(method) ? { method, url, minor: minor === "1" ? 1 : 0 } : null;
});

/** The fields that are looked at. */
class Fields {
  host = false;
  connection = "";
  expect = "";
  authorization: string | undefined = undefined;
  contentType: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  transferEncoding: string | undefined = undefined;
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Null for what is no header field. */
const fieldOf = remembered(LINES_MAX, (line): Field | null => {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon));
  const value = line.slice(colon + 1);
  if (!fieldName.test(name) || forbiddenInValue.test(value)) return null;
  return { name: name.toLowerCase(), value: value.trim() };
});

/** Reads fields from `at` on; undefined when one of them is malformed, or says twice how long the body is. */
function readFields(text: string, at: number): Fields | undefined {
  const fields = new Fields();
  while (at < text.length) {
    const next = text.indexOf("\r\n", at);
    const end = next < 0 ? text.length : next;
    const field = fieldOf(text.slice(at, end));
    if (field === null || !setField(fields, field)) return undefined;
    at = end + 2;
  }
  return fields;
}

/** Returns false for a second field that says how long the body is. */
function setField(fields: Fields, { name, value }: Field): boolean {
  switch (name) {
    case "host":
      fields.host = true;
      return true;
    case "connection":
      fields.connection += `,${value}`;
      return true;
    case "expect":
      fields.expect = value;
      return true;
    case "authorization":
      fields.authorization ??= value;
      return true;
    case "content-type":
      fields.contentType ??= value;
      return true;
    case "content-length":
      if (fields.contentLength !== undefined) return false;
      fields.contentLength = value;
      return true;
    case "transfer-encoding":
      if (fields.transferEncoding !== undefined) return false;
      fields.transferEncoding = value;
      return true;
    default:
      return true;
  }
}

/** RFC 9112, section 6.3; undefined when the two fields contradict each other, or one says nothing of use. */
function bodyLengthOf({ contentLength, transferEncoding }: Fields): number | "chunked" | undefined {
  if (transferEncoding !== undefined) {
    return contentLength === undefined && /^chunked$/i.test(transferEncoding) ? "chunked" : undefined;
  }
  if (contentLength === undefined) return 0;
  return /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : undefined;
}

function isKept(isByDefault: boolean, connection: string): boolean {
  if (connection === "") return isByDefault;
  if (/,\s*close\s*(?:,|$)/i.test(connection)) return false;
  return isByDefault || /,\s*keep-alive\s*(?:,|$)/i.test(connection);
}
