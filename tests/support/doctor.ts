// A small world for the doctor's tests: SQL Server, Redis, MongoDB and the partner of one test, each as healthy or as ill as the test wants, and
// the findings of an examination by area and name.
import { assert } from "@std/assert";
import { Redis } from "ioredis";
import { type Db, MongoClient } from "mongodb";
// @ts-types="@types/mssql"
import type sql from "mssql";
import { type MongoServer, startMongo } from "../../dev/mongodb/server.ts";
import { type Partner, startPartner } from "../../dev/partner/partner.ts";
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { type SqlServer, startSqlServer } from "../../dev/sqlserver/server.ts";
import type { SettingsError } from "../../shared/errors.ts";
import type { DoctorFinding, Severity } from "../../shared/operator/doctor/finding.ts";
import { type DoctorOptions, type Examination, runDoctor } from "../../shared/operator/doctor/mod.ts";
import { readSettings, type Settings } from "../../shared/settings.ts";
import schemaSql from "../../shared/sql/schema.national.sql" with { type: "text" };
import { type RedisServer, startRedis } from "./redis.ts";
import { password, withPool } from "./sqlserver.ts";

export interface Illness {
  /** Text of the schema script → what stands there instead. */
  schema?: readonly (readonly [string, string])[];
  /** Further arguments of redis-server. */
  redis?: readonly string[];
  /** Account → password at the partner. */
  accounts?: Readonly<Record<string, string>>;
}

/** What an examination found, to be asked. */
export class Found {
  readonly examination: Examination;

  constructor(examination: Examination) {
    this.examination = examination;
  }

  /** The findings of that name, and of that subject if one is given. */
  all(name: string, subject?: string): DoctorFinding[] {
    return this.examination.findings.filter((each) =>
      `${each.area}.${each.name}` === name && (subject === undefined || each.subject === subject)
    );
  }

  /** The one finding of that name and severity, and subject if one is given; fails with all findings when there is none. */
  assertOne(name: string, severity: Severity, subject?: string): DoctorFinding {
    const found = this.all(name, subject).find((each) => each.severity === severity);
    assert(found, `no ${severity} ${name} ${subject ?? ""} among\n${this.#text()}`);
    if (severity !== "ok" && severity !== "info") {
      assert(found.cure, `${name} has no cure`);
      assert(found.vi !== "", `${name} has no Vietnamese`);
    }
    return found;
  }

  /** Fails when there is a warning or an error of those areas. */
  assertWell(...areas: DoctorFinding["area"][]): void {
    const ill = this.examination.findings.filter(({ area, severity }) =>
      areas.includes(area) && (severity === "error" || severity === "warning")
    );
    assert(ill.length === 0, `not well:\n${this.#text()}`);
  }

  #text(): string {
    return this.examination.findings.map(({ area, name, severity, en }) =>
      `  ${severity} ${area}.${name}: ${en}`
    ).join("\n");
  }
}

/** The services of one test. */
export class Ward implements AsyncDisposable {
  readonly sqlserver: SqlServer;
  readonly redisServer: RedisServer;
  readonly mongodb: MongoServer;
  readonly partner: Partner;
  readonly redis: Redis;
  readonly #mongo: MongoClient;

  constructor(parts: Pick<Ward, "sqlserver" | "redisServer" | "mongodb" | "partner">) {
    this.sqlserver = parts.sqlserver;
    this.redisServer = parts.redisServer;
    this.mongodb = parts.mongodb;
    this.partner = parts.partner;
    this.redis = new Redis(parts.redisServer.url, { maxRetriesPerRequest: 1 });
    this.redis.on("error", () => {}); // a test may stop the server
    this.#mongo = new MongoClient(parts.mongodb.uri, { serverSelectionTimeoutMS: 2_000 });
  }

  get mongo(): Db {
    return this.#mongo.db("hermes");
  }

  /** The settings of this world, some of them changed; undefined takes one away. */
  settings(changes: Readonly<Record<string, string | undefined>> = {}): Settings {
    return readSettings({ ...this.env, ...changes });
  }

  get env(): Record<string, string> {
    return {
      MSSQL_SERVER: "127.0.0.1",
      MSSQL_PORT: String(this.sqlserver.port),
      MSSQL_DATABASE: "hermes",
      MSSQL_USER: "sa",
      MSSQL_PASSWORD: password,
      MSSQL_ENCRYPT: "false",
      REDIS_URL: this.redisServer.url,
      MONGO_URI: this.mongodb.uri,
      API_BASE_URL: this.partner.url,
      API_USERNAME: "hermes",
      API_PASSWORD: "hermes",
    };
  }

  /** Runs T-SQL, a batch at a time. */
  async sql(script: string): Promise<void> {
    const config = {
      server: "127.0.0.1",
      port: this.sqlserver.port,
      user: "sa",
      password,
      database: "hermes",
      options: { encrypt: false, trustServerCertificate: true },
    };
    await withPool(config, async (pool: sql.ConnectionPool) => {
      for (const batch of splitBatches(script)) await pool.request().batch(batch);
    });
  }

  async examine(changes: Readonly<Record<string, string | undefined>> = {}, options: DoctorOptions = {}) {
    return await examined(this.settings(changes), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.redis.disconnect();
    await this.#mongo.close();
    await Promise.all([
      this.sqlserver.stop(),
      this.redisServer.stop(),
      this.mongodb.stop(),
      this.partner.stop(),
    ]);
  }
}

export async function examined(
  settings: Settings | SettingsError,
  options: DoctorOptions = {},
): Promise<Found> {
  return new Found(await runDoctor(settings, options));
}

/** Starts everything on free ports: well, but for what the test wants ill. */
async function openWard({ schema = [], redis = [], accounts }: Illness = {}): Promise<Ward> {
  const [sqlserver, redisServer, mongodb, partner] = await Promise.all([
    startSqlServer({ password, log: () => {} }),
    startRedis({ appendonly: true, extraArgs: [...redis] }),
    startMongo(),
    startPartner(accounts ? { accounts } : {}),
  ]);
  const ward = new Ward({ sqlserver, redisServer, mongodb, partner });
  let script = schemaSql;
  for (const [well, ill] of schema) {
    assert(script.includes(well), `the schema script has no ${well}`);
    script = script.replace(well, ill);
  }
  await ward.sql(script);
  return ward;
}

/** Runs a test in a world of its own. */
export async function inWard(illness: Illness, test: (ward: Ward) => Promise<void>): Promise<void> {
  await using ward = await openWard(illness);
  await test(ward);
}

/** A receipt that waits. */
export const receipt =
  `INSERT INTO PurchaseReceipts (local_receipt_id, pharmacy_code, shop_pharmacy_code, receipt_date, receipt_type, status)
VALUES ('PN-1', '01-0001', 'NT001', GETDATE(), 3, 'PENDING_SYNC')`;

/** A shop's account at the partner. */
export function account(shop: string, user: string, secret = "right"): string {
  return `INSERT INTO AccountShop (shop_pharmacy_code, pharmacy_code, account, password, status)
VALUES ('${shop}', '01-0001', '${user}', N'${secret}', 1)`;
}
