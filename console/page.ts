// What every page is drawn with: who looks, in which language, at what time. A page is a pure function from this and its facts to HTML.
import type { html } from "hono/html";
import { describeError } from "../shared/errors.ts";
import { span } from "../shared/operator/spans.ts";
import type { Words } from "../shared/operator/types.ts";
import type { Role } from "./security/sessions.ts";
import { type Language, number, type Say, sayIn, type Values, wordsIn } from "./say.ts";
import type { TextName } from "./texts.ts";

/** A piece of HTML: text that is put into it is escaped. */
export type Html = ReturnType<typeof html>;

/** Something to tell on the next page: what an action came to. */
export interface Notice {
  kind: "done" | "problem";
  /** One sentence each. */
  lines: readonly { name: TextName; values?: Values }[];
}

/** Where the pharmacies are: their night is the operator's night, whatever the server's zone. */
const timeZone = "Asia/Ho_Chi_Minh";

export interface PageFacts {
  language: Language;
  user: { name: string; role: Role };
  /** Whether people log in here; else nobody can log out either. */
  asksPassword: boolean;
  csrf: string;
  /** The address of this page within the console, with its query. */
  path: string;
  notice: Notice | null;
  nowMs: number;
}

export class Page {
  readonly facts: PageFacts;
  readonly say: Say;

  constructor(facts: PageFacts) {
    this.facts = facts;
    this.say = sayIn(facts.language);
  }

  get nowMs(): number {
    return this.facts.nowMs;
  }

  get mayAct(): boolean {
    return this.facts.user.role === "operator";
  }

  words(words: Words): string {
    return wordsIn(this.facts.language, words);
  }

  number(value: number | null): string {
    return value === null ? "—" : number(this.facts.language, value);
  }

  /** `350 ms`, `3,2 s`, `5 phút`. */
  span(ms: number): string {
    if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
    if (ms >= 10_000) return this.words(span(ms));
    const { language } = this.facts;
    const seconds = new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", {
      maximumFractionDigits: 1,
    });
    return `${seconds.format(ms / 1000)} ${language === "vi" ? "giây" : "s"}`;
  }

  /** How long ago it was, or in how long it is to be. */
  when(atMs: number): string {
    const ms = this.nowMs - atMs;
    if (ms < 0) return this.next(atMs);
    return ms < 1_000 ? this.say("just_now") : this.say("ago", { span: this.words(span(ms)) });
  }

  /** In how long it is to be; now when it is overdue. */
  next(atMs: number): string {
    const ms = atMs - this.nowMs;
    return ms < 1_000 ? this.say("due_now") : this.say("in_span", { span: this.words(span(ms)) });
  }

  /** The clock time, with the date unless it is today. */
  moment(atMs: number): string {
    const [day, clock] = momentParts(this.facts.language, atMs);
    const [today] = momentParts(this.facts.language, this.nowMs);
    return day === today ? clock : `${day} ${clock}`;
  }
}

/** An error in a line that an operator may read. */
export function wordsOfError(error: unknown): string {
  return describeError(error).message;
}

function momentParts(language: Language, atMs: number): [day: string, clock: string] {
  const locale = language === "vi" ? "vi-VN" : "en-GB";
  const day = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  });
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
  return [day.format(atMs), clock.format(atMs)];
}
