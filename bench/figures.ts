// The arithmetic of the bench: rates, percentiles, medians, ratios. Pure.

/**
 * Documents per second from the first row written to the last: start-up and the wait for the first scan are left out, everything after
 * that is in. `times` are ms, ascending. The rows of the first moment are left out of the count, because their work came before it.
 */
export function ratePerSecond(times: readonly number[]): number {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last === first) return 0;
  const inFirst = times.findIndex((ms) => ms > first);
  return (times.length - inFirst) * 1000 / (last - first);
}

/** The value that the part `part` (0 to 1) of the ascending values does not exceed; NaN when there are none. */
export function percentile(ascending: readonly number[], part: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)] ?? NaN;
}

/** NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** The median of the ratios of what belongs together, round by round: a slow moment of the machine slows both. */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.slice(0, under.length).map((value, round) => value / (under[round] ?? NaN)));
}
