// The partner's answer to a login, read: partner-api "Login answers". Pure.
import { type Answer, classify } from "./answers.ts";

export type LoginOutcome =
  | { kind: "token"; token: string; expiresAtMs: number | null }
  /** Wrong credentials: trying again with the same ones cannot help. */
  | { kind: "refused"; message: string }
  | { kind: "trouble"; message: string; retryAfterMs?: number };

/** Reads `{token}` and `{code, data: {token}}`; 400, 401, 403 and 422 are a refusal, everything else is trouble. */
export function readLogin(answer: Answer, retryAfterMs: number | null): LoginOutcome {
  const token = answer.status === 200 || answer.status === 201 ? tokenOf(answer.text) : null;
  if (token !== null) return { kind: "token", token, expiresAtMs: expiryOf(token) };
  const outcome = classify(answer, 0);
  const message = "message" in outcome ? outcome.message : "";
  const refused = outcome.kind === "unauthorized" ||
    ((outcome.kind === "refused" || outcome.kind === "exists") && [400, 403, 422].includes(outcome.status));
  if (refused) return { kind: "refused", message };
  const words = `the login was answered ${answer.status}: ${message}`;
  return { kind: "trouble", message: words, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function tokenOf(text: string): string | null {
  const body = parse(text);
  return tokenIn(body) ?? tokenIn(field(body, "data"));
}

function tokenIn(value: unknown): string | null {
  const token = field(value, "token");
  return typeof token === "string" && token !== "" ? token : null;
}

/** When a JWT expires (`exp`, seconds), as ms; null for any other token. */
function expiryOf(token: string): number | null {
  const payload = token.split(".")[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(
      atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
      (c) => c.charCodeAt(0),
    );
    const exp = field(JSON.parse(new TextDecoder().decode(bytes)), "exp");
    return typeof exp === "number" ? exp * 1000 : null;
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
