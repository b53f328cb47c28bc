// How things stand: per type what waits, moves and is dead, who works on it, and what stands out. For `hermes status` and the overview page.
import { type Beats, isAlive, type WorkerBeat } from "../beats.ts";
import type { Clock } from "../clock.ts";
import { type DocumentType, documentTypes } from "../document.ts";
import type { BlockedShops, Refusal } from "../token_store.ts";
import { findingsOf } from "./findings.ts";
import type { Flights } from "./flights.ts";
import type { OperatorSource } from "./source.ts";
import { Troubles } from "./troubles.ts";
import type { BlockedShop, Status, TypeStatus, WorkerStatus } from "./types.ts";

export interface StatusParts {
  source: Pick<OperatorSource, "countPending" | "oldestPendingMs">;
  flights: Pick<Flights, "now" | "summary">;
  beats: Pick<Beats, "workers" | "scans" | "leader">;
  blockedShops: Pick<BlockedShops, "list">;
  clock: Clock;
}

/** Asks everything at once. Never throws. */
export async function readStatus(parts: StatusParts): Promise<Status> {
  const { beats, blockedShops, clock, flights } = parts;
  const troubles = new Troubles();
  const nowMs = clock.now();
  const [scans, leader, blocked, types] = await Promise.all([
    troubles.ask("redis", () => beats.scans()),
    troubles.ask("redis", () => beats.leader()),
    troubles.ask("redis", async () => await blockedShops.list(await flights.now())),
    Promise.all(documentTypes.map((type) => typeStatus(parts, { type, nowMs, troubles }))),
  ]);
  const facts = {
    atMs: nowMs,
    types: types.map((type) => ({ ...type, lastScan: scans?.get(type.type) ?? null })),
    blockedShops: blockedList(blocked ?? new Map()),
    leader,
    troubles: troubles.list(),
  };
  return { ...facts, findings: findingsOf(facts) };
}

async function typeStatus(
  { source, flights, beats }: StatusParts,
  { type, nowMs, troubles }: { type: DocumentType; nowMs: number; troubles: Troubles },
): Promise<Omit<TypeStatus, "lastScan">> {
  const [pending, oldestWaitingMs, stream, workers] = await Promise.all([
    troubles.ask("sqlserver", () => source.countPending(type)),
    troubles.ask("sqlserver", () => source.oldestPendingMs(type)),
    troubles.ask("redis", () => flights.summary(type)),
    troubles.ask("redis", () => beats.workers(type, nowMs)),
  ]);
  const list = workersOf(workers ?? new Map(), nowMs);
  const alive = list.filter((worker) => worker.alive);
  const hands = stream && workers ? inHands(alive, stream.held) : null;
  return {
    type,
    pending,
    inStream: stream?.inStream ?? null,
    waiting: hands?.waiting ?? null,
    inCall: hands?.calling ?? null,
    writing: hands?.writing ?? null,
    dueLater: stream?.dueLater ?? null,
    nextDueAtMs: stream?.nextDueInMs === null || !stream ? null : nowMs + stream.nextDueInMs,
    newer: stream?.newer ?? null,
    newerVersion: stream?.newerVersion ?? null,
    fresh: stream?.fresh ?? null,
    dead: stream?.dead ?? null,
    ratePerMinute: stream?.ratePerMinute ?? null,
    oldestWaitingMs,
    paused: stream?.paused ?? null,
    workers: list,
  };
}

/** What workers said last, some seconds ago at most, cut to what Redis says just now: entries settled since are in nobody's hands. */
function inHands(alive: readonly WorkerStatus[], held: number) {
  let left = held;
  const part = (of: "waiting" | "calling" | "writing") => {
    const said = alive.reduce((total, worker) => total + worker[of], 0);
    const now = Math.max(0, Math.min(said, left));
    left -= now;
    return now;
  };
  return { calling: part("calling"), writing: part("writing"), waiting: part("waiting") };
}

/** Workers alive first, then by name. */
function workersOf(beats: Map<string, WorkerBeat>, nowMs: number): WorkerStatus[] {
  const list = [...beats].map(([name, beat]) => ({
    name,
    alive: isAlive(beat, nowMs),
    startedAtMs: beat.startedAtMs,
    lastBeatAtMs: beat.atMs,
    turnedAtMs: beat.turnedAtMs,
    lastResultAtMs: beat.lastResultAtMs || null,
    breaker: beat.breaker,
    probeAtMs: beat.probeAtMs,
    waiting: beat.waiting,
    calling: beat.calling,
    writing: beat.writing,
    entryVersion: beat.entryVersion ?? null,
  }));
  return list.sort((a, b) => Number(b.alive) - Number(a.alive) || a.name.localeCompare(b.name));
}

export function blockedList(blocked: Map<string, Refusal>): BlockedShop[] {
  const list = [...blocked].map(([shop, { untilMs, why }]) => ({ shop, untilMs, why }));
  return list.sort((a, b) => a.shop.localeCompare(b.shop));
}
