// The doctor: looks at everything that Hermes needs, says what is wrong and what cures it. Checks are pure functions over facts that thin readers
// gather; one that cannot run says so and does not stop the others. What `hermes doctor` prints.
// @ts-types="@types/mssql"
import type sql from "mssql";
import type { MongoClient } from "mongodb";
import type { Clock } from "../../clock.ts";
import { systemClock } from "../../clock.ts";
import { nationalDialect } from "../../dialects.ts";
import { describeError, type SettingsError } from "../../errors.ts";
import { HttpPartner } from "../../partner.ts";
import { type Profile, profiles } from "../../profiles.ts";
import type { RedisClient } from "../../script.ts";
import type { Settings } from "../../settings.ts";
import { SqlServerSource } from "../../source.ts";
import { checkFlow } from "./check_flow.ts";
import { checkLogins, checkPartner } from "./check_partner.ts";
import { checkRedis } from "./check_redis.ts";
import { checkSettings, readAuthorities, settingsProblems } from "./check_settings.ts";
import { checkAccounts, checkServer } from "./check_sqlserver.ts";
import { checkTable } from "./check_tables.ts";
import { checkClocks } from "./clocks.ts";
import { within } from "./deadline.ts";
import { expectedTables } from "./expected.ts";
import { type Area, type DoctorFinding, exitCodeOf, sayer, sorted } from "./finding.ts";
import { tryLogins } from "./logins.ts";
import { checkMongo, readMongo } from "./mongodb.ts";
import { type Clients, closeClients, openClients } from "./open.ts";
import { readClocks } from "./read_clocks.ts";
import { readFlow } from "./read_flow.ts";
import { type PartnerFacts, readPartner } from "./read_partner.ts";
import { readRedis } from "./read_redis.ts";
import { readAccounts, readServer, readTable } from "./read_sqlserver.ts";
import { servicesOf } from "./services.ts";
import { type Opened, type ServiceWords, unreachable } from "./trouble.ts";
