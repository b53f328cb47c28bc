// Faults in force: which call a fault strikes, and what is answered instead. fault_input.ts reads them;
// the reception asks for a fault at every call, before it looks at the document.
import { type Random, seededRandom } from "../samples/random.ts";
import { type Answer, htmlPage, json, plain, refusal, REFUSED_FORMS } from "./answers.ts";
import type { CheckedFault } from "./fault_input.ts";

/** What a fault is matched against. */
export interface Subject {
  readonly login: boolean;
  readonly type: string | null;
  readonly code: string | null;
  readonly ma_co_so: string | null;
  readonly account: string | null;
  readonly method: string;
}

interface ActiveFault {
  readonly fault: CheckedFault;
  readonly addedMs: number;
  readonly code: RegExp | undefined;
  readonly random: Random;
  struck: number;
}

/** The faults in force, in the order they were added. The first that fits a call strikes it. */
export class Faults {
  readonly #seed: number;
  #added = 0;
  #active: ActiveFault[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Adds faults that a schema has checked. */
  add(faults: readonly CheckedFault[], nowMs: number): void {
    for (const fault of faults) {
      const code = fault.match?.code;
      this.#active.push({
        fault,
        addedMs: nowMs,
        code: code === undefined ? undefined : new RegExp(code),
        random: seededRandom(this.#seed + this.#added++),
        struck: 0,
      });
    }
  }

  clear(): void {
    this.#active = [];
  }

  /** The faults in force and how many calls each has struck. */
  list(): { fault: CheckedFault; struck: number }[] {
    return this.#active.map(({ fault, struck }) => ({ fault, struck }));
  }

  /** The fault that strikes this call, if one does; it counts as struck. */
  strike(subject: Subject, nowMs: number): CheckedFault | undefined {
    const found = this.#active.find((active) => strikes(active, subject, nowMs));
    if (found === undefined) return undefined;
    found.struck++;
    return found.fault;
  }
}

/** Does the partner look at the document as usual, although the fault spoils or delays the answer? */
export function letsThrough(fault: CheckedFault): boolean {
  return fault.accepts === true || ["slow", "answer", "reset_after"].includes(fault.kind);
}

/** What is answered instead; undefined for faults that leave the usual answer (`slow`, `answer`). */
export function faultAnswer(fault: CheckedFault, nowMs: number): Answer | undefined {
  switch (fault.kind) {
    case "slow":
    case "answer":
      return undefined;
    case "hang":
      return { act: "hang" };
    case "reset_before":
    case "reset_after":
    case "outage":
      return { act: "reset" };
    case "html":
      return htmlPage(fault.status ?? 502);
    case "garbage":
      return plain(fault.status ?? 200, CUT_JSON, { "content-type": "application/json" });
    case "endless":
      return { act: "endless" };
    case "huge":
      return json(fault.status ?? 200, { code: 200, mess: "x".repeat(HUGE_BYTES) });
    case "truncated": {
      const headers = { "content-type": "application/json" };
      return { act: "truncate", status: fault.status ?? 200, body: CUT_JSON, headers };
    }
    default:
      return errorAnswer(fault.kind, fault, nowMs);
  }
}

const CUT_JSON = '{"code": 200, "mess": "Thành c';
const HUGE_BYTES = 2 * 1024 * 1024;

const messages = {
  refuse: "Dữ liệu không hợp lệ: sai mã cơ sở",
  unauthorized: "Token đã hết hạn",
  forbidden: "Tài khoản không có quyền liên thông cho cơ sở này",
  status: "Lỗi hệ thống",
  too_many: "Quá nhiều yêu cầu",
} as const;

function errorAnswer(kind: keyof typeof messages, fault: CheckedFault, nowMs: number): Answer {
  const mess = fault.message ?? messages[kind];
  switch (kind) {
    case "refuse": {
      const form = REFUSED_FORMS.find((known) => known === fault.form) ?? "mess";
      return refusal(mess, { form, status: fault.status ?? 400 });
    }
    case "unauthorized":
      return json(401, { mess });
    case "forbidden":
      return json(403, { mess });
    case "status":
      return json(fault.status ?? 500, { mess }, retryAfter(fault, nowMs));
    case "too_many": {
      const retryAfterSeconds = fault.retryAfterSeconds ?? 1;
      return json(fault.status ?? 429, { mess }, retryAfter({ ...fault, retryAfterSeconds }, nowMs));
    }
  }
}

function strikes(active: ActiveFault, subject: Subject, nowMs: number): boolean {
  const { fault, addedMs, code, random, struck } = active;
  const sinceMs = nowMs - addedMs;
  if (sinceMs < (fault.fromMs ?? 0) || sinceMs >= (fault.untilMs ?? Infinity)) return false;
  if (struck >= (fault.times ?? Infinity)) return false;
  if (!matches(fault, subject, code)) return false;
  return fault.rate === undefined || random() < fault.rate;
}

function matches(fault: CheckedFault, subject: Subject, code: RegExp | undefined): boolean {
  const match = fault.match ?? {};
  const isMeant = match.login === undefined
    ? !subject.login || fault.kind === "outage"
    : match.login === subject.login;
  const facility = match.ma_co_so ?? match.shop;
  return isMeant &&
    (match.type === undefined || match.type === subject.type) &&
    (facility === undefined || facility === subject.ma_co_so) &&
    (match.account === undefined || match.account === subject.account) &&
    (match.method === undefined || match.method === subject.method) &&
    (code === undefined || (subject.code !== null && code.test(subject.code)));
}

function retryAfter(fault: CheckedFault, nowMs: number): Record<string, string> {
  const seconds = fault.retryAfterSeconds;
  if (seconds === undefined) return {};
  if (fault.retryAfterAs !== "date") return { "retry-after": String(seconds) };
  return { "retry-after": new Date(nowMs + seconds * 1000).toUTCString() };
}
