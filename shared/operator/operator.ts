// The operator's functions in one place: what `hermes` (cli/) and the console (console/) call. Each is a room of its own beside this file.
// Reading functions say what could not be read; changing ones are recorded in the journal with who did it.
import type { Db } from "mongodb";
// @ts-types="@types/mssql"
import type sql from "mssql";
import { Beats } from "../beats.ts";
import type { Clock } from "../clock.ts";
import { type DocumentType, documentTypes } from "../document.ts";
import type { Journal } from "../journal.ts";
import type { Log } from "../log.ts";
import type { Profile } from "../profiles.ts";
import type { RedisClient } from "../script.ts";
import type { Settings } from "../settings.ts";
import type { SqlServerSource } from "../source.ts";
import { RedisBlockedShops } from "../token_store.ts";
import { Actions } from "./actions.ts";
import { DeadLetters } from "./dead_letters.ts";
import { DeadStreams } from "./dead.ts";
import { readFailures } from "./failures.ts";
import { Flights } from "./flights.ts";
import { JournalReader } from "./journal_reader.ts";
import { readPending } from "./pending.ts";
import { report } from "./report.ts";
import { retry } from "./retry.ts";
import { scanOnce } from "./scan_once.ts";
import { readShops, type ShopsParts, unblock } from "./shops.ts";
import { OperatorSource } from "./source.ts";
import { readStatus } from "./status.ts";
import type {
  FailuresAnswer,
  OperatorAction,
  PendingAnswer,
  RedriveOptions,
  RedriveResult,
  Report,
  RetryAnswer,
  ScanAnswer,
  ShopsAnswer,
  Status,
  UnblockAnswer,
  WhyAnswer,
} from "./types.ts";
import { why } from "./why.ts";

/** Clients are opened by the caller (open.ts does it for a process) and closed by it. */
export interface OperatorParts {
  settings: Settings;
  redis: RedisClient;
  pool: () => Promise<sql.ConnectionPool>;
  profile: Profile;
  source: SqlServerSource;
  mongo: Db;
  journal: Journal;
  log: Log;
  clock: Clock;
  /** Who does what is done, for `operator_actions`. */
  who: string;
}

export class Operator {
  /** Dead letters: list, show, redrive, drop. */
  readonly dead: DeadLetters;
  readonly #parts: OperatorParts;
  readonly #rooms: ReturnType<typeof roomsOf>;
  readonly #actions: Actions;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.#rooms = roomsOf(parts);
    this.#actions = new Actions(parts.mongo, parts.who, parts.clock);
    this.dead = new DeadLetters({ ...this.#rooms, actions: this.#actions });
  }

  /** The same, acting for somebody else: the console's user. */
  as(who: string): Operator {
    return new Operator({ ...this.#parts, who });
  }

  /** How things stand, per type, in one look. Never throws: what could not be read is null. */
  async status(): Promise<Status> {
    return await readStatus({ ...this.#rooms, source: this.#rooms.operatorSource });
  }

  /** Everything about the documents of one code, and what is the matter with each. Never throws. */
  async why(code: string): Promise<WhyAnswer> {
    return await why({ ...this.#rooms, source: this.#rooms.operatorSource }, code);
  }

  /** Rows that want syncing, longest waiting first, and where each is on its way. Throws SourceError without SQL Server. */
  async pending(type: DocumentType | undefined, limit: number): Promise<PendingAnswer> {
    return await readPending({ ...this.#rooms, source: this.#rooms.operatorSource }, type, limit);
  }

  /** Failed documents by cause, most first. Never throws. */
  async failures(filter: { sinceMs?: number; type?: DocumentType } = {}): Promise<FailuresAnswer> {
    return await readFailures({ ...this.#rooms, source: this.#rooms.operatorSource }, filter);
  }

  /** Redrives the failures of one group (FailureGroup.id); null when there is no such group now. Throws SourceError, Redis' error. */
  async redriveGroup(id: string, options: RedriveOptions = {}): Promise<RedriveResult | null> {
    const { groups, from } = await this.failures();
    const group = groups.find((candidate) => candidate.id === id);
    // The journal does not know what has been mended since.
    if (!group || from !== "sqlserver") return null;
    return await this.dead.redriveRows(group.members, `group ${id}`, options);
  }

  /** Sends a document again as soon as can be: sets a failed row back, or brings a postponed delivery forward. */
  async retry(code: string): Promise<RetryAnswer> {
    return await this.#actions.doing(
      { action: "retry", target: code },
      () => retry(this.#rooms, code),
      ({ documents }) =>
        documents.map(({ type, outcome }) => `${type} ${outcome}`).join(", ") || "no such code",
    );
  }

  /** One sweep of each type in this process; safe beside a running scheduler. A type that fails says so in its `error`. */
  async scan(): Promise<ScanAnswer[]> {
    const { scans } = await this.#actions.doing(
      { action: "scan", target: documentTypes.join(", ") },
      async () => ({ scans: await Promise.all(documentTypes.map((type) => scanOnce(this.#parts, type))) }),
      ({ scans }) => scans.map(({ type, enqueued, error }) => `${type} ${error ?? enqueued}`).join(", "),
    );
    return scans;
  }

  /** Workers of the type take nothing new. `changed` is false when it was paused already. */
  async pause(type: DocumentType): Promise<{ changed: boolean; recorded: boolean }> {
    const { flights, clock } = this.#rooms;
    return await this.#switch("pause", type, () => flights.pause(type, this.#parts.who, clock.now()));
  }

  async resume(type: DocumentType): Promise<{ changed: boolean; recorded: boolean }> {
    return await this.#switch("resume", type, () => this.#rooms.flights.resume(type));
  }

  /** Throws Redis' error. */
  async shops(): Promise<ShopsAnswer> {
    return await readShops(this.#shopsParts(), await this.#rooms.flights.now());
  }

  /** Forgets the shop's block and its account's refused login: its documents are scanned and a login tried at once. */
  async unblock(shop: string): Promise<UnblockAnswer> {
    return await this.#actions.doing(
      { action: "unblock", target: shop },
      () => unblock(this.#shopsParts(), shop),
      ({ wasBlocked }) => wasBlocked ? "unblocked" : "was not blocked",
    );
  }

  /** What a day came to. `day` is yyyy-MM-dd, or `yesterday`, by SQL Server's clock; today when left out. Throws SourceError. */
  async report(options: { day?: string; by?: "shop" | "type" } = {}): Promise<Report> {
    return await report({ ...this.#rooms, source: this.#rooms.operatorSource }, options);
  }

  /** What operators did last, newest first. Throws MongoDB's error. */
  async actions(limit: number): Promise<OperatorAction[]> {
    return await this.#actions.list(limit);
  }

  async #switch(action: "pause" | "resume", type: DocumentType, act: () => Promise<boolean>) {
    return await this.#actions.doing(
      { action, target: type },
      async () => ({ changed: await act() }),
      ({ changed }) => changed ? "done" : "nothing to do",
    );
  }

  #shopsParts(): ShopsParts {
    const { redis, settings, source } = this.#parts;
    const { blockedShops } = this.#rooms;
    const commonAccount = settings.partner.username;
    return { redis, prefix: settings.redis.keyPrefix, blockedShops, source, commonAccount };
  }
}

/** What the functions are made of; none of it opens anything. */
function roomsOf({ settings, redis, pool, profile, source, mongo, clock }: OperatorParts) {
  const prefix = settings.redis.keyPrefix;
  return {
    clock,
    source,
    operatorSource: new OperatorSource(pool, profile, () => clock.now()),
    flights: new Flights(redis, { prefix, leaseMs: settings.worker.leaseMs }),
    dead: new DeadStreams(redis, { prefix, clock }),
    journal: new JournalReader(mongo),
    beats: new Beats(redis, prefix),
    blockedShops: new RedisBlockedShops(redis, prefix),
  };
}
