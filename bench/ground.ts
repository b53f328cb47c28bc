// The ground that all competitors run on: services, rows, and the services' own counters. One ground for a run of the bench.
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import { join } from "node:path";
import { Processes } from "../dev/stack/processes.ts";
import { settingsFor } from "../dev/stack/services.ts";
import { StackSource } from "../dev/stack/source.ts";
import { readSettings, type Settings } from "../shared/settings.ts";
import { type BenchServices, startBenchServices } from "./services.ts";
import { cpuMsOf, pinTo } from "./proc.ts";
import { Rows } from "./rows.ts";

/** Requests that the services have been asked so far, by their own count. */
export interface Requests {
  readonly sql: number;
  readonly redis: number;
  readonly mongo: number;
}

/** A number for each service. */
export type PerService = Readonly<Record<keyof BenchServices, number>>;

interface GroundParts {
  readonly processes: Processes;
  readonly directory: string;
  readonly services: BenchServices;
  readonly isPinned: boolean;
}

/** With --pin, the services have a processor of their own. */
const servicesProcessor = 1;

export class Ground implements AsyncDisposable {
  readonly processes: Processes;
  readonly directory: string;
  readonly services: BenchServices;
  /** Whether competitors are to be kept off the services' processor. */
  readonly isPinned: boolean;
  /** The settings that name the services; a competitor's own are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly redis: Redis;
  readonly rows: Rows;
  readonly #source: StackSource;

  private constructor({ processes, directory, services, isPinned }: GroundParts) {
    this.isPinned = isPinned;
    this.processes = processes;
    this.directory = directory;
    this.services = services;
    // As an operator would find them: what the dev stack sets besides the services' addresses is left at its default.
    const { SCAN_EVERY_SECONDS: _, ...env } = settingsFor(services, {});
    this.env = env;
    this.settings = readSettings(this.env);
    this.redis = new Redis(services.redis.port, "127.0.0.1", { maxRetriesPerRequest: null });
    this.#source = new StackSource(this.settings);
    this.rows = new Rows(() => this.#source.pool(), (samples) => this.#source.insert(samples));
  }

  /** Starts the services and makes the tables and accounts. */
  static async start({ pin }: { pin: boolean }): Promise<Ground> {
    const directory = await Deno.makeTempDir({ prefix: "hermes-bench-" });
    const processes = new Processes(directory);
    processes.removeAtEnd(directory);
    try {
      const services = await startBenchServices(processes, join(directory, "data"));
      if (pin) { for (const { child } of Object.values(services)) await pinTo(child.pid, servicesProcessor); }
      const ground = new Ground({ processes, directory, services, isPinned: pin });
      await ground.#source.applySchema();
      await ground.#source.insertSampleAccounts();
      return ground;
    } catch (error) {
      await processes.stop();
      throw error;
    }
  }

  /** Redis and MongoDB as on the first day: each competitor begins with empty ones. */
  async clearQueues(): Promise<void> {
    await this.redis.flushall();
    const client = new MongoClient(this.settings.mongo.uri);
    await client.db(this.settings.mongo.dbName).dropDatabase();
    await client.close();
  }

  /** Those of the bench itself are left out as far as it makes them through this class. */
  async requests(): Promise<Requests> {
    const [info, { roundTrips }, { commands }] = await Promise.all([
      this.redis.info("stats"),
      this.ask<{ roundTrips: Record<string, number> }>("sqlserver", "GET stats"),
      this.ask<{ commands: Record<string, number> }>("mongodb", "GET stats"),
    ]);
    return {
      sql: sum(roundTrips) - this.rows.requests,
      // One read of a socket is one round trip, however many commands came in it.
      redis: Number(/total_reads_processed:(\d+)/.exec(info)?.[1]),
      mongo: sum(commands),
    };
  }

  /** Time on the processor of each service so far, ms. */
  servicesCpuMs(): PerService {
    const { redis, sqlserver, mongodb, partner } = this.services;
    const of = ({ child }: { child: { pid: number } }) => cpuMsOf(child.pid);
    return { redis: of(redis), sqlserver: of(sqlserver), mongodb: of(mongodb), partner: of(partner) };
  }

  /** Asks a control endpoint, as in `ask("partner", "POST reset")`. Throws an Error with what it answered when that is no success. */
  async ask<T>(service: "sqlserver" | "mongodb" | "partner", request: string, body?: unknown): Promise<T> {
    const [method = "GET", path = ""] = request.split(" ");
    const response = await fetch(`${this.services[service].controlUrl}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${request} with ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.redis.disconnect();
    await this.#source.close();
    await this.processes.stop();
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
