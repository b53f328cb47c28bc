// What the simulated partner remembers: every call, and the state of every document. Read by the control API.
// Calls and bodies are kept up to a bound; counters and the documents' states are kept whole.
import { Buffer } from "node:buffer";
import { BodyStore, type KeptBody } from "./body_store.ts";
import type { DocumentType } from "./contract_fields.ts";
import { Counts } from "./counts.ts";

/** What became of a call. */
export type Outcome =
  | "login"
  | "login_refused"
  | "accepted"
  | "replaced"
  | "withdrawn"
  | "exists"
  | "refused"
  | "contract_violation"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "fault";

/** One call, as it arrived and as it was answered. */
export interface Call {
  /** 1 for the first call since the start; never reused. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly type: DocumentType | null;
  readonly login: boolean;
  account: string | null;
  code: string | null;
  ma_co_so: string | null;
  /** The exact text that arrived. Empty for logins: passwords are not kept. */
  readonly body: string;
  outcome: Outcome;
  /** The contract's rule that the body broke, whatever was answered. */
  violation: string | null;
  /** The kind of the fault that was played on this call. */
  fault: string | null;
  /** HTTP status answered; null when nothing was. */
  status: number | null;
  /** Did the answer go out whole? null while the call is open. */
  answered: boolean | null;
}

/** A call while it is handled, and as it is kept. */
export interface OpenCall extends Omit<Call, "body"> {
  readonly kept: KeptBody;
  /** The document that this call made or replaced. */
  accepted: DocumentRecord | null;
}

/** One document, identified by type, facility and code. */
export interface PartnerDocument {
  readonly type: DocumentType;
  readonly ma_co_so: string;
  readonly code: string;
  readonly national_code: string;
  /** How often a POST was accepted. More than once only after a withdrawal. */
  posts: number;
  /** How often a PUT was accepted. */
  puts: number;
  /** Accepted bodies, oldest first; the oldest are forgotten past the bound. */
  bodies: string[];
  withdrawn: boolean;
  /** Has an answer that accepts it gone out whole? */
  answered: boolean;
  /** Calls that arrived after such an answer: sent again without need, or corrected by the pharmacy. */
  sent_after_answer: number;
}

/** A document as it is kept. */
export interface DocumentRecord extends Omit<PartnerDocument, "bodies"> {
  bodies: KeptBody[];
}

const CODE_PREFIXES = { hoa_don: "HD_QG_", phieu_nhap: "PN_QG_", phieu_xuat: "PX_QG_" } as const;

/** What identifies a document. */
type DocumentName = Pick<PartnerDocument, "type" | "ma_co_so" | "code">;

/** What is known of a call when it arrives. */
type Opening = Pick<Call, "atMs" | "method" | "path" | "type" | "login"> & {
  readonly body: string | Uint8Array;
};

/** The memory of one partner. `remember` bounds the calls kept, and the bodies kept. */
export class Memory {
  readonly #remember: number;
  readonly #bodies = new BodyStore();
  #calls: OpenCall[] = [];
  #bodyOwners: DocumentRecord[] = [];
  #documents = new Map<string, DocumentRecord>();
  #nationalCodes = { hoa_don: 0, phieu_nhap: 0, phieu_xuat: 0 };
  #counts = new Counts();
  #seq = 0;

  constructor(remember: number) {
    this.#remember = remember;
  }

  /** Forgets everything but the sequence of calls: a sequence number is never used again. */
  reset(): void {
    this.#calls = [];
    this.#bodyOwners = [];
    this.#documents.clear();
    this.#counts = new Counts();
    this.#nationalCodes = { hoa_don: 0, phieu_nhap: 0, phieu_xuat: 0 };
  }

  /** Opens a call; the caller fills in what it finds out. A body that is no text yet is copied. */
  open(call: Opening): OpenCall {
    const { atMs, method, path, type, login, body } = call;
    const opened: OpenCall = {
      seq: ++this.#seq,
      atMs,
      method,
      path,
      type,
      login,
      kept: this.#bodies.keep(typeof body === "string" ? Buffer.from(body) : body),
      account: null,
      code: null,
      ma_co_so: null,
      outcome: "fault",
      violation: null,
      fault: null,
      status: null,
      answered: null,
      accepted: null,
    };
    this.#calls.push(opened);
    if (this.#calls.length >= 2 * this.#remember) this.#calls = this.#kept();
    return opened;
  }

  /** Closes a call: what was answered, and whether it went out whole. A call is counted when it closes. */
  close(call: OpenCall, answered: boolean): void {
    if (call.answered !== null) return;
    call.answered = answered;
    this.#counts.add(call);
    const document = call.accepted;
    if (!answered || document === null || document.withdrawn) return;
    if ((call.status ?? 500) < 300) document.answered = true;
  }

  /** The document a call is about, unless it was withdrawn or never accepted. */
  find(call: Pick<Call, "type" | "ma_co_so" | "code">): DocumentRecord | undefined {
    const { type, ma_co_so, code } = call;
    if (type === null || ma_co_so === null || code === null) return undefined;
    const document = this.#documents.get(keyOf(type, ma_co_so, code));
    return document?.withdrawn ? undefined : document;
  }

  /** Accepts a call's document for the first time, or again after a withdrawal. It keeps its national code. */
  accept(call: OpenCall, { type, ma_co_so, code }: DocumentName): DocumentRecord {
    const key = keyOf(type, ma_co_so, code);
    let document = this.#documents.get(key);
    if (document === undefined) {
      document = newDocument({ type, ma_co_so, code }, ++this.#nationalCodes[type]);
      this.#documents.set(key, document);
    }
    document.posts++;
    document.withdrawn = false;
    this.#keepBody(document, call);
    return document;
  }

  /** Replaces a document that was accepted before. */
  replace(document: DocumentRecord, call: OpenCall): void {
    document.puts++;
    this.#keepBody(document, call);
  }

  /** Calls kept, oldest first: those after `since` (a sequence number), of one document code, or both. */
  calls(filter: { since?: number; code?: string; limit?: number } = {}): Call[] {
    const { since = 0, code, limit = Infinity } = filter;
    return this.#kept()
      .filter((call) => call.seq > since && (code === undefined || call.code === code))
      .slice(0, limit)
      .map(({ kept, accepted: _, ...call }) => ({ ...call, body: kept.text() }));
  }

  /** Every document, in the order of first acceptance. */
  documents(): PartnerDocument[] {
    return Array.from(this.#documents.values(), (document) => ({
      ...document,
      bodies: document.bodies.map((body) => body.text()),
    }));
  }

  /** Counts over everything since the start or the last reset, whatever has been forgotten. */
  stats(): PartnerStats {
    const documents = [...this.#documents.values()];
    const accepted = documents.map((document) => document.posts + document.puts);
    return {
      ...this.#counts.shown(),
      documents: documents.length,
      accepted_once: accepted.filter((times) => times === 1).length,
      accepted_more_than_once: accepted.filter((times) => times > 1).length,
      sent_after_answer: documents.reduce((sum, document) => sum + document.sent_after_answer, 0),
    };
  }

  /** Calls that are over and acceptances among them, without looking at every document: for those who ask often. */
  counters(): PartnerCounters {
    return { calls: this.#counts.closed, accepted: this.#counts.accepted };
  }

  #kept(): OpenCall[] {
    return this.#calls.slice(-this.#remember);
  }

  #keepBody(document: DocumentRecord, call: OpenCall): void {
    call.accepted = document;
    // Not push(): it would make room for 16 more, for every document there is.
    document.bodies = document.bodies.length === 0 ? [call.kept] : [...document.bodies, call.kept];
    this.#bodyOwners.push(document);
    if (this.#bodyOwners.length < 2 * this.#remember) return;
    const forgotten = this.#bodyOwners.splice(0, this.#bodyOwners.length - this.#remember);
    for (const owner of forgotten) owner.bodies.shift();
  }
}

/** The counters that cost nothing. */
export interface PartnerCounters {
  readonly calls: number;
  readonly accepted: number;
}

/** Counters of one partner, for tests and the soak run. */
export interface PartnerStats {
  /** Calls that are over, one way or another. */
  readonly calls: number;
  readonly by_type: Readonly<Record<string, number>>;
  readonly by_status: Readonly<Record<string, number>>;
  readonly by_outcome: Readonly<Record<string, number>>;
  readonly by_fault: Readonly<Record<string, number>>;
  readonly contract_violations: number;
  readonly documents: number;
  readonly accepted_once: number;
  readonly accepted_more_than_once: number;
  readonly sent_after_answer: number;
}

function newDocument({ type, ma_co_so, code }: DocumentName, number: number): DocumentRecord {
  return {
    type,
    ma_co_so,
    code,
    national_code: CODE_PREFIXES[type] + String(number).padStart(8, "0"),
    posts: 0,
    puts: 0,
    bodies: [],
    withdrawn: false,
    answered: false,
    sent_after_answer: 0,
  };
}

/** The facility's length says where the code begins, whatever characters both have. */
function keyOf(type: DocumentType, facility: string, code: string): string {
  return `${type} ${facility.length} ${facility} ${code}`;
}
