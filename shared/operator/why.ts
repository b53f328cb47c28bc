// Everything about the documents of one code: asks SQL Server, Redis and the journal at once, then timeline.ts and verdict.ts say what it means.
import { type Beats, isAlive, type ScanBeat, type WorkerBeat } from "../beats.ts";
import type { Clock } from "../clock.ts";
import { type DocumentType, documentTypes, type RowKey } from "../document.ts";
import { withoutNames } from "../personal.ts";
import type { BlockedShops, Refusal } from "../token_store.ts";
import type { DeadStreams } from "./dead.ts";
import { readMessage } from "./failure_words.ts";
import type { Flights } from "./flights.ts";
import type { FailureRecordRead, JournalReader, TaskRecordRead } from "./journal_reader.ts";
import { messageWithoutPeople } from "./people.ts";
import type { OperatorSource } from "./source.ts";
import { timelineOf } from "./timeline.ts";
import { Troubles } from "./troubles.ts";
import type {
  DeadLetter,
  FailureFacts,
  FlightFacts,
  PausedState,
  RowFacts,
  Story,
  WhyAnswer,
} from "./types.ts";
import { verdictOf } from "./verdict.ts";

export interface WhyParts {
  source: Pick<OperatorSource, "findRows">;
  flights: Pick<Flights, "body" | "lookUp" | "now" | "paused">;
  dead: Pick<DeadStreams, "list">;
  journal: Pick<JournalReader, "tasksOf" | "failuresOf">;
  beats: Pick<Beats, "workers" | "scans" | "leader">;
  blockedShops: Pick<BlockedShops, "list">;
  clock: Clock;
}

/** Dead letters of one code that are looked at. */
const lettersMax = 20;

/** What is the same for all documents of an answer. */
interface Surroundings {
  code: string;
  nowMs: number;
  tasks: TaskRecordRead[];
  failures: FailureRecordRead[];
  letters: DeadLetter[];
  blocked: Map<string, Refusal>;
  leader: string | null;
  scans: Map<DocumentType, ScanBeat>;
  troubles: Troubles;
}

/** What is the same for all documents of a type. */
interface OfType {
  type: DocumentType;
  rows: RowFacts[];
  flights: Map<RowKey, FlightFacts>;
  /** What the entries send. */
  bodies: Map<RowKey, string>;
  workers: Map<string, WorkerBeat>;
  paused: PausedState | null;
}

/** Never throws: what could not be asked is in `troubles`. */
export async function why(parts: WhyParts, code: string): Promise<WhyAnswer> {
  const { beats, blockedShops, clock, dead, flights, journal } = parts;
  const troubles = new Troubles();
  const rowsByType = Promise.all(
    documentTypes.map((type) => troubles.ask("sqlserver", () => parts.source.findRows(type, code))),
  );
  const [tasks, failures, letters, blocked, leader, scans] = await Promise.all([
    troubles.ask("mongodb", () => journal.tasksOf(code)),
    troubles.ask("mongodb", () => journal.failuresOf(code)),
    troubles.ask("redis", () => dead.list({ code }, lettersMax)),
    troubles.ask("redis", async () => await blockedShops.list(await flights.now())),
    troubles.ask("redis", () => beats.leader()),
    troubles.ask("redis", () => beats.scans()),
  ]);
  const around: Surroundings = {
    code,
    nowMs: clock.now(),
    tasks: tasks ?? [],
    failures: failures ?? [],
    letters: letters?.letters ?? [],
    blocked: blocked ?? new Map(),
    leader,
    scans: scans ?? new Map(),
    troubles,
  };
  const rows = await rowsByType;
  const stories = await Promise.all(
    documentTypes.map((type, at) => storiesOf(parts, type, rows[at] ?? [], around)),
  );
  return { code, stories: stories.flat(), troubles: troubles.list() };
}

async function storiesOf(
  { flights, beats }: WhyParts,
  type: DocumentType,
  rows: RowFacts[],
  around: Surroundings,
): Promise<Story[]> {
  const { troubles, nowMs } = around;
  const keys = keysOf(type, rows, around);
  if (keys.length === 0) return [];
  const [found, workers, paused] = await Promise.all([
    troubles.ask("redis", () => flights.lookUp(type, keys)),
    troubles.ask("redis", () => beats.workers(type, nowMs)),
    troubles.ask("redis", () => flights.paused(type)),
  ]);
  const inFlight = found ?? new Map();
  const bodies = new Map<RowKey, string>();
  for (const [key, { entryId }] of inFlight) {
    bodies.set(key, await troubles.ask("redis", () => flights.body(type, entryId)) ?? "");
  }
  const ofType: OfType = { type, rows, flights: inFlight, bodies, workers: workers ?? new Map(), paused };
  return keys.map((key) => storyOf(key, ofType, around));
}

/** Of rows, journal and dead letters: a row may be gone, and a journal may be away. */
function keysOf(type: DocumentType, rows: RowFacts[], { tasks, failures, letters }: Surroundings): RowKey[] {
  const recorded = [...tasks, ...failures].filter((record) => record.document_type === type)
    .map((record) => record.row_key);
  const dead = letters.filter((letter) => letter.type === type).map((letter) => letter.key);
  return [...new Set([...rows.map((row) => row.key), ...recorded, ...dead])].filter(Boolean);
}

function storyOf(key: RowKey, ofType: OfType, around: Surroundings): Story {
  const { type, workers, paused } = ofType;
  const { nowMs, code } = around;
  const { row, tasks, failures, deadLetters } = recordsOf(key, ofType, around);
  const shop = row?.shop ?? tasks.at(-1)?.shop ?? deadLetters[0]?.shop ?? failures.at(-1)?.shop ?? "";
  const flight = flightOf(ofType, key, nowMs);
  const blocked = around.blocked.get(shop);
  const facts = {
    type,
    key,
    code,
    shop,
    row,
    flight,
    deadLetters,
    lastFailure: lastFailure(row, tasks, failures),
    blocked: blocked ? { shop, untilMs: blocked.untilMs, why: blocked.why } : null,
    paused,
    ...workersFacts(workers, nowMs),
    nextDeliveryAtMs: flight && flight.state !== "lost" ? flight.dueAtMs : null,
  };
  const verdict = verdictOf({
    ...facts,
    leader: around.leader,
    lastScan: around.scans.get(type) ?? null,
    nowMs,
    sourceAway: around.troubles.has("sqlserver"),
    redisAway: around.troubles.has("redis"),
  });
  return {
    ...facts,
    timeline: timelineOf({ row, flight, deadLetters, tasks, failures, nowMs }),
    verdict,
  };
}

/** What is on record about one document, without people's names. */
function recordsOf(key: RowKey, { type, rows, bodies }: OfType, around: Surroundings) {
  const own = (record: { document_type: DocumentType; row_key: RowKey }) =>
    record.document_type === type && record.row_key === key;
  const records = around.failures.filter(own);
  const said = sayer(type, [bodies.get(key) ?? "", ...records.map(({ payload }) => payload)]);
  const found = rows.find((candidate) => candidate.key === key);
  return {
    row: found ? { ...found, message: found.message === null ? null : said(found.message) } : null,
    tasks: around.tasks.filter(own)
      .map((task) => task.error === undefined ? task : { ...task, error: said(task.error) }),
    failures: records.map((record) => {
      return { ...record, error: { ...record.error, message: said(record.error.message) } };
    }),
    deadLetters: around.letters.filter((letter) => letter.type === type && letter.key === key)
      .map((letter) => ({ ...letter, detail: said(letter.detail) })),
  };
}

/** What was said of a document, without the names of people that stand in it: an operator may send the answer on. */
function sayer(type: DocumentType, bodies: string[]): (words: string) => string {
  const different = [...new Set(bodies)].filter(Boolean);
  return (words) =>
    different.reduce((text, body) => withoutNames(type, body, text), messageWithoutPeople(words));
}

function flightOf({ flights, workers }: OfType, key: RowKey, nowMs: number): FlightFacts | null {
  const flight = flights.get(key);
  if (!flight) return null;
  const beat = flight.worker === null ? undefined : workers.get(flight.worker);
  return { ...flight, workerAlive: beat !== undefined && isAlive(beat, nowMs) };
}

/** The breaker counts as open when no worker alive would send a document now. */
function workersFacts(workers: Map<string, WorkerBeat>, nowMs: number) {
  const alive = [...workers.values()].filter((beat) => isAlive(beat, nowMs));
  const open = alive.filter(({ breaker }) => breaker !== "closed");
  const probes = open.flatMap(({ probeAtMs }) => probeAtMs ?? []);
  const isOpen = alive.length > 0 && open.length === alive.length;
  return {
    workersAlive: alive.length,
    breakerOpen: isOpen ? { probeAtMs: probes.length === 0 ? null : Math.min(...probes) } : null,
  };
}

/** The newest of what the journal knows, or else what the row says. */
function lastFailure(
  row: RowFacts | null,
  tasks: TaskRecordRead[],
  failures: FailureRecordRead[],
): FailureFacts | null {
  const failure = failures.at(-1);
  const task = tasks.findLast(({ error }) => error !== undefined);
  if (task && task.updated_at.getTime() > (failure?.failed_at.getTime() ?? 0)) {
    const { status, error = "", deliveries = 0, updated_at } = task;
    return {
      kind: status.toLowerCase(),
      status: null,
      message: error,
      deliveries,
      atMs: updated_at.getTime(),
    };
  }
  if (failure) {
    const { error: { kind, status, message }, deliveries, failed_at } = failure;
    return { kind, status, message, deliveries, atMs: failed_at.getTime() };
  }
  if (row?.status !== "SYNC_FAILED") return null;
  const { kind, status, words } = readMessage(row.message ?? "");
  return { kind, status, message: words, deliveries: 0, atMs: row.updatedAtMs ?? 0 };
}
