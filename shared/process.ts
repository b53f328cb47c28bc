// What every process of Hermes begins and ends with: settings, log, clients, signals. Entries (scheduler.ts, workers/*.ts) build on it.
import { systemClock } from "./clock.ts";
import type { DocumentType } from "./document.ts";
import { SettingsError } from "./errors.ts";
import { Health } from "./health.ts";
import { hostName } from "./host_name.ts";
import { MongoJournal } from "./journal.ts";
import { createLog, type Log } from "./log.ts";
import { joinedLines, takenOneByOne } from "./log_lines.ts";
import type { Metrics } from "./metrics.ts";
import { countingLog } from "./metrics_log.ts";
import { readProcess } from "./metrics_state.ts";
import { Observation } from "./observation.ts";
import { profileFor } from "./profile_file.ts";
import type { Profile } from "./profiles.ts";
import { Reachability } from "./reachability.ts";
import { openRedis, ping as pingRedis } from "./redis.ts";
import type { RedisClient } from "./script.ts";
import { loadSettings, type Settings } from "./settings.ts";
import { describeSettings, secretsOf } from "./settings_print.ts";
import { onStopSignals } from "./shutdown.ts";
import { SqlServerSource } from "./source.ts";
import { openSourcePool, type SourcePool } from "./source_pool.ts";
import ping from "./sql/ping.sql" with { type: "text" };
import { Tally } from "./tally.ts";
import { startTracing } from "./tracing.ts";

export interface Services {
  settings: Settings;
  log: Log;
  redis: RedisClient;
  source: SqlServerSource;
  pool: SourcePool;
  profile: Profile;
  journal: MongoJournal;
  /** This process's name among its like: host, process id and a random part. */
  name: string;
  /** Aborts when the process shall end. */
  signal: AbortSignal;
  /** Counts, times and traces what is done for a type. */
  observe(type: DocumentType): Observation;
  /** Null where no HEALTH_PORT is set. */
  health: Health | null;
}

/** Runs a process: reads settings, opens clients, works until it is done, closes everything and exits. */
export async function runProcess(role: string, work: (services: Services) => Promise<void>): Promise<never> {
  const { settings, profile } = await settingsOrExit();
  const metrics = settings.health.port === undefined ? null : await openMetrics();
  const plainLog = createLog({
    ...settings.log,
    process: role,
    secrets: secretsOf(settings),
    ...(takenOneByOne((variable) => Deno.env.get(variable)) ? {} : { write: joinedLines(console.log) }),
  });
  const log = metrics ? countingLog(plainLog, metrics) : plainLog;
  const name = `${hostName()}-${Deno.pid}-${crypto.randomUUID().slice(0, 4)}`;
  log.event("process.started", { worker: name });
  log.event("settings.loaded", { text: describeSettings(settings) });
  const signal = onStopSignals(log, systemClock);
  const redis = await openRedis(settings.redis, log);
  const pool = openSourcePool(settings.mssql);
  const journal = new MongoJournal({ ...settings.mongo, clock: systemClock, log });
  const source = new SqlServerSource(() => pool.get(), profile);
  const clients = { settings, log, redis: redis.client, source, pool, profile, journal, name, signal };
  const health = metrics ? openHealth(metrics, clients) : null;
  const tally = new Tally(() => journal.database(), systemClock, name);
  const onlookers = { metrics, tracing: startTracing(role), tally, clock: systemClock };
  const tallying = tally.keep(signal);
  await work({ ...clients, health, observe: (type) => new Observation(type, onlookers) });
  await tallying;
  await tally.write();
  await journal.close();
  await pool.close();
  redis.close();
  const askedAtMs = typeof signal.reason === "number" ? signal.reason : systemClock.now();
  log.event("process.stopped", { ms: systemClock.now() - askedAtMs, exit_code: 0 });
  Deno.exit(0);
}

/** Loaded only where there is a health page: the library takes its time and memory. */
async function openMetrics(): Promise<Metrics> {
  const { Metrics } = await import("./metrics.ts");
  return new Metrics();
}

type Clients = Omit<Services, "observe" | "health">;

function openHealth(metrics: Metrics, { settings, redis, pool, log, signal }: Clients): Health {
  const { host, port = 0 } = settings.health;
  const asks = {
    redis: () => pingRedis(redis, settings.redis),
    sqlserver: async () => await (await pool.get()).request().query(ping),
  };
  const reachability = new Reachability(asks, { clock: systemClock, metrics });
  reachability.keep(signal);
  readProcess(metrics, systemClock, signal);
  const health = new Health({ host, port, metrics, reachability, clock: systemClock, log, signal });
  health.listen();
  return health;
}

async function settingsOrExit(): Promise<{ settings: Settings; profile: Profile }> {
  try {
    const settings = await loadSettings();
    return { settings, profile: profileFor(settings.source.profile) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
