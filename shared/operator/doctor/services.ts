// What the findings call the four services: their addresses and the settings that name them.
import type { Settings } from "../../settings.ts";
import type { ServiceWords } from "./trouble.ts";

export type Services = Record<"sqlserver" | "redis" | "mongodb" | "partner", ServiceWords>;

/** None of them holds a user or a password. */
export function servicesOf({ mssql, redis, mongo, partner }: Settings): Services {
  return {
    sqlserver: { ...sqlserver, address: `${mssql.server}:${mssql.port}` },
    redis: { ...redisServer, address: redisAddress(redis) },
    mongodb: { ...mongodb, address: mongoAddress(mongo.uri) },
    partner: { ...thePartner, address: addressOf(new URL(partner.baseUrl)) },
  };
}

type Words = Omit<ServiceWords, "address">;

const sqlserver: Words = {
  area: "sqlserver",
  name: "SQL Server",
  whereSettings: "MSSQL_SERVER, MSSQL_PORT and MSSQL_DATABASE",
  loginSettings: "MSSQL_USER and MSSQL_PASSWORD",
  tlsSettings: "MSSQL_CA_FILE, MSSQL_ENCRYPT",
  means: {
    en: "No new documents are found, and results wait to be written; nothing is lost.",
    vi: "Chứng từ mới chưa được quét, kết quả chờ ghi, không mất dữ liệu.",
  },
};

const redisServer: Words = {
  area: "redis",
  name: "Redis",
  whereSettings: "REDIS_URL, or REDIS_HOST and REDIS_PORT",
  loginSettings: "REDIS_USERNAME and REDIS_PASSWORD (or those in REDIS_URL)",
  tlsSettings: "REDIS_CA_FILE, REDIS_TLS (or rediss:// in REDIS_URL)",
  means: {
    en: "No document is sent; nothing is lost, SQL Server has them all.",
    vi: "Không gửi được chứng từ nào, không mất dữ liệu.",
  },
};

const mongodb: Words = {
  area: "mongodb",
  name: "MongoDB",
  whereSettings: "MONGO_URI",
  loginSettings: "the user and password in MONGO_URI",
  tlsSettings: "tls and tlsCAFile in MONGO_URI",
  means: {
    en: "Delivery goes on, without a journal.",
    vi: "Việc gửi vẫn chạy nhưng không có nhật ký.",
  },
};

const thePartner: Words = {
  area: "partner",
  name: "The partner",
  whereSettings: "API_BASE_URL",
  loginSettings: "API_USERNAME and API_PASSWORD",
  tlsSettings: "API_CA_FILE, or the scheme of API_BASE_URL",
  means: { en: "Documents wait; nothing is lost.", vi: "Chứng từ chờ, không mất dữ liệu." },
};

function redisAddress(redis: Settings["redis"]): string {
  switch (redis.kind) {
    case "single":
      return `${redis.host}:${redis.port}`;
    case "cluster":
      return redis.nodes.map(({ host, port }) => `${host}:${port}`).join(",");
    case "sentinel":
      return redis.sentinels.map(({ host, port }) => `${host}:${port}`).join(",");
  }
}

/** The hosts of a connection string, without what stands before the `@`. */
function mongoAddress(uri: string): string {
  return uri.replace(/^\w+(\+srv)?:\/\//, "").replace(/[/?].*$/, "").replace(/^.*@/, "");
}

function addressOf({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
