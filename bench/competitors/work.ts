// The outside work that the bench's other competitors share with Hermes: pages from SQL Server, the call to the partner, the batched
// write-back, by the product's own functions. Each competitor adds its way from one to the other.
import { compose } from "../../shared/compose.ts";
import { dialects } from "../../shared/dialects.ts";
import type { ComposedDocument, RowKey, RowResult, SourceDocument } from "../../shared/document.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { HttpPartner } from "../../shared/partner.ts";
import { profileFor } from "../../shared/profile_file.ts";
import { loadSettings, type Settings } from "../../shared/settings.ts";
import { SqlServerSource } from "../../shared/source.ts";
import { openSourcePool } from "../../shared/source_pool.ts";

/** The one type of document that the bench sends. */
export const benchType = "hoa_don";
/** Rows in a page, as in Hermes' scan. */
const pageRows = 500;
/** How long an empty table is left alone, ms. */
const idleMs = 250;

/** What a competitor works with. */
export interface Work {
  readonly settings: Settings;
  readonly source: SqlServerSource;
  /** Sends one document; its result. Throws an Error for any answer but an acceptance: the bench has no other. */
  post(document: ComposedDocument): Promise<RowResult>;
}

/** Opens what the settings name; connections are made when first used. */
export async function openWork(): Promise<Work> {
  const settings = await loadSettings();
  const pool = openSourcePool(settings.mssql);
  const source = new SqlServerSource(() => pool.get(), profileFor(settings.source.profile));
  const connections = settings.worker.concurrency;
  const partner = new HttpPartner({ ...settings.partner, connections }, dialects[settings.partner.dialect]);
  const logins = new Map<string, Promise<string>>();
  const authorize = (shop: string) => {
    const known = logins.get(shop) ?? login(shop, { settings, source, partner });
    logins.set(shop, known);
    return known;
  };
  return {
    settings,
    source,
    async post({ key, code, shop, body }) {
      const authorization = await authorize(shop);
      const outcome = await partner.send({ method: "POST", type: benchType, body, authorization });
      if (outcome.kind !== "accepted") throw new Error(`sending ${code}: ${JSON.stringify(outcome)}`);
      return { key, status: "SYNC_SUCCESS", nationalCode: outcome.nationalCode, message: outcome.message };
    },
  };
}

async function login(
  shop: string,
  { settings, source, partner }: { settings: Settings; source: SqlServerSource; partner: HttpPartner },
): Promise<string> {
  const { username = "", password = "" } = settings.partner;
  const account = await source.readAccount(shop) ?? { user: username, password };
  const answer = await partner.login(account.user, account.password);
  if (answer.kind !== "token") throw new Error(`logging in for ${shop}: ${JSON.stringify(answer)}`);
  return `bearer ${answer.token}`;
}

/** Pages of keys, for ever. At the end of the rows it waits until `drained`, so that none is met twice. */
export async function* keyPages(
  { source }: Work,
  drained: () => boolean | Promise<boolean>,
): AsyncGenerator<RowKey[]> {
  for (let after: RowKey | null = null;;) {
    const rows = await source.pendingKeys(benchType, { after, limit: pageRows, skipShops: [] });
    const keys = rows.map(({ key }) => key);
    if (keys.length > 0) yield keys;
    after = keys.at(-1) ?? null;
    if (keys.length === pageRows) continue;
    do await pause(idleMs); while (!await drained());
    after = null;
  }
}

/** The same rows, read and composed. */
export async function* documentPages(
  work: Work,
  drained: () => boolean | Promise<boolean>,
): AsyncGenerator<ComposedDocument[]> {
  for await (const keys of keyPages(work, drained)) {
    const rows = await work.source.readDocuments(benchType, keys);
    yield rows.map((row) => composed(row));
  }
}

/** Throws an Error for a document that may not be sent: the bench makes none. */
export function composed(row: SourceDocument): ComposedDocument {
  const made = compose(documentSpecs[benchType], row);
  if (made.kind !== "ready") throw new Error(`composing row ${row.key}: ${JSON.stringify(made)}`);
  return made.document;
}

/** Resolves after so many ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
