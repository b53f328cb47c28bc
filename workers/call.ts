// Step "call": sends one document to the partner, with all that one delivery may take: login, one more login after a 401,
// PUT where the partner has the code already. After claim, before decide.
import type { Outcome } from "../shared/answers.ts";
import type { DocumentType, Entry } from "../shared/document.ts";
import { describeError } from "../shared/errors.ts";
import type { Partner } from "../shared/partner.ts";
import type { Authorization, Sessions } from "../shared/sessions.ts";
import type { Attempt } from "./decide.ts";

/** How long a document waits that our own side kept from being sent, ms. */
const unsentDelayMs = 5_000;

export interface CallParts {
  type: DocumentType;
  partner: Pick<Partner, "send">;
  sessions: Sessions;
  /** Whether the partner's dialect has PUT. */
  replaces: boolean;
  /** How long nothing may be sent for an account, ms; 0 when it may. */
  pausedMs(account: string): number;
  /** Waits for its turn under API_MAX_REQUESTS_PER_SECOND; false when the entry is no longer ours by then. */
  mayStart(): Promise<boolean>;
  /** The document was known and is being replaced. */
  onReplace(): void;
}

type Authorized = Extract<Authorization, { kind: "authorized" }>;

/** One delivery. Null when the entry was lost before anything was sent. Never throws. */
export async function call(entry: Entry, parts: CallParts): Promise<Attempt | null> {
  const first = await authorize(entry, parts);
  if (first.kind !== "authorized") return first;
  const posted = await send("POST", entry, first, parts);
  if (posted.outcome?.kind !== "exists" || !parts.replaces || !posted.authorized) return posted.outcome;
  parts.onReplace();
  const { outcome } = await send("PUT", entry, posted.authorized, parts);
  return outcome?.kind === "exists" ? { ...outcome, kind: "refused" } : outcome;
}

/** One request, and after a 401 one more with a new token. A null outcome: the entry was lost before one of them could start. */
async function send(
  method: "POST" | "PUT",
  entry: Entry,
  authorized: Authorized,
  parts: CallParts,
): Promise<{ outcome: Attempt | null; authorized?: Authorized }> {
  if (!await parts.mayStart()) return { outcome: null };
  const request = { method, type: parts.type, body: entry.body };
  const outcome = await parts.partner.send({ ...request, authorization: authorized.header });
  if (outcome.kind !== "unauthorized") {
    return { outcome: { ...outcome, sentFor: authorized.account }, authorized };
  }
  const again = await authorizeAgain(entry, authorized, parts);
  if (again.kind !== "authorized") return { outcome: again };
  if (!await parts.mayStart()) return { outcome: null };
  const second: Outcome = await parts.partner.send({ ...request, authorization: again.header });
  if (second.kind !== "unauthorized") {
    return { outcome: { ...second, sentFor: again.account }, authorized: again };
  }
  return { outcome: await refuse(entry, again, second.message, parts) };
}

type NotAuthorized = Exclude<Authorization, Authorized> | Extract<Attempt, { kind: "unsent" }>;

async function authorize(entry: Entry, parts: CallParts): Promise<Authorized | NotAuthorized> {
  try {
    const authorization = await parts.sessions.authorize(entry.shop);
    if (authorization.kind !== "authorized") return authorization;
    const pausedMs = parts.pausedMs(authorization.account);
    return pausedMs > 0
      ? unsent(`the partner asked account ${authorization.account} to pause`, pausedMs)
      : authorization;
  } catch (error) {
    return unsent(describeError(error).message, unsentDelayMs);
  }
}

async function authorizeAgain(
  entry: Entry,
  old: Authorized,
  parts: CallParts,
): Promise<Authorized | NotAuthorized> {
  try {
    await parts.sessions.expire(old.account, old.token);
    return await authorize(entry, parts);
  } catch (error) {
    return unsent(describeError(error).message, unsentDelayMs);
  }
}

async function refuse(entry: Entry, again: Authorized, said: string, parts: CallParts): Promise<Attempt> {
  try {
    await parts.sessions.expire(again.account, again.token);
    const why = `401 with a token fetched just now: ${said}`;
    const refused = await parts.sessions.refuse(entry.shop, again.account, why);
    return refused.kind === "authorized" ? unsent(why, unsentDelayMs) : refused;
  } catch (error) {
    return unsent(describeError(error).message, unsentDelayMs);
  }
}

function unsent(message: string, delayMs: number): Extract<Attempt, { kind: "unsent" }> {
  return { kind: "unsent", message, delayMs };
}
