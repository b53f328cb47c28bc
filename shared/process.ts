// What every process of Hermes begins and ends with: settings, log, clients, signals. Entries (scheduler.ts, workers/*.ts) build on it.
import { systemClock } from "./clock.ts";
import { SettingsError } from "./errors.ts";
import { MongoJournal } from "./journal.ts";
import { createLog, type Log } from "./log.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import { openRedis } from "./redis.ts";
import type { RedisClient } from "./script.ts";
import { loadSettings, type Settings } from "./settings.ts";
import { describeSettings, secretsOf } from "./settings_print.ts";
import { onStopSignals } from "./shutdown.ts";
import { SqlServerSource } from "./source.ts";
import { openSourcePool } from "./source_pool.ts";

export interface Services {
  settings: Settings;
  log: Log;
  redis: RedisClient;
  source: SqlServerSource;
  journal: MongoJournal;
  /** This process's name among its like: host, process id and a random part. */
  name: string;
  /** Aborts when the process shall end. */
  signal: AbortSignal;
}

/** Runs a process: reads settings, opens clients, works until it is done, closes everything and exits. */
export async function runProcess(role: string, work: (services: Services) => Promise<void>): Promise<never> {
  const settings = await settingsOrExit();
  const log = createLog({ ...settings.log, process: role, secrets: secretsOf(settings) });
  const name = `${Deno.hostname()}-${Deno.pid}-${crypto.randomUUID().slice(0, 4)}`;
  log.event("process.started", { worker: name });
  log.event("settings.loaded", { text: describeSettings(settings) });
  const signal = onStopSignals(log, systemClock);
  const redis = await openRedis(settings.redis);
  const pool = openSourcePool(settings.mssql);
  const journal = new MongoJournal({ ...settings.mongo, clock: systemClock, log });
  const source = new SqlServerSource(() => pool.get(), profiles[profileName(settings)]);
  await work({ settings, log, redis: redis.client, source, journal, name, signal });
  await journal.close();
  await pool.close();
  redis.close();
  const askedAtMs = typeof signal.reason === "number" ? signal.reason : systemClock.now();
  log.event("process.stopped", { ms: systemClock.now() - askedAtMs, exit_code: 0 });
  Deno.exit(0);
}

async function settingsOrExit(): Promise<Settings> {
  try {
    return await loadSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

function profileName(settings: Settings): ProfileName {
  const { profile } = settings.source;
  if (profile in profiles) return "national";
  console.error(`SOURCE_PROFILE=${profile}: this version of Hermes has no such profile`);
  Deno.exit(2);
}
