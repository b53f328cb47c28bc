// Says every two seconds what this worker is doing, for people. Beside every step; trouble with Redis is left to the reading loop.
import { beatEveryMs, type Beats, type WorkerBeat } from "../shared/beats.ts";
import type { Clock } from "../shared/clock.ts";
import type { DocumentType } from "../shared/document.ts";
import { entryReaders, versionsOf } from "../shared/entry_version.ts";

export interface HeartbeatParts {
  type: DocumentType;
  name: string;
  beats: Pick<Beats, "worker" | "leave">;
  clock: Clock;
  state(): Omit<WorkerBeat, "atMs" | "startedAtMs">;
}

/** Beats until the signal, then leaves. Never rejects. */
export async function keepBeating(parts: HeartbeatParts, signal: AbortSignal): Promise<void> {
  const { type, name, beats, clock } = parts;
  const startedAtMs = clock.now();
  const entryVersion = versionsOf(entryReaders).newest;
  while (!signal.aborted) {
    const beat = { ...parts.state(), atMs: clock.now(), startedAtMs, entryVersion };
    await beats.worker(type, name, beat).catch(() => {});
    await clock.sleep(beatEveryMs, signal);
  }
  await beats.leave(type, name).catch(() => {});
}
