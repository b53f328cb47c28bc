// Exit codes of `hermes`, and what an error becomes: one clear sentence, and a code that scripts can use.
import { describeError, SettingsError, SourceError } from "../shared/errors.ts";
import type { ServiceName } from "../shared/operator/types.ts";
import { reasonOf } from "../shared/operator/troubles.ts";
import type { Settings } from "../shared/settings.ts";

/** 0 everything is in order; 1 trouble was found, or what was asked for was not; 2 wrong use or settings; 3 a service is away. */
export const exits = { fine: 0, trouble: 1, usage: 2, away: 3 } as const;

/** What the command is called in its own messages. */
const program = "hermes";

/** The command line is wrong: the message says what, and the rule. */
export class UsageError extends Error {
  /** Command whose help shall be pointed to. */
  readonly command: string;

  constructor(message: string, command = "") {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}

/** What is written to standard error, and the exit code. `settings` are there once they are read. */
export function explain(error: unknown, settings: Settings | null): { text: string; code: number } {
  if (error instanceof UsageError) {
    return {
      text: `${program}: ${error.message}\nTry: ${
        [program, error.command, "--help"].filter(Boolean).join(" ")
      }`,
      code: exits.usage,
    };
  }
  if (error instanceof SettingsError) return { text: error.message, code: exits.usage };
  const service = serviceAway(error);
  const { message } = describeError(error);
  if (service === null) return { text: `${program}: ${message}`, code: exits.trouble };
  return { text: awayText(service, settings, reasonOf(error)), code: exits.away };
}

/** One sentence about a service that cannot be reached. */
export function awayText(service: ServiceName, settings: Settings | null, why: string): string {
  const names: Record<ServiceName, string> = { sqlserver: "SQL Server", redis: "Redis", mongodb: "MongoDB" };
  const where = settings === null ? "" : ` (${addressOf(service, settings)})`;
  return `${names[service]}${where} cannot be reached: ${why.replace(/^SQL Server, /, "")}`;
}

function addressOf(service: ServiceName, { mssql, redis, mongo }: Settings): string {
  switch (service) {
    case "sqlserver":
      return `${mssql.server}:${mssql.port}, database ${mssql.database}`;
    case "redis":
      if (redis.kind === "single") return `${redis.host}:${redis.port}`;
      return (redis.kind === "cluster" ? redis.nodes : redis.sentinels)
        .map(({ host, port }) => `${host}:${port}`).join(", ");
    case "mongodb":
      return mongo.uri.replace(/^\w[\w+]*:\/\/(?:[^@/]*@)?/, "").replace(/[/?].*$/, "");
  }
}

/** Which service an error says is away; null for an error of another kind. */
function serviceAway(error: unknown): ServiceName | null {
  if (error instanceof SourceError) return error.passing ? "sqlserver" : null;
  if (!(error instanceof Error)) return null;
  if (/^Mongo(Network|ServerSelection|Topology|PoolCleared)/.test(error.name)) return "mongodb";
  const text = `${error.name} ${error.message}`;
  return /enableOfflineQueue|Connection is closed|Command timed out|ClusterAllFailed|MaxRetries|LOADING|NOAUTH|WRONGPASS/
      .test(text)
    ? "redis"
    : null;
}
