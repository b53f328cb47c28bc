// One function an area: gathers its facts with the readers, hands them to the checks. mod.ts runs them all at once.
import { dialects } from "../../dialects.ts";
import { HttpPartner } from "../../partner.ts";
import type { Profile } from "../../profiles.ts";
import { SqlServerSource } from "../../source.ts";
import { streamKeys } from "../../stream_keys.ts";
// @ts-types="@types/mssql"
import type sql from "mssql";
import { type Bench, guarded, leftOut } from "./bench.ts";
import { checkFlow } from "./check_flow.ts";
import { checkLogins, checkPartner } from "./check_partner.ts";
import { checkRedis } from "./check_redis.ts";
import { checkSettings, readAuthorities, settingsProblems } from "./check_settings.ts";
import { checkAccounts, checkServer } from "./check_sqlserver.ts";
import { checkTable } from "./check_tables.ts";
import { checkClocks } from "./clocks.ts";
import { checkConditions } from "./conditions.ts";
import { expectedTables } from "./expected.ts";
import type { DoctorFinding } from "./finding.ts";
import { loginsAtATime, tryLogins } from "./logins.ts";
import { checkMongo, readMongo } from "./mongodb.ts";
import { readClocks } from "./read_clocks.ts";
import { readFlow } from "./read_flow.ts";
import { readRedis } from "./read_redis.ts";
import { readAccounts, readServer, readTable } from "./read_sqlserver.ts";
import { unreachable } from "./trouble.ts";

/** How long each question to SQL Server's catalog may take, ms. */
const catalogMs = 5_000;
/** How long all logins may take together, ms, and one of them. */
export const loginsMs = 60_000;
const loginMs = 4_000;

export async function examineSettings({ settings, profileProblems }: Bench): Promise<DoctorFinding[]> {
  const found = checkSettings(settings, await readAuthorities(settings));
  return profileProblems ? [...settingsProblems(profileProblems), ...found] : found;
}

export async function examineSqlServer(bench: Bench): Promise<DoctorFinding[]> {
  const { clients, services, profile } = bench;
  const opened = await clients.sqlserver;
  if ("trouble" in opened) {
    return [
      unreachable(services.sqlserver, opened.trouble),
      leftOut("sqlserver", "version, tables, rights, indexes, accounts", "SQL Server cannot be asked"),
    ];
  }
  const pool = opened.client;
  const look = (what: string, check: () => Promise<DoctorFinding[]>) =>
    guarded({ area: "sqlserver", what, ms: catalogMs }, check);
  const found = await Promise.all([
    look("the server", async () => checkServer(await readServer(pool))),
    profile ? tables(pool, profile, look) : [],
    profile ? look("conditions", () => checkConditions(pool, profile)) : [],
    profile?.hasAccounts ? look("accounts", () => accounts(pool, profile, bench)) : [],
  ]);
  return found.flat();
}

type Look = (what: string, check: () => Promise<DoctorFinding[]>) => Promise<DoctorFinding[]>;

async function tables(pool: sql.ConnectionPool, profile: Profile, look: Look): Promise<DoctorFinding[]> {
  const user = await readServer(pool).then((server) => server.user, () => "user");
  const statusLength = Math.max(...Object.values(profile.statusValues).map((value) => value.length));
  const found = await Promise.all(
    expectedTables(profile).map((expected) =>
      look(`table ${expected.name}`, async () => {
        const facts = await readTable(pool, expected.name);
        return checkTable(expected, facts, { user, statusLength });
      })
    ),
  );
  return found.flat();
}

async function accounts(
  pool: sql.ConnectionPool,
  profile: Profile,
  { settings }: Bench,
): Promise<DoctorFinding[]> {
  return checkAccounts(await readAccounts(pool, profile), settings.partner.username !== undefined);
}

export async function examineRedis({ clients, services, settings }: Bench): Promise<DoctorFinding[]> {
  const opened = await clients.redis;
  if ("trouble" in opened) return [unreachable(services.redis, opened.trouble)];
  const { kind, keyPrefix } = settings.redis;
  const facts = await readRedis(
    opened.client,
    services.redis.address,
    streamKeys(keyPrefix, "hoa_don").stream,
  );
  return facts.flatMap((server) => checkRedis(server, kind, facts.length > 1));
}

export async function examineMongo({ clients, services, settings }: Bench): Promise<DoctorFinding[]> {
  const opened = await clients.mongodb;
  if ("trouble" in opened) return [unreachable(services.mongodb, opened.trouble)];
  const { dbName } = settings.mongo;
  return checkMongo(await readMongo(opened.client, dbName), dbName);
}

export async function examinePartner({ partner, services, clock }: Bench): Promise<DoctorFinding[]> {
  return checkPartner(await partner, services.partner, clock.now());
}

export async function examineLogins(bench: Bench): Promise<DoctorFinding[]> {
  const { clients, settings, partner, profile, clock } = bench;
  const dialect = dialects[settings.partner.dialect];
  if (dialect.login.kind === "basic") {
    return [leftOut("partner", "logins", "the gateway has no login call: a document's 401 tells")];
  }
  if ("trouble" in (await partner).answer) {
    return [leftOut("partner", "logins", "the partner cannot be asked")];
  }
  const opened = await clients.sqlserver;
  const { username, password } = settings.partner;
  const common = username !== undefined && password !== undefined ? { user: username, password } : null;
  const timeoutMs = Math.min(settings.partner.timeoutMs, loginMs);
  const options = {
    partner: new HttpPartner({ ...settings.partner, timeoutMs, connections: loginsAtATime }, dialect),
    common,
    nowMs: () => clock.now(),
    untilMs: clock.now() + loginsMs - 2 * loginMs,
  };
  if ("trouble" in opened || !profile) {
    const tried = await tryLogins([], { ...options, readAccount: () => Promise.resolve(null) });
    return [...checkLogins(tried), leftOut("partner", "logins of shops", "SQL Server cannot be asked")];
  }
  const pool = opened.client;
  const source = new SqlServerSource(() => Promise.resolve(pool), profile);
  const { shops } = profile.hasAccounts ? await readAccounts(pool, profile) : { shops: [] };
  const readAccount = (shop: string) => source.readAccount(shop);
  return checkLogins(await tryLogins(shops.map(({ shop }) => shop), { ...options, readAccount }));
}

export async function examineClocks({ clients, partner, clock }: Bench): Promise<DoctorFinding[]> {
  return checkClocks(await readClocks({ clients, partner, nowMs: () => clock.now() }));
}

export async function examineFlow({ clients, profile, settings, clock }: Bench): Promise<DoctorFinding[]> {
  const [redis, sqlserver] = await Promise.all([clients.redis, clients.sqlserver]);
  if ("trouble" in redis) return [leftOut("flow", "scheduler, workers, streams", "Redis cannot be asked")];
  if (!profile) return [leftOut("flow", "scheduler, workers, streams", "the profile cannot be used")];
  const pool = "client" in sqlserver
    ? () => Promise.resolve(sqlserver.client)
    : () => Promise.reject(new Error(sqlserver.trouble.message));
  return checkFlow(await readFlow({ redis: redis.client, pool, profile, settings, clock }));
}
