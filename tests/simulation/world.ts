// One simulated run: schedulers and workers (the product's own Scan, ScanLoop, Worker, TokenSessions) over simulated Redis, SQL Server
// and partner. A seed chooses the documents, every delay, and which faults come when. invariants.ts judges the outcome.
import { Accounts } from "../../shared/accounts.ts";
import type { Log } from "../../shared/log.ts";
import { Scan } from "../../shared/scan.ts";
import { ScanLoop } from "../../shared/scan_loop.ts";
import { TokenSessions } from "../../shared/sessions.ts";
import { Worker } from "../../workers/worker.ts";
import { EventLoop, SimProcess } from "./event_loop.ts";
import { SimPartner } from "./sim_partner.ts";
import { SimRedis } from "./sim_redis.ts";
import { SimServices } from "./sim_services.ts";
import { SimSource } from "./sim_source.ts";

const type = "phieu_xuat";
const leaseMs = 5_000;
const shops = ["S1", "S2", "S3"];

interface Running {
  process: SimProcess;
  stop: AbortController;
  /** When its like is started again after it died; the supervisor's work. */
  start: () => void;
}

export interface WorldOptions {
  workers: number;
  schedulers: number;
  documents: number;
  concurrency: number;
}

export class World {
  readonly loop: EventLoop;
  readonly redis = new SimRedis();
  readonly source: SimSource;
  readonly partner: SimPartner;
  readonly services: SimServices;
  readonly running: Running[] = [];
  /** What happened, for the story of a failing seed. */
  readonly story: string[] = [];
  /** Documents whose answer a process may have lost, because it died, froze or lost Redis at the time. */
  readonly excused = new Set<string>();
  /** What is installed: the version of entries that a process writes, and understands besides the one before, when it starts. */
  release = 1;
  readonly #options: WorldOptions;
  #names = 0;

  constructor(seed: number, options: WorldOptions) {
    this.loop = new EventLoop(seed);
    this.#options = options;
    this.source = new SimSource(this.loop);
    this.services = new SimServices(this.loop, this.redis);
    this.partner = new SimPartner(this.loop, {
      codeOf: (body) => JSON.parse(body).ma_phieu,
      refuses: (code) => code.startsWith("REFUSED"),
      chokesOn: (code) => code.startsWith("POISON"),
    });
    for (const shop of shops) {
      this.source.passwords.set(shop, { user: `user-${shop}`, password: "right" });
      this.partner.passwords.set(`user-${shop}`, "right");
    }
    this.#makeRows();
  }

  start(): void {
    for (let i = 0; i < this.#options.schedulers; i++) this.#startScheduler();
    for (let i = 0; i < this.#options.workers; i++) this.#startWorker();
  }

  tell(what: string): void {
    this.story.push(`${((this.loop.nowMs - 1_700_000_000_000) / 1000).toFixed(3)} ${what}`);
  }

  /** A running process chosen by chance; undefined when all are dead. */
  anyProcess(): Running | undefined {
    return this.running[Math.floor(this.loop.random() * this.running.length)];
  }

  kill(one: Running): void {
    this.tell(`kill -9 ${one.process.name}`);
    this.#excuseInFlight();
    one.process.kill();
    this.#restartLater(one);
  }

  terminate(one: Running): void {
    this.tell(`SIGTERM ${one.process.name}`);
    one.stop.abort();
  }

  /** Installs the next version and starts every process anew, one by one and in any order, the right one or not. */
  upgrade(): void {
    this.tell(`release ${++this.release} is installed`);
    for (const one of [...this.running]) {
      this.loop.after(this.loop.between(0, 30_000), () => this.running.includes(one) && this.terminate(one));
    }
  }

  freeze(one: Running, forMs: number): void {
    this.tell(`SIGSTOP ${one.process.name} for ${forMs} ms`);
    this.#excuseInFlight();
    one.process.freeze();
    this.loop.after(forMs, () => {
      this.#excuseInFlight();
      one.process.thaw();
    });
  }

  /** From here on a second acceptance of what is in flight is no fault of Hermes'. */
  excuseInFlight(why: string): void {
    this.tell(why);
    this.#excuseInFlight();
  }

  /** Whether every document has its final status and nothing is left in Redis. */
  isQuiet(): boolean {
    return this.source.rows.every((row) => row.status !== "PENDING_SYNC") && this.redis.entries.size === 0 &&
      this.redis.inflight.size === 0 && this.redis.receipts.size === 0;
  }

  #excuseInFlight(): void {
    for (const row of this.source.rows) if (row.status === "PENDING_SYNC") this.excused.add(row.code);
  }

  /** Traffic goes on while documents are left that the partner chokes on: with nothing else to probe with, it looks as if it were down. */
  keepTrafficGoing(): void {
    const poison = this.source.rows.some((row) =>
      row.code.startsWith("POISON") && row.status === "PENDING_SYNC"
    );
    if (poison) this.#makeRow("OK", 0);
    this.loop.after(10_000, () => this.keepTrafficGoing());
  }

  /** More documents, committed within so long. */
  insert(count: number, withinMs: number): void {
    for (let i = 0; i < count; i++) this.#makeRow("OK", this.loop.between(0, withinMs));
  }

  #makeRows(): void {
    for (let i = 0; i < this.#options.documents; i++) {
      const kind = this.loop.chance(0.08) ? "REFUSED" : this.loop.chance(0.04) ? "POISON" : "OK";
      this.#makeRow(kind, this.loop.between(0, 60_000));
    }
  }

  #makeRow(kind: string, committedAfterMs: number): void {
    const key = this.source.rows.length + 1;
    const shop = shops[this.loop.between(0, shops.length - 1)] ?? "S1";
    const committedAtMs = this.loop.nowMs + committedAfterMs;
    const row = {
      key,
      code: `${kind}-${key}`,
      shop,
      status: "PENDING_SYNC",
      nationalCode: null,
      committedAtMs,
    };
    this.source.rows.push(row);
  }

  #startScheduler(): void {
    const process = new SimProcess(this.loop, `scheduler-${++this.#names}`);
    const stop = new AbortController();
    const log = this.#logOf(process);
    const { clock } = process;
    const stream = this.services.intake(process, this.release);
    const source = this.source.seenFrom(process);
    const blockedShops = this.services.blockedShops(process);
    const scan = new Scan({
      type,
      queue: "stream",
      source,
      stream,
      blockedShops,
      journal,
      log,
      clock,
      backlogMax: 10_000,
      bodyMaxBytes: 1_000_000,
    });
    const loop = new ScanLoop({
      type,
      scan,
      stream,
      leader: { leads: true },
      footing: this.services.footing(process, { type, log, leaseMs }),
      clock,
      log,
      everyMs: 5_000,
    });
    const one = { process, stop, start: () => this.#startScheduler() };
    this.running.push(one);
    loop.runUntil(Infinity, stop.signal).then(() => this.#ended(one));
  }

  #startWorker(): void {
    const process = new SimProcess(this.loop, `worker-${++this.#names}`);
    const stop = new AbortController();
    const { clock } = process;
    const log = this.#logOf(process);
    const partner = this.partner.seenFrom(process);
    const source = this.source.seenFrom(process);
    const sessions = new TokenSessions({
      store: this.services.tokenStore(process),
      accounts: new Accounts(source, null, clock),
      partner,
      clock,
      log,
      loginTimeoutMs: 30_000,
    });
    const worker = new Worker({
      type,
      queue: "stream",
      stream: this.services.delivery(process, leaseMs, this.release),
      waiter: { wait: (_after, ms, signal) => clock.sleep(this.loop.between(1, ms), signal) },
      footing: this.services.footing(process, { type, log, leaseMs }),
      source,
      partner,
      sessions,
      blockedShops: this.services.blockedShops(process),
      journal,
      log,
      clock,
      random: this.loop.random,
      replaces: true,
      limits: { concurrency: this.#options.concurrency, deliveriesMax: 5, leaseMs },
    });
    const one = { process, stop, start: () => this.#startWorker() };
    this.running.push(one);
    worker.run(stop.signal).then(() => this.#ended(one));
  }

  #ended(one: Running): void {
    this.tell(`${one.process.name} ended`);
    one.process.kill();
    this.#restartLater(one);
  }

  #restartLater(one: Running): void {
    const index = this.running.indexOf(one);
    if (index < 0) return;
    this.running.splice(index, 1);
    this.loop.after(this.loop.between(500, 5_000), one.start);
  }

  #logOf(process: SimProcess): Log {
    return {
      event: (name, ...[fields]) => {
        if (process.alive) this.tell(`${process.name} ${name} ${JSON.stringify(fields ?? {}, plainErrors)}`);
      },
    };
  }
}

const journal = { write: () => Promise.resolve() };

function plainErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.message}: ${value.cause ?? ""}` : value;
}
