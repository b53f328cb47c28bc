// The settings: every problem that keeps them from being used, or, once they can be, what in them is unsafe. After shared/settings.ts has read them.
import { isIP } from "node:net";
import type { SettingsError } from "../../errors.ts";
import type { Settings } from "../../settings.ts";
import { type DoctorFinding, sayer } from "./finding.ts";

const say = sayer("settings");

/** One finding for each problem. */
export function settingsProblems(error: SettingsError): DoctorFinding[] {
  return error.problems.map(({ name, rule, shown }) =>
    say("error", "setting_wrong", {
      subject: name,
      en: `${name}${shown === undefined ? "" : `=${shown}`} ${rule}`,
      vi: `Cấu hình ${name} sai hoặc thiếu`,
      cure: "Correct it in the environment or in .env; .env.example explains every setting.",
    })
  );
}

/** What the settings allow and should not. `problems`: CA files that cannot be read (see `readAuthorities`). */
export function checkSettings(settings: Settings, problems: readonly AuthorityProblem[]): DoctorFinding[] {
  const found = [
    ...authorities(problems),
    ...sqlEncryption(settings),
    ...partnerEncryption(settings),
    ...redisSafety(settings),
  ];
  return [
    say("ok", "settings", {
      en:
        `All settings can be used: profile ${settings.source.profile}, partner dialect ${settings.partner.dialect}, key prefix ${settings.redis.keyPrefix}`,
      vi: "Cấu hình hợp lệ",
    }),
    ...found,
  ];
}

export interface AuthorityProblem {
  setting: string;
  path: string;
  message: string;
}

/** The CA files of the settings that are not there or hold no certificate. */
export async function readAuthorities({ mssql, redis, partner }: Settings): Promise<AuthorityProblem[]> {
  const files: [string, string | undefined][] = [
    ["MSSQL_CA_FILE", mssql.caFile],
    ["REDIS_CA_FILE", redis.caFile],
    ["API_CA_FILE", partner.caFile],
  ];
  const found = await Promise.all(files.map(async ([setting, path]): Promise<AuthorityProblem[]> => {
    if (path === undefined) return [];
    try {
      const text = await Deno.readTextFile(path);
      if (text.includes("-----BEGIN CERTIFICATE-----")) return [];
      return [{ setting, path, message: "holds no certificate in PEM form" }];
    } catch (error) {
      return [{ setting, path, message: error instanceof Error ? error.message : String(error) }];
    }
  }));
  return found.flat();
}

function authorities(problems: readonly AuthorityProblem[]): DoctorFinding[] {
  return problems.map(({ setting, path, message }) =>
    say("error", "authority_unusable", {
      subject: setting,
      en: `${setting}=${path}: ${message}`,
      vi: `Không dùng được tệp chứng chỉ ${setting}`,
      cure: "Name a PEM file that this user may read.",
    })
  );
}

function sqlEncryption({ mssql }: Settings): DoctorFinding[] {
  const severity = exposure([mssql.server]);
  if (severity === null) return [];
  if (!mssql.encrypt) {
    return [say(severity, "sqlserver_unencrypted", {
      subject: "MSSQL_ENCRYPT",
      en: `Documents and the password travel to SQL Server at ${mssql.server} unencrypted`,
      vi: "Kết nối SQL Server không mã hóa",
      cure: "Set MSSQL_ENCRYPT=true, and MSSQL_CA_FILE where the server's certificate is its own.",
    })];
  }
  if (!mssql.trustServerCertificate) return [];
  return [say(severity, "sqlserver_certificate_unchecked", {
    subject: "MSSQL_TRUST_SERVER_CERTIFICATE",
    en:
      `Any certificate is accepted from SQL Server at ${mssql.server}: somebody in between could read along`,
    vi: "Không kiểm tra chứng chỉ của SQL Server",
    cure: "Set MSSQL_TRUST_SERVER_CERTIFICATE=false and MSSQL_CA_FILE to the authority of its certificate.",
  })];
}

function partnerEncryption({ partner }: Settings): DoctorFinding[] {
  const { protocol, hostname } = new URL(partner.baseUrl);
  const severity = exposure([hostname]);
  if (protocol === "https:" || severity === null) return [];
  return [say(severity, "partner_unencrypted", {
    subject: "API_BASE_URL",
    en: `Documents and passwords travel to the partner at ${hostname} unencrypted (http)`,
    vi: "Kết nối tới Dược Quốc gia không mã hóa (http)",
    cure: "Use the partner's https address in API_BASE_URL.",
  })];
}

function redisSafety({ redis }: Settings): DoctorFinding[] {
  const hosts = redis.kind === "single" ? [redis.host] : hostsOf(redis);
  const severity = exposure(hosts);
  if (severity === null) return [];
  const found: DoctorFinding[] = [];
  if (!redis.tls) {
    found.push(say(severity, "redis_unencrypted", {
      subject: "REDIS_TLS",
      en: `Documents and tokens travel to Redis at ${hosts.join(", ")} unencrypted`,
      vi: "Kết nối Redis không mã hóa",
      cure: "Set REDIS_TLS=true (or rediss:// in REDIS_URL), unless the network between is your own.",
    }));
  }
  if (redis.password === undefined) {
    found.push(say(severity, "redis_without_password", {
      subject: "REDIS_PASSWORD",
      en: `Redis at ${hosts.join(", ")} is used without a password`,
      vi: "Redis không đặt mật khẩu",
      cure: "Set a password (or an ACL user) in redis.conf, and REDIS_PASSWORD.",
    }));
  }
  return found;
}

function hostsOf(redis: Exclude<Settings["redis"], { kind: "single" }>): string[] {
  const nodes = redis.kind === "cluster" ? redis.nodes : redis.sentinels;
  return nodes.map(({ host }) => host);
}

/** How bad it is to speak to these hosts in the clear: not at all on this machine (null), less in a network of one's own. */
function exposure(hosts: readonly string[]): "info" | "warning" | null {
  if (hosts.every(isLocal)) return null;
  return hosts.every((host) => isLocal(host) || isNear(host)) ? "info" : "warning";
}

function isLocal(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" ||
    (isIP(host) === 4 && host.startsWith("127."));
}

/** A private address, or a name without dots: a machine or container beside this one. */
function isNear(host: string): boolean {
  if (isIP(host) === 0) return !host.includes(".");
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/i.test(host);
}
