// The passwords of the console, compared so that the time taken tells nothing, and the pause after wrong ones.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role } from "./sessions.ts";

export class Passwords {
  readonly #key = randomBytes(32);
  readonly #known: readonly { role: Role; digest: Uint8Array }[];

  constructor(passwords: { readonly password?: string; readonly readonlyPassword?: string }) {
    const { password, readonlyPassword } = passwords;
    this.#known = [
      ...(password === undefined ? [] : [{ role: "operator" as const, digest: this.#digest(password) }]),
      ...(readonlyPassword === undefined
        ? []
        : [{ role: "reader" as const, digest: this.#digest(readonlyPassword) }]),
    ];
  }

  /** Whether anybody is asked for one. */
  get areNeeded(): boolean {
    return this.#known.length > 0;
  }

  /** What the password allows; null for a wrong one. All are compared, whichever fits. */
  roleOf(password: string): Role | null {
    const digest = this.#digest(password);
    const fitting = this.#known.filter((known) => timingSafeEqual(known.digest, digest));
    return fitting[0]?.role ?? null;
  }

  #digest(password: string): Uint8Array {
    return createHmac("sha256", this.#key).update(password).digest();
  }
}

/** Wrong passwords in a row before there is a pause. */
const freeTries = 5;
const pauseFirstMs = 30_000;
const pauseMaxMs = 900_000;
/** A client is forgotten so long after its last wrong password, ms. */
const forgetMs = 3_600_000;
const clientsMax = 10_000;
/** Wrong passwords a minute from all clients together: many addresses guess no faster than one. */
const allMax = 60;

/** Slows down who guesses passwords. */
export class LoginLimit {
  readonly #wrong = new Map<string, { count: number; lastAtMs: number }>();
  readonly #all: number[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long this client has to wait before it may try, ms; 0: not at all. */
  pauseMs(client: string): number {
    const now = this.#now();
    while ((this.#all[0] ?? now) < now - 60_000) this.#all.shift();
    const [first = now] = this.#all;
    const forAll = this.#all.length < allMax ? 0 : first + 60_000 - now;
    const wrong = this.#wrong.get(client);
    if (!wrong || wrong.count < freeTries) return forAll;
    const pause = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (wrong.count - freeTries));
    return Math.max(forAll, wrong.lastAtMs + pause - now, 0);
  }

  wrong(client: string): void {
    const now = this.#now();
    const before = this.#wrong.get(client);
    const count = before && now - before.lastAtMs < forgetMs ? before.count + 1 : 1;
    this.#wrong.delete(client);
    this.#wrong.set(client, { count, lastAtMs: now });
    this.#all.push(now);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > clientsMax && oldest !== undefined) this.#wrong.delete(oldest);
  }

  right(client: string): void {
    this.#wrong.delete(client);
  }
}
