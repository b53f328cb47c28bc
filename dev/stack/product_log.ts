// Reads the log lines of the product's processes: what is shown above the progress line, and what was last said of a document.
import { z } from "zod";

/** One line of the product's log (shared/log.ts). Other fields depend on the event. */
const logLineSchema = z.looseObject({
  time: z.string(),
  level: z.enum(["debug", "info", "warn", "error"]),
  process: z.string(),
  event: z.string(),
  message: z.string(),
  type: z.string().optional(),
  code: z.string().optional(),
  shop: z.string().optional(),
});

/** An event as the product logged it. */
export type LogLine = z.infer<typeof logLineSchema>;

/** The event of a line, or null where a line is none: Deno's own words, the trace of a crash. */
export function readLogLine(line: string): LogLine | null {
  if (!line.startsWith("{")) return null;
  try {
    return logLineSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** An event in words, for a terminal. */
export function wordsOf({ time, level, process, message }: LogLine): string {
  const clock = new Date(time).toTimeString().slice(0, 8);
  return `${clock} ${level.padEnd(5)} ${process} ${message}`;
}

/** What was last said of each document; of each shop and type only trouble that is not one document's. The oldest are forgotten. */
export class LastWords {
  readonly #byName = new Map<string, string>();
  readonly #namesMax = 10_000;

  add(line: LogLine): void {
    if (line.code !== undefined) return this.#keep(line.code, line);
    if (line.level !== "warn" && line.level !== "error") return;
    const name = line.shop ?? line.type;
    if (name !== undefined) this.#keep(name, line);
  }

  /** About the document, or else about its shop, or else about its type. */
  about(document: { code: string; shop: string; type: string }): string | undefined {
    const { code, shop, type } = document;
    return this.#byName.get(code) ?? this.#byName.get(shop) ?? this.#byName.get(type);
  }

  #keep(name: string, line: LogLine): void {
    this.#byName.delete(name);
    this.#byName.set(name, wordsOf(line));
    const [oldest] = this.#byName.keys();
    if (oldest !== undefined && this.#byName.size > this.#namesMax) this.#byName.delete(oldest);
  }
}
