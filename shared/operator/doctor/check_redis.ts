// Redis as a keeper of streams: its version, that it evicts nothing, that it keeps its data, that it has room. Pure, over the facts of read_redis.ts.
import { type DoctorFinding, sayer } from "./finding.ts";
import type { RedisFacts } from "./read_redis.ts";

const say = sayer("redis");

/** What the scripts in shared/lua need (design, section 2). */
const versionMin = [6, 2] as const;
/** From so much of maxmemory on, a backlog may fill it. */
const memoryHighShare = 0.9;

/** Where the server was found by: a master of a cluster, or one that sentinels name, is there for its replicas. */
export type RedisKind = "single" | "cluster" | "sentinel";

/** About one server. `several`: there are more of them, so each finding names its own. */
export function checkRedis(facts: RedisFacts, kind: RedisKind, several: boolean): DoctorFinding[] {
  if (facts.missingRights.includes("info")) return rights(facts);
  const found = [
    ...rights(facts),
    version(facts),
    eviction(facts),
    ...persistence(facts),
    ...memory(facts),
    ...role(facts),
    ...(kind === "single" ? [] : replicas(facts)),
  ];
  return several ? found.map((finding) => ({ ...finding, subject: facts.node })) : found;
}

function version({ node, version }: RedisFacts): DoctorFinding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1])) {
    return say("ok", "version", { en: `Redis ${version} answers at ${node}`, vi: `Redis ${version}` });
  }
  return say("error", "version_old", {
    subject: node,
    en: `Redis ${version} is too old: ${versionMin.join(".")} or later is needed`,
    vi: `Redis ${version} quá cũ: cần bản ${versionMin.join(".")} trở lên`,
    cure: "Update it; Debian 12 has 7.0.",
    run: "apt-get install redis-server",
  });
}

function eviction({ node, evictionPolicy, evictedKeys }: RedisFacts): DoctorFinding {
  if (evictionPolicy === "noeviction") {
    return say("ok", "eviction_policy", {
      en: "maxmemory-policy is noeviction",
      vi: "maxmemory-policy là noeviction",
    });
  }
  const evicted = evictedKeys > 0 ? `; ${evictedKeys} keys have been evicted already` : "";
  return say("error", "eviction_policy", {
    subject: node,
    en:
      `maxmemory-policy is ${evictionPolicy}: Redis may throw away entries, receipts and tokens when memory is short${evicted}`,
    vi: `maxmemory-policy là ${evictionPolicy}: Redis có thể xóa dữ liệu hàng đợi khi thiếu bộ nhớ`,
    cure: "Set noeviction, also in redis.conf. A Redis that is a cache for others should not be shared.",
    run: "redis-cli CONFIG SET maxmemory-policy noeviction && redis-cli CONFIG REWRITE",
  });
}

function persistence({ node, appendOnly, savesWell }: RedisFacts): DoctorFinding[] {
  const found: DoctorFinding[] = [];
  if (!savesWell) {
    found.push(say("error", "save_failing", {
      subject: node,
      en: "Redis cannot write to its disk, and may refuse every change until it can",
      vi: "Redis không ghi được xuống đĩa và có thể từ chối mọi thay đổi",
      cure: "Look at its log, and at free space and rights of its directory.",
      run: "redis-cli INFO persistence; df -h",
    }));
  }
  found.push(
    appendOnly
      ? say("ok", "persistence", { en: "appendonly is on", vi: "appendonly đang bật" })
      : say("warning", "persistence_off", {
        subject: node,
        en:
          "appendonly is off: after a crash of Redis, the documents in flight are found again by a scan, and those that were just accepted are sent once more",
        vi: "appendonly đang tắt: Redis chết thì các chứng từ đang gửi phải quét và gửi lại",
        cure: "Turn it on, also in redis.conf.",
        run: "redis-cli CONFIG SET appendonly yes && redis-cli CONFIG REWRITE",
      }),
  );
  return found;
}

function memory({ node, memoryMax, memoryUsed }: RedisFacts): DoctorFinding[] {
  if (memoryMax === 0) {
    return [say("info", "memory_unlimited", {
      en: `Redis uses ${megabytes(memoryUsed)} and has no limit (maxmemory 0)`,
      vi: `Redis đang dùng ${megabytes(memoryUsed)}, không đặt giới hạn`,
    })];
  }
  const used = `${megabytes(memoryUsed)} of ${megabytes(memoryMax)}`;
  if (memoryUsed < memoryMax * memoryHighShare) {
    return [say("ok", "memory", { en: `Redis uses ${used}`, vi: `Redis đang dùng ${used}` })];
  }
  return [say("warning", "memory_high", {
    subject: node,
    en: `Redis uses ${used}: when it is full, nothing is enqueued`,
    vi: `Redis gần đầy bộ nhớ (${used}): đầy thì không nhận thêm chứng từ`,
    cure: "Give it more memory, or lower MAX_BACKLOG.",
    run: "redis-cli --bigkeys",
  })];
}

function role({ node, role }: RedisFacts): DoctorFinding[] {
  if (role === "master") return [];
  return [say("error", "replica", {
    subject: node,
    en: `Redis at ${node} is a replica: it takes no writes`,
    vi: `Redis ${node} là bản sao, không ghi được`,
    cure: "Name the master in the settings, or the sentinels, which know it (REDIS_SENTINELS).",
  })];
}

function rights({ node, missingRights }: RedisFacts): DoctorFinding[] {
  if (missingRights.length === 0) return [];
  const commands = missingRights.map((right) => right.replace("|", " ").toUpperCase()).join(", ");
  return [say("error", "rights_missing", {
    subject: node,
    en: `The user of Redis at ${node} may not use ${commands} on keys of Hermes`,
    vi: `Người dùng Redis thiếu quyền: ${commands}`,
    cure:
      "Give it the rights of deploy/redis.acl (docs/redis.md); its key pattern must fit REDIS_KEY_PREFIX.",
    run: `redis-cli ACL SETUSER USER ${missingRights.map((right) => `+${right}`).join(" ")}`,
  })];
}

function replicas({ node, replicas }: RedisFacts): DoctorFinding[] {
  if (replicas > 0) {
    return [say("ok", "replicas", {
      en: `${node} has ${replicas === 1 ? "a replica" : `${replicas} replicas`}`,
      vi: `${node} có ${replicas} bản sao`,
    })];
  }
  return [say("warning", "replicas_none", {
    subject: node,
    en: `${node} has no replica: when it dies, nothing takes over, and delivery stands still`,
    vi: `${node} không có bản sao: khi máy này hỏng, việc gửi sẽ dừng`,
    cure: "Start a replica of it, or find out why the one it had is gone.",
    run: "redis-cli INFO replication",
  })];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
