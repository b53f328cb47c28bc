// Writes the head of an HTTP/1.1 answer: status line, the answer's own fields, then those of every answer.
import { STATUS_CODES } from "node:http";

/** Seconds after which an idle connection is ended, as every answer that keeps it says. */
export const KEEP_ALIVE_SECONDS = 65;

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n`;
const CLOSED = "Connection: close\r\n";

/** Fields in the order in which they are sent; the partner's own are in lower case. */
export type AnswerFields = Readonly<Record<string, string | number>>;

/** The head with the empty line that ends it. `nowMs` is for its date, milliseconds since 1970. */
export function answerHead(
  status: number,
  fields: AnswerFields,
  { keepAlive, nowMs }: { keepAlive: boolean; nowMs: number },
): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
  for (const name in fields) text += `${name}: ${fields[name]}\r\n`;
  return `${text}Date: ${dateOf(nowMs)}\r\n${keepAlive ? KEPT : CLOSED}\r\n`;
}

/** The whole answer to bytes that are no request; the connection ends after it. */
export function refusalText(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n${CLOSED}\r\n`;
}

/** May an answer of this status, to this method, have a body? (RFC 9110, section 6.4.1) */
export function mayHaveBody(method: string, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

let dated = { second: -1, text: "" };

/** The date is written once a second. */
function dateOf(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (dated.second !== second) dated = { second, text: new Date(second * 1000).toUTCString() };
  return dated.text;
}
