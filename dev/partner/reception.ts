// The reception: takes one call whose body has arrived, and says what is answered. Knows the order of the checks:
// who calls, a fault on demand, the contract, the drug list, then whether the document exists. No sockets here:
// server.ts reads the call before, and carries the answer out after.
import { isUtf8 } from "node:buffer";
import {
  acceptance,
  ACCEPTED_FORMS,
  type AcceptedForm,
  type Answer,
  existsRefusal,
  json,
  refusal,
} from "./answers.ts";
import { breachMessage, findBreach, isObject } from "./contract.ts";
import type { DocumentRules, DocumentType } from "./contract_fields.ts";
import type { Dialect, Route } from "./dialects.ts";
import type { CheckedFault } from "./fault_input.ts";
import { faultAnswer, type Faults, letsThrough } from "./faults.ts";
import type { Caller, Gatekeeper } from "./login.ts";
import type { DocumentRecord, Memory, OpenCall, Outcome } from "./memory.ts";
import { remembered } from "./remembered.ts";

/** A call as it arrived. */
export interface Arrival {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What to do with a call: the answer, after a delay in milliseconds. */
export interface Handled {
  readonly call: OpenCall;
  readonly answer: Answer;
  readonly delayMs: number;
}

/** What the reception works with. `acceptedForm` is fixed, `cycle`, or undefined for the usual ones. */
export interface Desk {
  readonly dialect: Dialect;
  readonly gatekeeper: Gatekeeper;
  readonly memory: Memory;
  readonly faults: Faults;
  readonly acceptedForm: AcceptedForm | "cycle" | undefined;
  readonly clock: () => number;
  latencyMs: number;
  /** Counters behind `cycle` and behind the wordings of "exists already". */
  formsUsed: number;
  existsSaid: number;
}

interface Verdict {
  readonly answer: Answer;
  readonly outcome: Outcome;
}

interface Parsed {
  readonly value: unknown;
  /** Why the text is no JSON body, in the partner's words. */
  readonly broken?: string;
}

/** Handles one call from the first check to the answer. Never throws for what a client may send. */
export function receive(desk: Desk, arrival: Arrival): Handled {
  const nowMs = desk.clock();
  const { method, url } = arrival;
  const query = url.indexOf("?");
  const route = desk.dialect.route(method, query < 0 ? url : url.slice(0, query));
  const call = desk.memory.open({
    atMs: nowMs,
    method,
    path: url,
    type: route.to === "document" || route.to === "withdrawal" ? route.type : null,
    login: route.to === "login",
    body: route.to === "login" ? "" : arrival.body,
  });
  const parsed = parseBody(arrival);
  const caller = identify(desk, call, { route, parsed, arrival });
  const known = desk.memory.find(call);
  if (known?.answered && route.to === "document") known.sent_after_answer++;
  const fault = desk.faults.strike(call, nowMs);
  call.fault = fault?.kind ?? null;
  const verdict = fault === undefined || letsThrough(fault)
    ? judge(desk, call, { route, parsed, caller, known, fault })
    : undefined;
  call.outcome = verdict?.outcome ?? "fault";
  const spoilt = fault === undefined ? undefined : faultAnswer(fault, nowMs);
  const answer = spoilt ?? verdict?.answer ?? json(500, { mess: "Lỗi hệ thống" });
  call.status = answer.act === "reply" || answer.act === "truncate" ? answer.status : null;
  return { call, answer, delayMs: desk.latencyMs + (fault?.delayMs ?? 0) };
}

/** Fills in who calls about which document, and any breach of the contract; so a fault hides none of it. */
function identify(
  desk: Desk,
  call: OpenCall,
  { route, parsed, arrival }: { route: Route; parsed: Parsed; arrival: Arrival },
): Caller | undefined {
  if (route.to === "login") {
    call.account = textOf(parsed.value, "usr");
    return undefined;
  }
  const caller = desk.dialect.auth === "bearer"
    ? desk.gatekeeper.bearer(arrival.authorization, call.atMs)
    : desk.gatekeeper.basic(arrival.authorization);
  call.account = caller.account;
  if (route.to === "withdrawal") Object.assign(call, { code: route.code, ma_co_so: route.ma_co_so });
  if (route.to === "document") {
    const rules = desk.dialect.contract[route.type];
    call.code = textOf(parsed.value, rules.code);
    call.ma_co_so = textOf(parsed.value, rules.facility);
    const breach = parsed.broken === undefined ? findBreach(rules, parsed.value) : undefined;
    call.violation = parsed.broken ?? (breach === undefined ? null : breachMessage(breach));
  }
  return caller;
}

interface Case {
  readonly route: Route;
  readonly parsed: Parsed;
  readonly caller: Caller | undefined;
  /** The document that the call is about, if there is one already. */
  readonly known: DocumentRecord | undefined;
  readonly fault: CheckedFault | undefined;
}

/** The partner's own answer, faults aside. */
function judge(desk: Desk, call: OpenCall, { route, parsed, caller, known, fault }: Case): Verdict {
  if (route.to === "nowhere") return notFound("Không tìm thấy đường dẫn");
  if (route.to === "wrong_method") {
    const answer = json(405, { mess: "Phương thức không được hỗ trợ" }, { allow: route.allow });
    return { answer, outcome: "not_found" };
  }
  if (route.to === "login") return judgeLogin(desk, call, parsed);
  const locked = judgeCaller(desk, call, caller);
  if (locked !== undefined) return locked;
  if (route.to === "withdrawal") return judgeWithdrawal(call, known);
  if (call.violation !== null) return { answer: refusal(call.violation), outcome: "contract_violation" };
  const unknownDrug = findUnknownDrug(desk.dialect.contract[route.type], parsed.value);
  if (unknownDrug !== undefined) {
    const mess = `Mã thuốc ${unknownDrug} không tồn tại trong danh mục Dược Quốc gia`;
    return { answer: refusal(mess), outcome: "refused" };
  }
  return route.replaces
    ? judgeReplacement(desk, call, { type: route.type, known, fault })
    : judgeDocument(desk, call, { type: route.type, known, fault });
}

function judgeLogin(desk: Desk, call: OpenCall, parsed: Parsed): Verdict {
  if (parsed.broken !== undefined) {
    call.violation = parsed.broken;
    return { answer: refusal(parsed.broken), outcome: "contract_violation" };
  }
  const { answer, outcome, violation } = desk.gatekeeper.login(parsed.value, call.atMs);
  call.violation = violation;
  return { answer, outcome };
}

function judgeCaller(desk: Desk, call: OpenCall, caller: Caller | undefined): Verdict | undefined {
  if (caller === undefined || caller.refused !== undefined || caller.account === null) {
    return { answer: json(401, { mess: caller?.refused ?? "Chưa đăng nhập" }), outcome: "unauthorized" };
  }
  if (desk.gatekeeper.maySend(caller.account, call.ma_co_so)) return undefined;
  const mess = `Tài khoản không có quyền liên thông cho cơ sở ${call.ma_co_so}`;
  return { answer: json(403, { mess }), outcome: "forbidden" };
}

function judgeWithdrawal(call: OpenCall, document: DocumentRecord | undefined): Verdict {
  if (document === undefined) return notFound(`Không tìm thấy phiếu ${call.code}`);
  document.withdrawn = true;
  document.answered = false;
  return { answer: json(200, { code: 200, mess: "Thành công" }), outcome: "withdrawn" };
}

interface Sent {
  readonly type: DocumentType;
  readonly known: DocumentRecord | undefined;
  readonly fault: CheckedFault | undefined;
}

function judgeReplacement(desk: Desk, call: OpenCall, { type, known, fault }: Sent): Verdict {
  if (known === undefined) return notFound(`Không tìm thấy phiếu ${call.code}`);
  desk.memory.replace(known, call);
  return { answer: accepted(desk, type, known.national_code, fault), outcome: "replaced" };
}

function judgeDocument(desk: Desk, call: OpenCall, { type, known, fault }: Sent): Verdict {
  const code = call.code ?? "";
  const ma_co_so = call.ma_co_so ?? "";
  if (known !== undefined) {
    return { answer: existsRefusal(code, ma_co_so, desk.existsSaid++), outcome: "exists" };
  }
  const document = desk.memory.accept(call, { type, ma_co_so, code });
  return { answer: accepted(desk, type, document.national_code, fault), outcome: "accepted" };
}

function accepted(desk: Desk, type: DocumentType, code: string, fault: CheckedFault | undefined): Answer {
  const wanted = fault?.kind === "answer" ? fault.form : desk.acceptedForm;
  const named = wanted === "cycle"
    ? ACCEPTED_FORMS[desk.formsUsed++ % ACCEPTED_FORMS.length]
    : ACCEPTED_FORMS.find((form) => form === wanted);
  const usual = type === "hoa_don" ? "code_number" : "code_text";
  return acceptance(type, code, { form: named ?? usual, dialect: desk.dialect.name });
}

function notFound(mess: string): Verdict {
  return { answer: json(404, { mess }), outcome: "not_found" };
}

function findUnknownDrug(rules: DocumentRules, body: unknown): string | undefined {
  const lines = isObject(body) ? body[rules.lines] : undefined;
  if (!Array.isArray(lines)) return undefined;
  for (const line of lines) {
    const drug = textOf(line, rules.drug);
    if (drug?.startsWith("KHONG-CO-")) return drug;
  }
  return undefined;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const isJson = remembered(100, (contentType) => /^application\/json\b/i.test(contentType));

function parseBody(arrival: Arrival): Parsed {
  if (arrival.body.length === 0) return { value: undefined, broken: "Thiếu nội dung JSON" };
  if (!isJson(arrival.contentType)) {
    return {
      value: undefined,
      broken: `Content-Type phải là application/json, không phải ${arrival.contentType}`,
    };
  }
  try {
    const text = utf8.decode(arrival.body);
    // What is no UTF-8 shows as U+FFFD, which may also have been sent.
    if (!text.includes("\ufffd") || isUtf8(arrival.body)) return { value: JSON.parse(text) };
  } catch {
    // Not JSON: said below.
  }
  return { value: undefined, broken: "Nội dung không phải JSON UTF-8 hợp lệ" };
}

function textOf(value: unknown, field: string): string | null {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === "string" ? found : null;
}
