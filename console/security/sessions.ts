// Who is logged in: sessions live in this process alone, a browser has nothing but an id. They end by themselves.
import { timingSafeEqual } from "node:crypto";
import type { Notice } from "../page.ts";

/** An operator may act, a reader may look. */
export type Role = "operator" | "reader";

export interface User {
  name: string;
  role: Role;
}

export interface Session {
  readonly id: string;
  /** What every POST of the session must bring. */
  readonly csrf: string;
  /** Null until the login. */
  readonly user: User | null;
  /** Told on the next page. */
  notice: Notice | null;
}

/** A session ends so long after its last page, and so long after the login, ms: a night's shift. */
const idleMs = 4 * 3_600_000;
const wholeMs = 12 * 3_600_000;
/** One without a user lives for a login form, ms. */
const guestMs = 1_800_000;
/** The oldest goes when there are more. */
const sessionsMax = 5_000;

interface Kept {
  session: Session;
  beganAtMs: number;
  usedAtMs: number;
}

export class Sessions {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(user: User | null): Session {
    const session = { id: randomName(), csrf: randomName(), user, notice: null };
    const now = this.#now();
    this.#kept.set(session.id, { session, beganAtMs: now, usedAtMs: now });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > sessionsMax && oldest !== undefined) this.#kept.delete(oldest);
    return session;
  }

  /** The session, which is used by that unless `look` says otherwise: a page left open must not keep it alive for ever. */
  find(id: string | undefined, { look = false } = {}): Session | null {
    const kept = this.#kept.get(id ?? "");
    if (!kept) return null;
    if (this.#isOver(kept)) {
      this.#kept.delete(kept.session.id);
      return null;
    }
    if (!look) kept.usedAtMs = this.#now();
    return kept.session;
  }

  end(session: Session): void {
    this.#kept.delete(session.id);
  }

  #isOver({ session, beganAtMs, usedAtMs }: Kept): boolean {
    const now = this.#now();
    const restMs = session.user ? idleMs : guestMs;
    return now - usedAtMs > restMs || now - beganAtMs > wholeMs;
  }
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [new TextEncoder().encode(one), new TextEncoder().encode(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 256 random bits. */
function randomName(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}
