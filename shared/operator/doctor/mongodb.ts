// The journal's database: its version, that it can be written, and the indexes without which records double or never go. Reading on top, checking below.
import type { Db, MongoClient } from "mongodb";
import { type DoctorFinding, sayer } from "./finding.ts";

const say = sayer("mongodb");

/** The oldest server that the driver speaks to. */
const versionMin = [4, 4] as const;

export interface IndexOfJournal {
  key: Record<string, unknown>;
  unique: boolean;
  /** Null: no TTL. */
  expireSeconds: number | null;
}

export interface MongoFacts {
  version: string;
  writable: boolean;
  /** Null: the collection is not there yet. */
  tasks: IndexOfJournal[] | null;
  failures: IndexOfJournal[] | null;
}

/** Throws what the driver throws. */
export async function readMongo(client: MongoClient, dbName: string): Promise<MongoFacts> {
  const db = client.db(dbName);
  const [build, hello, tasks, failures] = await Promise.all([
    db.command({ buildInfo: 1 }),
    db.command({ hello: 1 }),
    indexesOf(db, "task_logs"),
    indexesOf(db, "sync_failures"),
  ]);
  return { version: String(build.version), writable: hello.isWritablePrimary === true, tasks, failures };
}

async function indexesOf(db: Db, collection: string): Promise<IndexOfJournal[] | null> {
  const there = await db.listCollections({ name: collection }, { nameOnly: true }).hasNext();
  if (!there) return null;
  const indexes = await db.collection(collection).listIndexes().toArray();
  return indexes.map(({ key, unique, expireAfterSeconds }) => ({
    key: { ...key },
    unique: unique === true,
    expireSeconds: expireAfterSeconds === undefined ? null : Number(expireAfterSeconds),
  }));
}

export function checkMongo(facts: MongoFacts, dbName: string): DoctorFinding[] {
  return [
    version(facts),
    ...(facts.writable ? [] : [notPrimary()]),
    ...collection("task_logs", facts.tasks, dbName),
    ...collection("sync_failures", facts.failures, dbName),
    ...timeToLive(facts.tasks, dbName),
  ];
}

function version({ version }: MongoFacts): DoctorFinding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1])) {
    return say("ok", "version", { en: `MongoDB ${version} answers`, vi: `MongoDB ${version}` });
  }
  return say("error", "version_old", {
    en: `MongoDB ${version} is too old: ${versionMin.join(".")} or later is needed`,
    vi: `MongoDB ${version} quá cũ: cần bản ${versionMin.join(".")} trở lên`,
    cure: "Update it. Delivery goes on meanwhile, without a journal.",
  });
}

function notPrimary(): DoctorFinding {
  return say("warning", "not_primary", {
    en: "The MongoDB that answers is not the primary: the journal cannot be written there",
    vi: "MongoDB đang kết nối không phải primary nên không ghi nhật ký được",
    cure: "Name the whole replica set in MONGO_URI (replicaSet=…).",
    run: "mongosh --eval 'rs.status()'",
  });
}

function collection(name: string, indexes: IndexOfJournal[] | null, dbName: string): DoctorFinding[] {
  if (indexes === null) {
    return [say("info", "collection_none", {
      subject: name,
      en: `Collection ${name} is not there yet: the first document that is sent or refused makes it`,
      vi: `Chưa có collection ${name}, sẽ tự tạo khi có chứng từ đầu tiên`,
    })];
  }
  const found = indexes.find(({ key }) => Object.keys(key).join() === "queue,task_id");
  if (found?.unique) {
    return [say("ok", "index_unique", {
      subject: name,
      en: `${name} has its unique index (queue, task_id)`,
      vi: `${name} có chỉ mục duy nhất (queue, task_id)`,
    })];
  }
  return [say("warning", "index_unique_missing", {
    subject: name,
    en: `${name} has no unique index (queue, task_id)${
      found ? ", only one that is not unique" : ""
    }: a delivery may be recorded twice, and every record reads the whole collection`,
    vi: `${name} thiếu chỉ mục duy nhất (queue, task_id): nhật ký có thể bị trùng và chậm`,
    cure: "Make the index; workers and scheduler do so too when they start.",
    run: mongosh(dbName, `db.${name}.createIndex({ queue: 1, task_id: 1 }, { unique: true })`),
  })];
}

function timeToLive(indexes: IndexOfJournal[] | null, dbName: string): DoctorFinding[] {
  if (indexes === null) return [];
  const found = indexes.find(({ expireSeconds }) => expireSeconds !== null);
  if (found) {
    const days = Math.round((found.expireSeconds ?? 0) / 86_400);
    return [say("ok", "index_ttl", {
      subject: "task_logs",
      en: `task_logs keeps a record for ${days} days`,
      vi: `task_logs giữ nhật ký ${days} ngày`,
    })];
  }
  return [say("warning", "index_ttl_missing", {
    subject: "task_logs",
    en: "task_logs has no TTL index: its records are never deleted, and the disk fills up",
    vi: "task_logs không có chỉ mục TTL: nhật ký không bao giờ bị xóa",
    cure: "Make the index; workers and scheduler do so too when they start.",
    run: mongosh(dbName, "db.task_logs.createIndex({ updated_at: 1 }, { expireAfterSeconds: 7776000 })"),
  })];
}

function mongosh(dbName: string, script: string): string {
  return `mongosh ${dbName} --eval '${script}'`;
}
