// Sends failed documents again: the rows go back to PENDING_SYNC, so that the next scan reads them afresh with whatever was corrected;
// only then their dead letters go. It may be stopped anywhere and called again: what is done is not done twice.
import type { Clock } from "../clock.ts";
import type { DocumentType, RowKey } from "../document.ts";
import type { Source } from "../source.ts";
import type { DeadStreams } from "./dead.ts";
import type { OperatorSource } from "./source.ts";
import type { DeadLetter, RedriveOptions, RedriveResult } from "./types.ts";

/** Rows in one statement. */
const batchMax = 200;
/** With a rate, a batch holds what is due in so long, ms: progress moves, and a stop is soon heeded. */
const batchMs = 250;

/** A document to send again, with its dead letters. */
export interface Candidate {
  type: DocumentType;
  key: RowKey;
  letterIds: string[];
}

export interface RedriveParts {
  source: Pick<Source, "readStatuses">;
  operatorSource: Pick<OperatorSource, "redriveRows">;
  dead: Pick<DeadStreams, "remove">;
  clock: Clock;
}

type Counts = Omit<RedriveResult, "recorded">;

/** Throws SourceError or Redis' error; what is done by then stays done. */
export async function redrive(
  parts: RedriveParts,
  candidates: readonly Candidate[],
  options: RedriveOptions,
): Promise<Counts> {
  const { ratePerSecond, signal, onProgress, dryRun = false } = options;
  const { clock } = parts;
  const total = candidates.length;
  const counts = { total, redriven: 0, already: 0, left: 0, lettersRemoved: 0, stopped: false, dryRun };
  const beganMs = clock.now();
  let done = 0;
  onProgress?.({ done, total });
  for (const batch of batchesOf(candidates, batchSize(dryRun ? undefined : ratePerSecond))) {
    if (ratePerSecond !== undefined && !dryRun) {
      const dueMs = beganMs + (done / ratePerSecond) * 1000;
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal);
    }
    if (signal?.aborted) return { ...counts, stopped: true };
    await redriveBatch(parts, batch, counts);
    done += batch.length;
    onProgress?.({ done, total });
  }
  return counts;
}

/** One candidate for each row of the letters, oldest first; letters that name no row are left out. */
export function candidatesOf(letters: readonly DeadLetter[]): Candidate[] {
  const rows = new Map<string, Candidate>();
  for (const { id, type, key } of [...letters].reverse()) {
    if (key === "") continue;
    const name = `${type} ${key}`;
    const known = rows.get(name);
    if (known) known.letterIds.push(id);
    else rows.set(name, { type, key, letterIds: [id] });
  }
  return [...rows.values()];
}

async function redriveBatch(parts: RedriveParts, batch: Candidate[], counts: Counts): Promise<void> {
  const type = batch[0]?.type;
  if (type === undefined) return;
  const statuses = await parts.source.readStatuses(type, batch.map(({ key }) => key));
  const failed = batch.filter(({ key }) => statuses.get(key) === "SYNC_FAILED");
  const already = batch.filter(({ key }) =>
    statuses.get(key) === "PENDING_SYNC" || statuses.get(key) === "SYNC_SUCCESS"
  );
  if (!counts.dryRun) {
    if (failed.length > 0) await parts.operatorSource.redriveRows(type, failed.map(({ key }) => key));
    const letterIds = [...failed, ...already].flatMap((candidate) => candidate.letterIds);
    if (letterIds.length > 0) counts.lettersRemoved += await parts.dead.remove(type, letterIds);
  }
  counts.redriven += failed.length;
  counts.already += already.length;
  counts.left += batch.length - failed.length - already.length;
}

function batchSize(ratePerSecond: number | undefined): number {
  if (ratePerSecond === undefined) return batchMax;
  return Math.min(batchMax, Math.max(1, Math.round(ratePerSecond * batchMs / 1000)));
}

/** Runs of one type, cut to size: a statement is about one table. */
function* batchesOf(candidates: readonly Candidate[], size: number): Generator<Candidate[]> {
  for (const ofType of Map.groupBy(candidates, ({ type }) => type).values()) {
    for (let at = 0; at < ofType.length; at += size) yield ofType.slice(at, at + size);
  }
}
