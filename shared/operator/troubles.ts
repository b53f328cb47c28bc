// Asks several services for one answer: what one of them cannot give becomes null and a note, and the rest is shown all the same.
import { describeError } from "../errors.ts";
import type { ServiceName, Trouble } from "./types.ts";

/** How long a service may take before the answer goes on without it, ms. */
const answerWithinMs = 8_000;

export class Troubles {
  readonly #found = new Map<ServiceName, Trouble>();

  /** What the service gives, or null when it fails or takes too long. Never throws. */
  async ask<T>(service: ServiceName, question: () => Promise<T>): Promise<T | null> {
    // A service that did not answer once is not waited for again.
    if (this.#found.has(service)) return null;
    try {
      return await within(answerWithinMs, question());
    } catch (error) {
      if (!this.#found.has(service)) this.#found.set(service, { service, message: reasonOf(error) });
      return null;
    }
  }

  has(service: ServiceName): boolean {
    return this.#found.has(service);
  }

  list(): Trouble[] {
    return [...this.#found.values()];
  }
}

/** Why a service did not answer, in one line; ioredis says that "the stream is not writeable" when it has no connection. */
export function reasonOf(error: unknown): string {
  const { message } = describeError(error);
  return /enableOfflineQueue|Connection is closed/.test(message) ? "no connection" : message;
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
