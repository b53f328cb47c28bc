// One simulated run: schedulers and workers (the product's own Scan, ScanLoop, Worker, sessions) over simulated Redis, SQL Server
// and partner. A seed chooses the dialect, the documents, every delay, and which faults come when. run.ts judges the outcome.
import { Accounts } from "../../shared/accounts.ts";
import { BasicSessions } from "../../shared/basic_sessions.ts";
import { type DialectName, dialects } from "../../shared/dialects.ts";
import type { Footing } from "../../shared/footing.ts";
import type { Log } from "../../shared/log.ts";
import { Scan } from "../../shared/scan.ts";
import { ScanLoop } from "../../shared/scan_loop.ts";
import { TokenSessions } from "../../shared/sessions.ts";
import type { StreamDelivery } from "../../shared/stream.ts";
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
  /** "national" when left out. */
  dialect?: DialectName;
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
  /** Documents that are somebody else's at the partner, and were taken for our own on a first delivery that nothing made doubtful. */
  readonly mistaken = new Set<string>();
  readonly dialect: DialectName;
  /** What is installed: the version of entries that a process writes, and understands besides the one before, when it starts. */
  release = 1;
  readonly #options: WorldOptions;
  #names = 0;

  constructor(seed: number, options: WorldOptions) {
    this.loop = new EventLoop(seed);
    this.#options = options;
    this.dialect = options.dialect ?? "national";
    this.tell(`the partner's dialect is ${this.dialect}`);
    this.source = new SimSource(this.loop);
    this.services = new SimServices(this.loop, this.redis);
    this.partner = new SimPartner(this.loop, {
      codeOf: (body) => JSON.parse(body).ma_phieu,
      refuses: (code) => code.startsWith("REFUSED"),
      chokesOn: (code) => code.startsWith("POISON"),
      knows: (code) => code.startsWith("KNOWN"),
      dialect: this.dialect,
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
    this.#die(one);
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
    for (const code of this.#unwritten()) this.excused.add(code);
  }

  #unwritten(): string[] {
    return this.source.rows.filter((row) => row.status === "PENDING_SYNC").map((row) => row.code);
  }

  #die({ process }: Running): void {
    process.kill();
    this.partner.gap.die(process.name, this.#unwritten());
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
      const kind = this.loop.chance(0.08)
        ? "REFUSED"
        : this.loop.chance(0.04)
        ? "POISON"
        : this.#kindOfMost();
      this.#makeRow(kind, this.loop.between(0, 60_000));
    }
  }

  /** Where there is PUT, a code that somebody else has sent is replaced: no promise differs. */
  #kindOfMost(): string {
    return this.dialect === "gateway" && this.loop.chance(0.08) ? "KNOWN" : "OK";
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
      enqueued: { add() {} },
      journal,
      log,
      clock,
      backlogMax: 10_000,
      bodyMaxBytes: 1_000_000,
      dialect: dialects.national,
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
    const ownLog = this.#logOf(process);
    const footing = this.services.footing(process, { type, log: ownLog, leaseMs });
    const log = this.#noticingMistakes(ownLog, footing);
    const partner = this.partner.seenFrom(process);
    const source = this.source.seenFrom(process);
    const store = this.services.tokenStore(process);
    const accounts = new Accounts(source, null, clock);
    const sessions = dialects[this.dialect].login.kind === "basic"
      ? new BasicSessions({ store, accounts, clock, log })
      : new TokenSessions({ store, accounts, partner, clock, log, loginTimeoutMs: 30_000 });
    const worker = new Worker({
      type,
      queue: "stream",
      stream: this.#delivery(process),
      waiter: { wait: (_after, ms, signal) => clock.sleep(this.loop.between(1, ms), signal) },
      footing,
      source,
      partner,
      sessions,
      blockedShops: this.services.blockedShops(process),
      journal,
      log,
      clock,
      random: this.loop.random,
      replaces: dialects[this.dialect].replaces,
      limits: { concurrency: this.#options.concurrency, deliveriesMax: 5, leaseMs },
    });
    const one = { process, stop, start: () => this.#startWorker() };
    this.running.push(one);
    worker.run(stop.signal).then(() => this.#ended(one));
  }

  #delivery(process: SimProcess): StreamDelivery {
    const delivery = this.services.delivery(process, leaseMs, this.release);
    const take = async (want: { due: number; fresh: number }) => {
      const taken = await delivery.take(want);
      this.partner.gap.take(process.name, taken.claims);
      return taken;
    };
    return { ...delivery, take };
  }

  #ended(one: Running): void {
    this.tell(`${one.process.name} ended`);
    this.#die(one);
    this.#restartLater(one);
  }

  #restartLater(one: Running): void {
    const index = this.running.indexOf(one);
    if (index < 0) return;
    this.running.splice(index, 1);
    this.loop.after(this.loop.between(500, 5_000), one.start);
  }

  #noticingMistakes(log: Log, footing: Footing): Log {
    return {
      event: (name, ...fields) => {
        log.event(name, ...fields);
        if (name === "document.accepted") this.#noticeMistake(fields[0] ?? {}, footing);
      },
    };
  }

  #noticeMistake(fields: { code?: unknown; entry?: unknown; delivery?: unknown }, footing: Footing): void {
    const [code, scannedAtMs] = [`${fields.code}`, this.redis.entries.get(`${fields.entry}`)?.scannedAtMs];
    if (!code.startsWith("KNOWN") || fields.delivery !== 1 || scannedAtMs === undefined) return;
    if (!footing.doubts(scannedAtMs)) this.mistaken.add(code);
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
