// The partner, without sending it a document: one plain GET, its certificate, and on request a login for each account. Facts for check_partner.ts.
import { isIP } from "node:net";
import { connect } from "node:tls";
import { Agent } from "undici";
import type { Settings } from "../../settings.ts";
import { within } from "./deadline.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

/** How long its answer may take, ms: a doctor does not wait as long as a worker. */
const answerMs = 4_000;
/** More of an answer than this is not read, bytes. */
const answerMaxBytes = 1_000_000;

export interface PartnerFacts {
  answer: { status: number; askedAtMs: number; ms: number; dateMs: number | null } | { trouble: Trouble };
  /** When its certificate ends; null without TLS, or when it could not be had. */
  certificateUntilMs: number | null;
}

/** Never throws. */
export async function readPartner(settings: Settings["partner"], nowMs: () => number): Promise<PartnerFacts> {
  const [answer, certificateUntilMs] = await Promise.all([
    ask(settings, nowMs).catch((error) => ({ trouble: troubleOf(error) })),
    settings.baseUrl.startsWith("https:")
      ? certificateEnd(new URL(settings.baseUrl)).catch(() => null)
      : null,
  ]);
  return { answer, certificateUntilMs };
}

async function ask(settings: Settings["partner"], nowMs: () => number): Promise<PartnerFacts["answer"]> {
  const ca = settings.caFile === undefined ? {} : { ca: await Deno.readTextFile(settings.caFile) };
  const agent = new Agent({ connect: { timeout: answerMs, ...ca }, maxResponseSize: answerMaxBytes });
  const { origin, pathname } = new URL(settings.baseUrl);
  try {
    const askedAtMs = nowMs();
    const response = await agent.request({
      origin,
      path: pathname,
      method: "GET",
      signal: AbortSignal.timeout(answerMs),
    });
    const ms = nowMs() - askedAtMs;
    await response.body.dump();
    const { date } = response.headers;
    const dateMs = typeof date === "string" ? Date.parse(date) : NaN;
    return { status: response.statusCode, askedAtMs, ms, dateMs: Number.isNaN(dateMs) ? null : dateMs };
  } finally {
    await agent.destroy();
  }
}

/** Looks at the certificate whoever signed it: whether it is accepted is told by the call. */
async function certificateEnd({ hostname, port }: URL): Promise<number | null> {
  const host = hostname.replace(/^\[|\]$/g, "");
  // An address has no name to ask for.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connect({ host, port: Number(port || "443"), ...name, rejectUnauthorized: false });
  const ended = new Promise<number | null>((resolve) => {
    socket.once("error", () => resolve(null));
    socket.once("secureConnect", () => {
      const untilMs = Date.parse(socket.getPeerCertificate().valid_to ?? "");
      resolve(Number.isNaN(untilMs) ? null : untilMs);
    });
  });
  const untilMs = await within(answerMs, ended).catch(() => null);
  socket.destroy();
  return untilMs;
}
