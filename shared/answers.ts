// The partner's answers, classified: partner-api "Answers seen for a document call". Pure; shared/partner.ts makes the calls.

/** An answer that came in whole. */
export interface Answer {
  status: number;
  /** The Retry-After header as it came. */
  retryAfter: string | null;
  text: string;
}

/** What a call came to. */
export type Outcome =
  | { kind: "accepted"; nationalCode: string | null; message: string }
  /** The partner says that it has a document of this code already. */
  | { kind: "exists"; status: number; message: string }
  | { kind: "refused"; status: number; message: string }
  | { kind: "unauthorized"; message: string }
  | { kind: "login_refused"; account: string; message: string; untilMs: number }
  /** Asked to come back later; null when the partner does not say when. */
  | { kind: "busy"; status: number; retryAfterMs: number | null; message: string }
  /** The partner's trouble, not the document's. */
  | { kind: "trouble"; status: number | null; message: string };

const refusals = new Set([400, 403, 404, 405, 409, 413, 422]);
/** The most of the partner's words that are kept. */
const messageMax = 500;

/** Classifies an answer to a document call. `nowMs` is for Retry-After dates. Pure. */
export function classify(answer: Answer, nowMs: number): Outcome {
  const body = parseBody(answer.text);
  const said = wordsOf(body, answer.text);
  if (answer.status === 200 || answer.status === 201) return classifyYes(body, said, nowMs);
  // A page comes from something in front of the partner, which knows nothing of the document; 413 is about its size all the same.
  if (isPage(answer.text) && answer.status !== 413 && refusals.has(answer.status)) {
    return trouble(answer.status, said);
  }
  return classifyStatus(answer.status, said, retryAfterMs(answer.retryAfter, nowMs));
}

type Body = { kind: "object"; fields: Record<string, unknown> } | { kind: "string"; text: string } | {
  kind: "other";
};

function isPage(text: string): boolean {
  return /^\s*<(!doctype|html)/i.test(text);
}

/** HTTP says yes: the body decides. A code in the body counts as a status of its own. */
function classifyYes(body: Body, said: string, nowMs: number): Outcome {
  if (body.kind === "string") {
    const code = body.text.trim();
    return looksLikeCode(code)
      ? { kind: "accepted", nationalCode: code, message: "Thành công" }
      : trouble(200, said);
  }
  if (body.kind === "other") return trouble(200, said);
  const status = body.fields.status ?? null;
  const code = body.fields.code ?? (typeof status === "number" ? status : null);
  if (code !== null && typeof code !== "number" && typeof code !== "string") return trouble(200, said);
  const inner = code === null ? null : Number(code);
  if (inner !== null && inner !== 200 && inner !== 201) {
    const known = Number.isInteger(inner) && inner >= 400 && inner <= 599;
    return classifyStatus(known ? inner : 400, said, retryAfterMs(null, nowMs));
  }
  const saysYes = typeof status === "string" && status.toLowerCase() === "success";
  if (inner === null && status !== null && !saysYes) return classifyStatus(400, said, null);
  const nationalCode = nationalCodeOf(body.fields);
  if (nationalCode === null && inner === null && !saysYes) return trouble(200, said);
  return { kind: "accepted", nationalCode, message: said };
}

function classifyStatus(status: number, message: string, retryAfterMs: number | null): Outcome {
  if (status === 401) return { kind: "unauthorized", message };
  if (status === 429 || (status === 503 && retryAfterMs !== null)) {
    return { kind: "busy", status, retryAfterMs, message };
  }
  if (!refusals.has(status)) return trouble(status, message);
  return saysExists(message) ? { kind: "exists", status, message } : { kind: "refused", status, message };
}

/** "đã tồn tại": the code exists already. "không tồn tại" (a drug is not in the catalogue) is another thing. */
export function saysExists(message: string): boolean {
  return /đã\s+tồn\s+tại/.test(message.normalize("NFC").toLowerCase());
}

/** Retry-After in ms from now: seconds, or an HTTP date; null when there is none that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

const nationalCodeFields = [
  "ma_hoa_don_quoc_gia",
  "ma_phieu_nhap_quoc_gia",
  "ma_phieu_xuat_quoc_gia",
  "ma_hoa_don",
  "ma_phieu_nhap",
  "ma_phieu_xuat",
];

function nationalCodeOf(fields: Record<string, unknown>): string | null {
  for (const name of nationalCodeFields) {
    const value = fields[name];
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    if (typeof value === "number") return String(value);
  }
  return null;
}

/** A bare national code, and not some other text: one word with a digit in it, such as PN_QG_12345678. */
function looksLikeCode(text: string): boolean {
  return /^[A-Za-z0-9][\w.\/-]{5,99}$/.test(text) && /\d/.test(text);
}

function parseBody(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "string") return { kind: "string", text: value };
    if (isRecord(value)) return { kind: "object", fields: value };
    return { kind: "other" };
  } catch {
    // Some installations send the code as text without quotes; what is neither JSON nor a code is trouble.
    return { kind: "string", text };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wordsOf(body: Body, text: string): string {
  const fields = body.kind === "object" ? body.fields : {};
  for (const name of ["mess", "message", "detail"]) {
    const value = fields[name];
    if (typeof value === "string" && value.trim() !== "") return clip(value);
  }
  return clip(text);
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= messageMax ? line : `${line.slice(0, messageMax)}…`;
}

function trouble(status: number | null, message: string): Outcome {
  return { kind: "trouble", status, message };
}
