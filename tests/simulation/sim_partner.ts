// The partner of the simulation: what it has accepted, under which body, and which answers never arrived.
import type { Outcome } from "../../shared/answers.ts";
import { type DialectName, dialects } from "../../shared/dialects.ts";
import type { LoginOutcome } from "../../shared/login_answers.ts";
import type { DocumentCall, Partner } from "../../shared/partner.ts";
import type { EventLoop, SimProcess } from "./event_loop.ts";
import { KnownGap } from "./known_gap.ts";

const timeoutMs = 30_000;

export interface PartnerDocument {
  nationalCode: string;
  bodies: Set<string>;
  /** Calls accepted: the first POST, and each replacement; where nothing is replaced, each POST that it was sent again with. */
  accepted: number;
}

export interface PartnerFaults {
  /** Nobody answers. */
  down: boolean;
  /** Calls are taken in, and the answer never comes. */
  hangs: boolean;
  /** Chance of an answer lost after the call was carried out, and of trouble before it was. */
  lostAnswer: number;
  trouble: number;
  busy: number;
}

/** What tells a document's code from its body, and which documents the partner will not have. */
export interface PartnerRules {
  codeOf(body: string): string;
  refuses(code: string): boolean;
  /** Answers 500 to this document, always. */
  chokesOn(code: string): boolean;
  /** Has it already, from somebody else. */
  knows(code: string): boolean;
  /** Tokens and PUT ("national"); or HTTP Basic and no PUT ("gateway"). */
  dialect: DialectName;
}

export class SimPartner {
  readonly documents = new Map<string, PartnerDocument>();
  readonly faults: PartnerFaults = { down: false, hangs: false, lostAnswer: 0, trouble: 0, busy: 0 };
  readonly passwords = new Map<string, string>();
  readonly logins: { user: string; atMs: number; ok: boolean }[] = [];
  /** POSTs that arrived, by code. */
  readonly posts = new Map<string, number>();
  /** Codes with an accepting answer that did not arrive. */
  readonly lostAnswers = new Set<string>();
  readonly gap = new KnownGap();
  callsWhileDown = 0;
  readonly #loop: EventLoop;
  readonly #rules: PartnerRules;
  readonly #troubles = new Map<string, number>();
  readonly #tokens = new Map<string, string>();

  constructor(loop: EventLoop, rules: PartnerRules) {
    this.#loop = loop;
    this.#rules = rules;
  }

  /** The partner as one process sees it. */
  seenFrom(process: SimProcess): Partner {
    return {
      send: (call) => this.#call(process, (lose) => this.#document(process, call, lose), troubleOutcome),
      login: (user, password) =>
        this.#call(
          process,
          () => this.#login(user, password),
          (message): LoginOutcome => ({ kind: "trouble", message }),
        ),
    };
  }

  /** All tokens stop being valid. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  #call<T>(process: SimProcess, work: (lose: () => void) => T, trouble: (message: string) => T): Promise<T> {
    return new Promise((resolve) => {
      const answer = (value: T, ms: number) =>
        this.#loop.after(ms, () => process.deliver(() => resolve(value)));
      const latencyMs = this.#loop.between(1, 400);
      if (this.faults.down) {
        this.callsWhileDown++;
        return answer(trouble("connection refused"), latencyMs);
      }
      this.#loop.after(latencyMs / 2, () => {
        let lost = false;
        const value = work(() => lost = true);
        if (lost || this.faults.hangs) {
          answer(trouble("timeout"), lost && !this.faults.hangs ? latencyMs : timeoutMs);
        } else answer(value, latencyMs / 2);
      });
    });
  }

  #document(process: SimProcess, call: DocumentCall, lose: () => void): Outcome {
    const code = this.#rules.codeOf(call.body);
    if (call.method === "POST") this.posts.set(code, (this.posts.get(code) ?? 0) + 1);
    if (!this.#letsIn(call.authorization)) {
      return { kind: "unauthorized", message: "token hết hạn" };
    }
    if (this.#rules.chokesOn(code)) return troubleOutcome("500");
    if (this.#mayTrouble(code) && this.#loop.chance(this.faults.trouble)) return troubleOutcome("502");
    if (this.#loop.chance(this.faults.busy)) {
      return { kind: "busy", status: 429, retryAfterMs: this.#loop.between(1, 20) * 1000, message: "429" };
    }
    if (this.#rules.refuses(code)) return { kind: "refused", status: 400, message: "sai mã cơ sở" };
    const { replaces } = dialects[this.#rules.dialect];
    if (call.method === "PUT" && !replaces) {
      return { kind: "refused", status: 405, message: "there is no PUT" };
    }
    const known = this.documents.get(code);
    if (this.#rules.knows(code) || (known && call.method === "POST")) {
      this.gap.meetAgain(code);
      if (known && !replaces) known.accepted++;
      return { kind: "exists", status: 400, message: "Mã phiếu đã tồn tại" };
    }
    if (!known) this.gap.accept(process.name, code);
    const document = known ??
      { nationalCode: `QG_${this.documents.size + 1}`, bodies: new Set(), accepted: 0 };
    document.bodies.add(call.body);
    document.accepted++;
    this.documents.set(code, document);
    const losesAnswer = this.#mayTrouble(code) && this.#loop.chance(this.faults.lostAnswer);
    if (losesAnswer) lose();
    if (losesAnswer || this.faults.hangs || !process.alive) {
      this.lostAnswers.add(code);
      this.gap.loseAnswer(code);
    }
    return { kind: "accepted", nationalCode: document.nationalCode, message: "Thành công" };
  }

  #letsIn(authorization: string): boolean {
    return dialects[this.#rules.dialect].login.kind === "basic"
      ? [...this.passwords].some(([user, password]) =>
        authorization === `Basic ${btoa(`${user}:${password}`)}`
      )
      : [...this.#tokens.values()].some((token) => authorization === `bearer ${token}`);
  }

  /** At most two troubles for a document: five in a row would bury it, and rightly. */
  #mayTrouble(code: string): boolean {
    const troubles = this.#troubles.get(code) ?? 0;
    this.#troubles.set(code, troubles + 1);
    return troubles < 2;
  }

  #login(user: string, password: string): LoginOutcome {
    const ok = this.passwords.get(user) === password;
    this.logins.push({ user, atMs: this.#loop.nowMs, ok });
    if (!ok) return { kind: "refused", message: "sai mật khẩu" };
    const token = `${user}-${this.logins.length}`;
    this.#tokens.set(user, token);
    return { kind: "token", token, expiresAtMs: null };
  }
}

function troubleOutcome(message: string): Outcome {
  return { kind: "trouble", status: null, message };
}
