// The journal in MongoDB: what happened to each document, for people. Delivery never waits for it: while it is away, records
// are kept in memory up to a bound, then the oldest are dropped and counted.
import {
  type AnyBulkWriteOperation,
  type Collection,
  type Db,
  type Document,
  MongoBulkWriteError,
  MongoClient,
} from "mongodb";
import { reconnectDelayMs } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { describeError } from "./errors.ts";
import {
  failureUpsert,
  type JournalRecord,
  type SyncFailure,
  type TaskLog,
  taskRewrite,
  taskWrite,
} from "./journal_records.ts";
import type { Log } from "./log.ts";

/** How often a record is tried that another process makes at the same time; MongoDB's error for that. */
const writeTries = 3;
const duplicateKey = 11000;

export interface Journal {
  /** Resolves when the records are written, or set aside because the journal is away. Never throws. */
  write(records: JournalRecord[]): Promise<void>;
}

/** Most records kept in memory while MongoDB is away. */
const keptMax = 10_000;
/** Most records in one bulk write. */
const batchMax = 1_000;
/** How long finding the server, connecting, and each answer may take before the journal counts as away, ms. */
const connectMs = 2_000;
const answerMs = 5_000;
/** How long a task record is kept after its last change, s. */
const taskKeepSeconds = 90 * 24 * 3600;

export interface MongoJournalOptions {
  uri: string;
  dbName: string;
  clock: Clock;
  log: Log;
}

export class MongoJournal implements Journal {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #log: Log;
  #kept: JournalRecord[] = [];
  #flushing: Promise<void> | null = null;
  #lostAtMs: number | null = null;
  #losing = Promise.withResolvers<void>();
  #tries = 0;
  #indexed = false;
  readonly #closing = new AbortController();

  constructor(options: MongoJournalOptions) {
    this.#client = new MongoClient(options.uri, {
      appName: "hermes",
      serverSelectionTimeoutMS: connectMs,
      connectTimeoutMS: connectMs,
      // The driver's own `timeoutMS` has no effect in this version.
      socketTimeoutMS: answerMs,
      maxPoolSize: 4,
    });
    this.#db = this.#client.db(options.dbName);
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async write(records: JournalRecord[]): Promise<void> {
    if (records.length === 0) return;
    this.#keep(records);
    const flushing = this.#flush();
    // A flush goes on until MongoDB is back; who waits for it goes on when MongoDB is lost.
    if (this.#lostAtMs === null) await Promise.race([flushing, this.#losing.promise]);
  }

  /** The database, connected, for the tally, which is written beside the journal. Throws the driver's error while MongoDB is away. */
  async database(): Promise<Db> {
    await this.#client.connect();
    return this.#db;
  }

  /** Writes what is kept, as far as MongoDB takes it now, and disconnects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#flushing;
    await this.#writeKept().catch((error) => this.#log.event("journal.lost", { error }));
    if (this.#kept.length > 0) {
      this.#log.event("journal.dropped", {
        count: this.#kept.length,
        reason: "the process ends while MongoDB is away",
      });
    }
    await this.#client.close();
  }

  #keep(records: JournalRecord[]): void {
    this.#kept.push(...records);
    const over = this.#kept.length - keptMax;
    if (over <= 0) return;
    this.#kept.splice(0, over);
    this.#log.event("journal.dropped", {
      count: over,
      reason: `MongoDB is away and ${keptMax} records are kept`,
    });
  }

  /** One flush at a time; it goes on until nothing is kept, trying again while MongoDB is away. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#flushAll();
    return this.#flushing;
  }

  async #flushAll(): Promise<void> {
    while (this.#kept.length > 0 && !this.#closing.signal.aborted) {
      try {
        await this.#writeKept();
        this.#back();
      } catch (error) {
        this.#lost(error);
        await this.#clock.sleep(reconnectDelayMs(this.#tries, Math.random()), this.#closing.signal);
      }
    }
    // In the same step that saw nothing left: a record that comes in later begins a new flush.
    this.#flushing = null;
  }

  /** Records leave `#kept` only when they are written; what is written twice is there once, with its last event twice. */
  async #writeKept(): Promise<void> {
    // Nothing while connected. A client whose first connection failed stays closed for ever unless it is told to connect again.
    await this.#client.connect();
    await this.#ensureIndexes();
    while (this.#kept.length > 0) {
      const batch = this.#kept.slice(0, batchMax);
      const tasks = batch.filter((record) => record.kind === "task");
      const failures = batch.filter((record) => record.kind === "failure").map(failureUpsert);
      await this.#write(this.#deadLetters(), failures);
      await this.#write(
        this.#tasks(),
        tasks.map(taskWrite),
        (index) => tasks.slice(index, index + 1).map(taskRewrite),
      );
      const written = new Set(batch);
      this.#kept = this.#kept.filter((record) => !written.has(record));
    }
  }

  /**
   * `again` tells how to write what is there already; the same operation when left out. Throws when MongoDB is away. A record that it will
   * not take is dropped: it must not keep the others from being written.
   */
  async #write<T extends Document>(
    collection: Collection<T>,
    operations: AnyBulkWriteOperation<T>[],
    again = (index: number) => operations.slice(index, index + 1),
    triesLeft = writeTries,
  ): Promise<void> {
    if (operations.length === 0) return;
    try {
      await collection.bulkWrite(operations, { ordered: false });
    } catch (error) {
      const failed = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
      // A lost connection comes as the same error, with no record's error in it.
      if (failed.length === 0) throw error;
      // There already, or two processes that upsert the same new record at once: the second try finds it.
      const clashes = triesLeft > 1 ? failed.filter(({ code }) => code === duplicateKey) : [];
      const rest = clashes.flatMap(({ index }) => again(index));
      await this.#write(collection, rest, undefined, triesLeft - 1);
      if (clashes.length === failed.length) return;
      const count = failed.length - clashes.length;
      this.#log.event("journal.dropped", { count, reason: describeError(error).message });
    }
  }

  async #ensureIndexes(): Promise<void> {
    if (this.#indexed) return;
    await this.#tasks().createIndexes([
      { key: { queue: 1, task_id: 1 }, unique: true },
      { key: { business_id: 1 } },
      { key: { updated_at: 1 }, expireAfterSeconds: taskKeepSeconds },
    ]);
    await this.#deadLetters().createIndexes([
      { key: { queue: 1, task_id: 1 }, unique: true },
      { key: { business_id: 1 } },
      { key: { failed_at: 1 } },
    ]);
    this.#indexed = true;
  }

  #tasks(): Collection<TaskLog> {
    return this.#db.collection("task_logs");
  }

  #deadLetters(): Collection<SyncFailure> {
    return this.#db.collection("sync_failures");
  }

  #lost(error: unknown): void {
    this.#tries++;
    if (this.#lostAtMs !== null) return;
    this.#lostAtMs = this.#clock.now();
    this.#log.event("journal.lost", { error });
    this.#losing.resolve();
  }

  #back(): void {
    this.#tries = 0;
    if (this.#lostAtMs === null) return;
    this.#log.event("journal.back", { ms: this.#clock.now() - this.#lostAtMs });
    this.#lostAtMs = null;
    this.#losing = Promise.withResolvers<void>();
  }
}
