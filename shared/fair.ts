// How a scan divides its room between shops: arithmetic only. shared/scan.ts walks the rows.

/** How long the entries in flight should last at the rate at which they are settled, s. */
const windowSeconds = 4;
const windowMin = 1_000;
/** The part of the window that a refill leaves free, for shops that the next sweep finds. */
const reserve = 0.25;

/** Most entries in flight just now: some seconds of work, so that a shop's few documents never wait behind a long queue. */
export function windowFor(settledPerSecond: number, backlogMax: number): number {
  return Math.min(backlogMax, Math.max(windowMin, Math.ceil(settledPerSecond * windowSeconds)));
}

/** Room for a sweep over all shops, and for a refill that only goes on where the sweep stopped. */
export function roomFor(kind: "sweep" | "refill", window: number, backlog: number): number {
  const limit = kind === "sweep" ? window : Math.floor(window * (1 - reserve));
  return Math.max(0, limit - backlog);
}

/** What one shop may add in a sweep: there is always room for one shop more than the last sweep saw. */
export function shareFor(room: number, shopsSeen: number): number {
  return Math.max(1, Math.floor(room / Math.max(4, shopsSeen + 1)));
}

/** Smoothed rate of settlement, documents per second. */
export function settledRate(before: number, settled: number, elapsedMs: number): number {
  if (elapsedMs <= 0) return before;
  const now = Math.max(0, settled) * 1000 / elapsedMs;
  return now > before ? now : before * 0.7 + now * 0.3;
}

export interface Candidate {
  key: string;
  shop: string;
}

/** The candidates to read, in order, and the shops that have used up their share: they are left out of the next pages. */
export function choose<C extends Candidate>(
  candidates: C[],
  limits: { room: number; share: number; added: ReadonlyMap<string, number> },
): { chosen: C[]; full: string[] } {
  const added = new Map(limits.added);
  const chosen: C[] = [];
  const full = new Set<string>();
  for (const candidate of candidates) {
    const count = added.get(candidate.shop) ?? 0;
    if (count >= limits.share) full.add(candidate.shop);
    else if (chosen.length < limits.room) {
      chosen.push(candidate);
      added.set(candidate.shop, count + 1);
    }
  }
  return { chosen, full: [...full] };
}
