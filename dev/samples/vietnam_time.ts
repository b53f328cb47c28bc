// Calendar days and moments in Vietnam's time (UTC+7, no daylight saving), whatever the machine's zone is.

const OFFSET_MS = 7 * 3_600_000;

/** `yyyy-MM-dd` of a moment in milliseconds since 1970. */
export function vietnamDay(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 10);
}

/** `yyyy-MM-ddTHH:mm:ss` of a moment in milliseconds since 1970. */
export function vietnamMoment(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 19);
}
