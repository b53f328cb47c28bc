// When to try again: arithmetic only.

/** The threshold in Redis (5 min) bounds every delay; with +20 % a retry stays below it. */
const retryDelayMaxMs = 240_000;

/** Delay before the delivery after this one, ms: 2 s × 4ⁿ, at most 4 min, ±20 % (design, section 4). `random` is in [0, 1). */
export function retryDelayMs(deliveries: number, random: number): number {
  const delayMs = Math.min(2_000 * 4 ** (deliveries - 1), retryDelayMaxMs);
  return Math.round(delayMs * (0.8 + 0.4 * random));
}

/** Delay before trying again to reach a server of our own (SQL Server, Redis), ms: 0.2 s doubling to 5 s, ±20 %. */
export function reconnectDelayMs(failures: number, random: number): number {
  return Math.round(Math.min(200 * 2 ** (failures - 1), 5_000) * (0.8 + 0.4 * random));
}
