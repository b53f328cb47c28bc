// `hermes db init`: the profile's tables in an empty database, and made-up documents on request. What exists is left alone.
// @ts-types="@types/mssql"
import sql from "mssql";
import { type DocumentType, documentTypes } from "../shared/document.ts";
import { documentSpecs } from "../shared/documents/mod.ts";
import { SourceError } from "../shared/errors.ts";
import { profileOf } from "../shared/operator/open.ts";
import type { BuiltInProfile, Profile } from "../shared/profiles.ts";
import { SqlServerSource } from "../shared/source.ts";
import { openSourcePool } from "../shared/source_pool.ts";
import national from "../shared/sql/schema.national.sql" with { type: "text" };
import phieu from "../shared/sql/schema.phieu.sql" with { type: "text" };
import { type Command, type Context, noWords } from "./command.ts";
import { exits, UsageError } from "./exit.ts";
import { sampleStatements } from "./sample_statements.ts";
import { type SampleDocument, sampleDocuments } from "./samples.ts";

/** Samples in one statement. */
const batchMax = 200;

const schemas: Record<BuiltInProfile, string> = { national, phieu };

export const dbCommand: Command = {
  name: "db init",
  summary: "Make the profile's tables in an empty database, with sample documents on request",
  words: noWords,
  options: { sample: { value: "N", help: "Also write N made-up documents; only into empty tables" } },
  examples: [
    ["hermes db init", "Tables and indexes that are not there yet; what exists is left alone"],
    ["hermes db init --sample=30", "With thirty documents of all types that want syncing"],
  ],
  async run(context) {
    const samples = context.given.count("sample", 1, 100_000) ?? 0;
    const settings = await context.settings();
    const profile = profileOf(settings);
    const pool = openSourcePool(settings.mssql);
    try {
      return await init({ pool: () => pool.get(), profile, samples }, context);
    } finally {
      await pool.close();
    }
  },
};

interface Init {
  pool: () => Promise<sql.ConnectionPool>;
  profile: Profile;
  samples: number;
}

async function init({ pool, profile, samples }: Init, { print }: Context): Promise<number> {
  const before = await doing("making the tables", async () => {
    for (const batch of batchesOf(schemaOf(profile))) await (await pool()).request().batch(batch);
    return await countRows(new SqlServerSource(pool, profile));
  });
  if (samples > 0 && before > 0) {
    if (print.json) print.value({ profile: profile.name, rows: before, inserted: 0 });
    else {
      print.words({
        vi: `Các bảng đã có ${before} chứng từ: chỉ thêm mẫu vào cơ sở dữ liệu trống.`,
        en: `The tables hold ${before} documents already: samples go into an empty database only.`,
      });
    }
    return exits.trouble;
  }
  const today = new Date().toISOString().slice(0, 10);
  await doing("writing samples", () => insertSamples({ pool, profile }, sampleDocuments(samples, today)));
  if (print.json) print.value({ profile: profile.name, rows: before + samples, inserted: samples });
  else {
    print.words({
      vi: `Các bảng của cấu hình ${profile.name} đã sẵn sàng: ${
        before + samples
      } chứng từ, ${samples} mẫu mới.`,
      en: `The tables of profile ${profile.name} are there: ${
        before + samples
      } documents, ${samples} new samples.`,
    });
  }
  return exits.fine;
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SourceError || error instanceof UsageError ? error : SourceError.from(what, error);
  }
}

async function countRows(source: SqlServerSource): Promise<number> {
  const counts = await Promise.all(documentTypes.map((type) => source.countByStatus(type)));
  return counts.flatMap((count) => [...count.values()]).reduce((sum, rows) => sum + rows, 0);
}

/** Header and lines in one transaction: a header is never seen without its lines. */
async function insertSamples(
  { pool, profile }: Omit<Init, "samples">,
  documents: SampleDocument[],
): Promise<void> {
  for (const [type, ofType] of Map.groupBy(documents, (document) => document.type)) {
    for (let at = 0; at < ofType.length; at += batchMax) {
      await insertBatch(await pool(), { type, profile, documents: ofType.slice(at, at + batchMax) });
    }
  }
}

async function insertBatch(
  pool: sql.ConnectionPool,
  { type, profile, documents }: { type: DocumentType; profile: Profile; documents: SampleDocument[] },
): Promise<void> {
  const { headers, lines } = sampleStatements(documentSpecs[type], profile);
  const status = profile.statusValues.PENDING_SYNC;
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  try {
    const write = (statement: string, rows: unknown[]) =>
      transaction.request().input("rows", sql.NVarChar(sql.MAX), JSON.stringify(rows)).query(statement);
    await write(headers, documents.map(({ shop, header }) => ({ shop, status, ...header })));
    await write(lines, documents.flatMap(({ code, lines }) => lines.map((line) => ({ code, ...line }))));
    await transaction.commit();
  } catch (error) {
    // A broken connection cannot roll back; the server has done so then, and the first error is the one to show.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

/** A pharmacy's own layout is in its database already. */
function schemaOf({ name }: Profile): string {
  const found = Object.entries(schemas).find(([known]) => known === name)?.[1];
  if (found === undefined) {
    throw new UsageError(
      `SOURCE_PROFILE=${name}: only the tables of ${Object.keys(schemas).join(" and ")} can be made`,
      "db init",
    );
  }
  return found;
}

/** A script as sqlcmd runs it: batches between lines that say GO. */
function batchesOf(script: string): string[] {
  return script.split(/^[ \t]*GO[ \t]*$/im).filter((batch) => batch.trim() !== "");
}
