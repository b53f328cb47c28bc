// Opens what the operator's functions need, for the processes that serve an operator: `hermes` and the console.
import { type Db, MongoClient } from "mongodb";
import type { Clock } from "../clock.ts";
import { MongoJournal } from "../journal.ts";
import type { Log } from "../log.ts";
import { profileFor } from "../profile_file.ts";
import type { Profile } from "../profiles.ts";
import { openRedis } from "../redis.ts";
import type { Settings } from "../settings.ts";
import { SqlServerSource } from "../source.ts";
import { openSourcePool } from "../source_pool.ts";
import { Operator } from "./operator.ts";

/** How long finding MongoDB, connecting to it, and each of its answers may take, ms. */
const mongoConnectMs = 2_000;
const mongoAnswerMs = 10_000;

export interface OpenOptions {
  settings: Settings;
  log: Log;
  clock: Clock;
  /** Who acts, for `operator_actions`: `user@host`. */
  who: string;
}

/** An operator with its clients, and what closes them. Services that are away do not keep it from opening. */
export async function openOperator(
  options: OpenOptions,
): Promise<{ operator: Operator; database: Db; close(): Promise<void> }> {
  const { settings, log, clock } = options;
  const profile = profileOf(settings);
  const redis = await openRedis(settings.redis, log);
  const pool = openSourcePool(settings.mssql);
  const mongo = new MongoClient(settings.mongo.uri, {
    appName: "hermes-operator",
    serverSelectionTimeoutMS: mongoConnectMs,
    connectTimeoutMS: mongoConnectMs,
    socketTimeoutMS: mongoAnswerMs,
    maxPoolSize: 4,
  });
  const journal = new MongoJournal({ ...settings.mongo, clock, log });
  const database = mongo.db(settings.mongo.dbName);
  const operator = new Operator({
    ...options,
    profile,
    redis: redis.client,
    pool: () => pool.get(),
    source: new SqlServerSource(() => pool.get(), profile),
    mongo: database,
    journal,
  });
  return {
    operator,
    database,
    async close() {
      redis.close();
      await Promise.allSettled([journal.close(), pool.close(), mongo.close()]);
    },
  };
}

/** Throws SettingsError for a profile that is not known, or a file that is not right. */
export function profileOf(settings: Settings): Profile {
  return profileFor(settings.source.profile);
}
