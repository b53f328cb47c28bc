// Why a service could not be asked, read from what a driver threw: the cure of a wrong password is not that of a firewall.
import { describeError } from "../../errors.ts";
import { type Area, type DoctorFinding, sayer } from "./finding.ts";

export type TroubleKind =
  | "unknown_host"
  | "refused"
  | "no_answer"
  | "certificate"
  | "no_encryption"
  | "login"
  | "database"
  | "other";

export interface Trouble {
  kind: TroubleKind;
  /** The error in one line, without secrets. */
  message: string;
}

/** Something that was opened, or why it was not. */
export type Opened<T> = { client: T } | { trouble: Trouble };

/** A service, as its findings speak of it. */
export interface ServiceWords {
  area: Area;
  name: string;
  /** host:port, without user and password. */
  address: string;
  /** The settings that say where it is, and who logs in. */
  whereSettings: string;
  loginSettings: string;
  tlsSettings: string;
  /** What its absence means. */
  means: { en: string; vi: string };
}

const patterns: readonly [TroubleKind, RegExp][] = [
  [
    "no_encryption",
    /EENCRYPT|did not negotiate encryption|WRONG_VERSION_NUMBER|InvalidContentType|packet length too long/i,
  ],
  [
    "certificate",
    /CERT|SELF_SIGNED|self[- ]signed|UNABLE_TO_VERIFY|ALTNAME|UnknownIssuer|NotValidForName|CaUsedAsEndEntity|not match certificate/i,
  ],
  ["database", /\b4060\b|Cannot open database|NoSuchDatabase/i],
  [
    "login",
    /ELOGIN|\b18456\b|Login failed|WRONGPASS|NOAUTH|NOPERM|AuthenticationFailed|Authentication failed|requires authentication|not authorized/i,
  ],
  ["unknown_host", /ENOTFOUND|EAI_AGAIN|EAI_NONAME|getaddrinfo/i],
  [
    "no_answer",
    /ETIMEOUT|ETIMEDOUT|timed? ?out|no answer within|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|EHOSTUNREACH|ENETUNREACH/i,
  ],
  [
    "refused",
    /ECONNREFUSED|ECONNRESET|EPIPE|Could not connect|Connection is closed|socket hang up|other side closed|UND_ERR_SOCKET/i,
  ],
];

/** What kind of trouble an error is. Never throws. */
export function troubleOf(error: unknown): Trouble {
  const { message, code = "" } = describeError(error);
  const text = `${namesOf(error)} ${code} ${message}`;
  const kind = patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
  return { kind, message };
}

/** Names and codes of an error and its causes, which say more than its words. */
function namesOf(error: unknown, depth = 0): string {
  if (typeof error !== "object" || error === null || depth > 4) return "";
  const own = ["name", "code", "codeName"].map((field) => Reflect.get(error, field));
  const inner = ["cause", "originalError", "reason"].map((field) =>
    namesOf(Reflect.get(error, field), depth + 1)
  );
  return [...own.filter((word) => typeof word === "string"), ...inner].join(" ");
}

/** The finding that a service cannot be used. */
export function unreachable(service: ServiceWords, { kind, message }: Trouble): DoctorFinding {
  const { name, address, means } = service;
  const { en, vi, cure, run } = words[kind](service);
  return sayer(service.area)("error", kind === "other" ? "unreachable" : `unreachable_${kind}`, {
    subject: address,
    en: `${name} at ${address}: ${en}: ${message}. ${means.en}`,
    vi: `${name} (${address}): ${vi}. ${means.vi}`,
    cure,
    ...(run === undefined ? {} : { run }),
  });
}

interface Advice {
  en: string;
  vi: string;
  cure: string;
  run?: string;
}

function probe(address: string): string {
  return `nc -vz ${address.replace(/:(\d+)$/, " $1")}`;
}

const words: Record<TroubleKind, (service: ServiceWords) => Advice> = {
  unknown_host: ({ whereSettings }) => ({
    en: "no host has this name",
    vi: "không có máy nào tên như vậy",
    cure: `Correct ${whereSettings}, or let the name be known to DNS.`,
  }),
  refused: ({ address, whereSettings }) => ({
    en: "nobody listens there, or the connection is cut at once",
    vi: "không có dịch vụ nào chạy ở địa chỉ này",
    cure: `Start the service, or correct ${whereSettings}.`,
    run: probe(address),
  }),
  no_answer: ({ address, whereSettings }) => ({
    en: "no answer",
    vi: "không trả lời",
    cure: `Look whether the machine runs and a firewall lets this one in; else correct ${whereSettings}.`,
    run: probe(address),
  }),
  certificate: ({ tlsSettings }) => ({
    en: "its certificate is not accepted",
    vi: "chứng chỉ TLS không được chấp nhận",
    cure: `Name the authority that signed it: ${tlsSettings}.`,
  }),
  no_encryption: ({ tlsSettings }) => ({
    en: "it does not speak TLS",
    vi: "dịch vụ không dùng TLS",
    cure: `Turn TLS on at the server, or correct ${tlsSettings}.`,
  }),
  login: ({ loginSettings }) => ({
    en: "the login is refused",
    vi: "sai tài khoản hoặc mật khẩu",
    cure: `Correct ${loginSettings}, or the rights of that user.`,
  }),
  database: ({ whereSettings }) => ({
    en: "the login is right, but the database cannot be opened",
    vi: "đăng nhập được nhưng không mở được cơ sở dữ liệu",
    cure: `Correct ${whereSettings}, or let the login use the database.`,
  }),
  other: ({ whereSettings }) => ({
    en: "it cannot be used",
    vi: "không dùng được",
    cure: `Look at the log of the service, and at ${whereSettings}.`,
  }),
};
