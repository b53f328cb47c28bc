// How long scans take, by the scheduler's own log. For the part `million`.
import { z } from "zod";

/** One sweep or refill. */
export interface ScanTime {
  readonly atMs: number;
  readonly found: number;
  readonly enqueued: number;
  readonly ms: number;
}

const lineSchema = z.object({
  time: z.iso.datetime(),
  event: z.literal("scan.finished"),
  type: z.string(),
  found: z.number(),
  enqueued: z.number(),
  ms: z.number(),
});

/** The scans of a type of document in the text of a log; other lines are passed over. */
export function scanTimes(log: string, type: string): ScanTime[] {
  return log.split("\n").filter((line) => line.includes('"scan.finished"')).flatMap((line) => {
    const { success, data } = lineSchema.safeParse(JSON.parse(line));
    if (!success || data.type !== type) return [];
    const { time, found, enqueued, ms } = data;
    return [{ atMs: Date.parse(time), found, enqueued, ms }];
  });
}
