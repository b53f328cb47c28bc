// A whole stack for one test: Redis, the stand-ins, the partner, and the product's processes, all on free ports and in a temporary
// directory. `await using stack = await startStack()`; at its end no process is left.
// @ts-types="@types/mssql"
import type sql from "mssql";
import { assertEquals } from "@std/assert";
import { type Db, MongoClient } from "mongodb";
import { join } from "node:path";
import { isAlive } from "../../dev/stack/alive.ts";
import { type Counts, legend, progressLine, readCounts, totalAt } from "../../dev/stack/counts.ts";
import { layoutOf, plainEnvironment } from "../../dev/stack/env_file.ts";
import { Processes } from "../../dev/stack/processes.ts";
import type { Role } from "../../dev/stack/product.ts";
import { type Service, type Services, settingsFor, startServices } from "../../dev/stack/services.ts";
import { type Row, StackSource } from "../../dev/stack/source.ts";
import type { Fault } from "../../dev/partner/fault_input.ts";
import type { Call, PartnerDocument } from "../../dev/partner/memory.ts";
import type { Sample } from "../../dev/samples/rows.ts";
import type { DialectName } from "../../shared/dialects.ts";
import type { DocumentType } from "../../shared/document.ts";
import type { BuiltInProfile } from "../../shared/profiles.ts";
import type { RedisClient } from "../../shared/script.ts";
import { readSettings, type Settings } from "../../shared/settings.ts";
import { kindFromEnvironment, type RedisKind, type StackRedis, startRedisKind } from "./redis_kinds.ts";
import { ProductProcess } from "./stack_product.ts";

/** How a test wants its stack. */
export interface StackOptions {
  /** Settings of every process of the product, e.g. `{ LEASE_SECONDS: "2" }`. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Layout of the tables and dialect of the partner, for a test that is about one of them. When left out: SOURCE_PROFILE and PARTNER_DIALECT
   * of `env`, then FLOW_PROFILE and FLOW_DIALECT of the environment, for which the whole suite runs, then as the product.
   */
  readonly profile?: BuiltInProfile;
  readonly dialect?: DialectName;
  /** What kind of Redis; FLOW_REDIS of the environment when left out, then a single server. */
  readonly redis?: RedisKind;
  readonly partner?: {
    readonly latencyMs?: number;
    readonly faults?: readonly string[];
    /** Options of `deno task partner` besides, as in `["--remember=1000"]`. */
    readonly args?: readonly string[];
  };
}

/** A service whose control endpoint can be asked. */
export type Controlled = "sqlserver" | "mongodb" | "partner";

/** What `waitFor` waits for. */
export interface Waiting {
  readonly deadlineMs: number;
  /** Completes "waiting for". */
  readonly what: string;
}

const lookEveryMs = 25;
const stateWithinMs = 1_000;

/** Starts the services, makes the profile's tables and accounts (none for a pharmacy's own profile). The product is started by the test. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const directory = await Deno.makeTempDir({ prefix: "hermes-stack-" });
  const processes = new Processes(directory);
  processes.removeAtEnd(directory);
  try {
    // The product reads this one rather than the developer's.
    await Deno.writeTextFile(join(directory, ".env"), "");
    const { profile, dialect } = layoutFor(options);
    const dataDirectory = join(directory, "data");
    const startingRedis = startRedisKind(options.redis ?? kindFromEnvironment(), {
      processes,
      directory: join(dataDirectory, "redis"),
      env: plainEnvironment(),
    });
    const startingServices = startServices({
      embedded: { sqlserver: true, redis: false, mongodb: true, partner: true },
      processes,
      dataDirectory,
      env: plainEnvironment(),
      dialect,
      partner: { latencyMs: 0, faults: [], ...options.partner },
    });
    const [services, redis] = await Promise.all([startingServices, startingRedis]);
    const env = settingsFor(services, {
      ...options.env,
      ...redis.settings,
      SOURCE_PROFILE: profile,
      PARTNER_DIALECT: dialect,
    });
    const stack = new Stack({ directory, processes, redis, services: allOf(services), env });
    await stack.prepare();
    return stack;
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

function layoutFor({ env = {}, profile, dialect }: StackOptions): { profile: string; dialect: string } {
  const asked = { profile: profile ?? null, dialect: dialect ?? null };
  const [flowProfile, flowDialect] = [Deno.env.get("FLOW_PROFILE"), Deno.env.get("FLOW_DIALECT")];
  const suite = {
    ...(flowProfile ? { SOURCE_PROFILE: flowProfile } : {}),
    ...(flowDialect ? { PARTNER_DIALECT: flowDialect } : {}),
  };
  return layoutOf({ ...suite, ...env }, asked);
}

type AllServices = Readonly<Record<Controlled, Service>>;

function allOf({ sqlserver, mongodb, partner }: Services): AllServices {
  if (!sqlserver || !mongodb || !partner) throw new Error("a stack for a test has all services");
  return { sqlserver, mongodb, partner };
}

interface StackParts {
  readonly directory: string;
  readonly processes: Processes;
  readonly services: AllServices;
  readonly redis: StackRedis;
  readonly env: Readonly<Record<string, string>>;
}

/** A running stack. */
export class Stack implements AsyncDisposable {
  /** The product's settings, as variables and as it reads them. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Settings;
  /** As a user who may do everything; it waits while there is no Redis. */
  readonly redis: RedisClient;
  readonly redisServers: StackRedis;
  readonly mongo: Db;
  readonly #parts: StackParts;
  readonly #source: StackSource;
  readonly #mongoClient: MongoClient;
  readonly #products: ProductProcess[] = [];
  #pool: sql.ConnectionPool | undefined;
  #stopped: Promise<void> | undefined;

  /** Use `startStack()`. */
  constructor(parts: StackParts) {
    this.#parts = parts;
    this.env = parts.env;
    this.settings = readSettings(parts.env);
    this.#source = new StackSource(this.settings);
    this.redisServers = parts.redis;
    this.redis = parts.redis.connect();
    this.#mongoClient = new MongoClient(this.settings.mongo.uri, { serverSelectionTimeoutMS: 5_000 });
    this.mongo = this.#mongoClient.db(this.settings.mongo.dbName);
  }

  /** Makes tables and accounts. */
  async prepare(): Promise<void> {
    if (this.#source.hasSamples) {
      await this.#source.applySchema();
      await this.#source.insertSampleAccounts();
    }
    this.#pool = await this.#source.pool();
  }

  /** Where every process has its log file; it goes when the stack stops. */
  get logDirectory(): string {
    return this.#parts.directory;
  }

  get sql(): sql.ConnectionPool {
    if (this.#pool === undefined) throw new Error("the stack is not prepared");
    return this.#pool;
  }

  startScheduler(env: Readonly<Record<string, string>> = {}): ProductProcess {
    return this.#start("scheduler", env);
  }

  startWorker(type: DocumentType, env: Readonly<Record<string, string>> = {}): ProductProcess {
    return this.#start(`worker:${type}`, env);
  }

  /** On a free port, which its event `console.listening` tells. */
  startConsole(env: Readonly<Record<string, string>> = {}): ProductProcess {
    return this.#start("console", { CONSOLE_PORT: "0", ...env });
  }

  /** The processes of the product started so far. */
  get products(): readonly ProductProcess[] {
    return this.#products;
  }

  insert(samples: readonly Sample[]): Promise<void> {
    return this.#source.insert(samples);
  }

  /** By document type: rows at each status, entries in the stream, dead letters. */
  counts(): Promise<Counts> {
    return readCounts(this.#source, { client: this.redis, prefix: this.settings.redis.keyPrefix });
  }

  rows(type: DocumentType): Promise<Row[]> {
    return this.#source.rows(type);
  }

  async partnerCalls(filter: { since?: number; code?: string } = {}): Promise<Call[]> {
    const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));
    const { calls } = await this.control<{ calls: Call[] }>("partner", `GET calls?${query}`);
    return calls;
  }

  async partnerDocuments(): Promise<PartnerDocument[]> {
    const { documents } = await this.control<{ documents: PartnerDocument[] }>("partner", "GET documents");
    return documents;
  }

  /** Adds a fault to the partner. */
  async fault(fault: Fault | readonly Fault[]): Promise<void> {
    await this.control("partner", "POST faults", fault);
  }

  /** Asks a control endpoint, as in `control("mongodb", "POST down")`. Throws an Error with what it answered when that is no success. */
  async control<T>(service: Controlled, request: string, body?: unknown): Promise<T> {
    const [method = "GET", path = ""] = request.split(" ");
    const response = await fetch(`${this.#parts.services[service].controlUrl}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${request} with ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /**
   * Sends a signal to a service, to all servers of Redis: SIGKILL, or SIGSTOP and SIGCONT for a frozen one. Resolves when SIGKILL has
   * ended it.
   */
  async signalService(service: Controlled | "redis", signal: Deno.Signal): Promise<void> {
    if (service === "redis") return await this.redisServers.signal(signal);
    const { child } = this.#parts.services[service];
    child.kill(signal);
    if (signal === "SIGKILL") await child.ended;
  }

  /** Ends Redis if it still runs, all its servers, and starts it again on the same ports with the data it wrote, or with none. */
  async restartRedis({ withData }: { withData: boolean } = { withData: true }): Promise<void> {
    await this.redisServers.restart({ withData });
  }

  /**
   * Waits until the condition gives something truthy, and returns that.
   * Throws an Error with what was waited for, and the state of the stack, once `deadlineMs` are over.
   */
  async waitFor<T>(condition: () => T | Promise<T>, { deadlineMs, what }: Waiting): Promise<NonNullable<T>> {
    const deadline = Date.now() + deadlineMs;
    let cause: unknown;
    while (Date.now() < deadline) {
      try {
        const found = await before(deadline, condition());
        if (found) return found;
        cause = undefined;
      } catch (error) {
        cause = error; // a server that is down may be part of the test: what counts is the last look
      }
      await pause(lookEveryMs);
    }
    const state = await this.#describe();
    throw new Error(`waiting for ${what}: not within ${deadlineMs} ms\n${state}`, { cause });
  }

  /** Waits until no row is PENDING_SYNC, and returns the counts. */
  async waitUntilIdle(deadlineMs: number): Promise<Counts> {
    return await this.waitFor(async () => {
      const counts = await this.counts();
      return totalAt(counts, "PENDING_SYNC") === 0 ? counts : null;
    }, { deadlineMs, what: "every document to have a final status" });
  }

  /** Ends everything and asserts that no process is left. May be called twice. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const { processes } = this.#parts;
    this.redis.disconnect();
    await Promise.all([this.#mongoClient.close(), this.#source.close()]);
    await processes.stop();
    assertEquals(processes.pids.filter((pid) => isAlive(pid)), [], "processes are left");
  }

  #start(role: Role, env: Readonly<Record<string, string>>): ProductProcess {
    const { processes, directory } = this.#parts;
    const product = new ProductProcess(processes, {
      role,
      number: this.#products.length + 1,
      env: { ...plainEnvironment(), ...this.env, ...env },
      cwd: directory,
    });
    this.#products.push(product);
    return product;
  }

  /** For the message of a test that waited in vain. */
  async #describe(): Promise<string> {
    const counts = await before(Date.now() + stateWithinMs, this.counts()).then(
      (counts) => `${legend}: ${progressLine(counts)}`,
      (error) => `no counts: ${error instanceof Error ? error.message : error}`,
    );
    return [counts, ...this.#products.map((product) => product.describe())].join("\n");
  }
}

/** The promise's value; throws an Error when it has none at the deadline (ms since 1970). */
async function before<T>(deadline: number, value: T | Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("no answer yet")), Math.max(0, deadline - Date.now()));
  try {
    return await Promise.race([value, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
