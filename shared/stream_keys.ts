// Every Redis key that Hermes uses, with its type, and how the data hangs together.
//
// A document in flight is one stream entry, and one field of `inflight`. The pending list of the group says who holds it and
// when it is due (see shared/stream.ts). Its receipt stands in `receipts` from the partner's answer until settlement. When it
// is settled, buried or given back, entry, inflight field and receipt go together, in one script; `settled` remembers for
// 15 min that it was, so that a scan which read the row before does not enqueue it again.
import type { DocumentType } from "./document.ts";

/** The consumer group of every stream. */
export const group = "workers";

export interface StreamKeys {
  /** stream: key, code, shop, body, scanned_at (ms), traceparent, v. Settled entries are deleted: XLEN is the backlog. */
  stream: string;
  /** hash: row key → entry id */
  inflight: string;
  /** sorted set: row key, scored by settlement time (ms, Redis clock); pruned after 15 min */
  settled: string;
  /** hash: entry id → what the partner answered */
  receipts: string;
  /** stream: dead letters */
  dead: string;
  /** string: set by an operator; workers take nothing new */
  paused: string;
  /** hash: worker name → JSON, what it does just now (shared/beats.ts); a worker is alive while its beat is young */
  workers: string;
}

/** Keys of one document type. The braces keep them in one cluster slot, so that one script may touch them all. */
export function streamKeys(prefix: string, type: DocumentType): StreamKeys {
  const of = (name: string) => `${prefix}{${type}}:${name}`;
  return {
    stream: of("stream"),
    inflight: of("inflight"),
    settled: of("settled"),
    receipts: of("receipts"),
    dead: of("dead"),
    paused: of("paused"),
    workers: of("workers"),
  };
}

/** string with TTL: the partner's token for an account (secret) */
export function tokenKey(prefix: string, account: string): string {
  return `${prefix}token:${account}`;
}

/** string with TTL: who is logging in for an account just now */
export function loginLockKey(prefix: string, account: string): string {
  return `${prefix}login:${account}`;
}

/** hash: account → JSON {until (ms), seconds, why}: the partner refused its login, and none is tried until then */
export function refusedLoginsKey(prefix: string): string {
  return `${prefix}accounts:refused`;
}

/** hash: shop → JSON {until (ms), why}: its login is refused, its rows are left out of scans until then */
export function blockedShopsKey(prefix: string): string {
  return `${prefix}shops:blocked`;
}

/** hash: document type → JSON, what its last sweep came to (shared/beats.ts) */
export function scansKey(prefix: string): string {
  return `${prefix}scheduler:scans`;
}

/** string with TTL: which scheduler scans */
export function leaderKey(prefix: string): string {
  return `${prefix}scheduler:leader`;
}
