// How the SQL Server stand-in's statements reach their rows: a page of keys and a list of keys are searches, never scans.
import { assert, assertEquals } from "@std/assert";
import { runBatch } from "../../dev/sqlserver/exec/batch.ts";
import type { Sink } from "../../dev/sqlserver/exec/run.ts";
import { splitBatches } from "../../dev/sqlserver/script.ts";
import { Session } from "../../dev/sqlserver/session.ts";
import { EmitContext } from "../../dev/sqlserver/sql/emit/context.ts";
import { emitUpdate } from "../../dev/sqlserver/sql/emit/dml.ts";
import { emitTopQuery } from "../../dev/sqlserver/sql/emit/query.ts";
import { parseBatch } from "../../dev/sqlserver/sql/parser/statement.ts";
import { BIGINT, INT, MAX, type SqlType, textType } from "../../dev/sqlserver/sql/types.ts";
import { Store } from "../../dev/sqlserver/store/store.ts";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { profiles } from "../../shared/profiles.ts";
import { statementsFor } from "../../shared/source_sql.ts";
import nationalSchema from "../../shared/sql/schema.national.sql" with { type: "text" };
import phieuSchema from "../../shared/sql/schema.phieu.sql" with { type: "text" };

/** What differs between the layouts: the types of status and key, and how the plan shows pages, rows and lines. Text is indexed as an expression. */
const layouts = [
  {
    profile: profiles.national,
    schema: nationalSchema,
    status: textType("varchar", 20),
    key: BIGINT,
    page: (index: string) => `USING COVERING INDEX ${index} (<expr>=? AND id>?)`,
    byKey: /^SEARCH t\d+ USING INTEGER PRIMARY KEY/,
    parent: (column: string) => column,
  },
  {
    profile: profiles.phieu,
    schema: phieuSchema,
    status: INT,
    key: textType("nvarchar", 50),
    page: (index: string) => `USING INDEX ${index} (status_phieu=? AND <expr>>?)`,
    byKey: /^SEARCH t\d+ USING INDEX \S+ \((status_phieu=\? AND )?<expr>=\?\)/,
    parent: () => "<expr>",
  },
];

const types: [string, SqlType][] = [
  ["@limit", INT],
  ["@lines_due", INT],
  ["@skip_shops", textType("nvarchar", MAX)],
  ["@keys", textType("nvarchar", MAX)],
  ["@results", textType("nvarchar", MAX)],
];

const silent: Sink = {
  columns: () => {},
  rows: () => Promise.resolve(),
  done: () => {},
  info: () => {},
  error: (error) => {
    throw error;
  },
  transactionChanged: () => {},
};

async function withSchema(schema: string, test: (store: Store) => void): Promise<void> {
  const store = new Store({
    file: ":memory:",
    database: "hermes",
    collation: "SQL_Latin1_General_CP1_CI_AS",
  });
  const session = new Session(store, { login: "sa", lockTimeoutMs: 0 });
  const { signal } = new AbortController();
  try {
    for (const text of splitBatches(schema)) {
      const run = { session, sink: silent, signal, tryDepth: 0, types: new Map(), variables: new Map() };
      await runBatch(run, parseBatch(text));
    }
    test(store);
  } finally {
    store.close();
  }
}

type Layout = typeof layouts[number];

/** Each statement of the text as SQLite gets it. */
function emittedOf(store: Store, text: string, { status, key }: Layout): { sql: string; binds: number }[] {
  const statuses = ["@pending", "@failed", "@success"].map((name): [string, SqlType] => [name, status]);
  return parseBatch(text).flatMap((statement) => {
    const ctx = new EmitContext({
      catalog: store.catalogFor(store),
      ops: store.ops,
      variables: new Map([...types, ...statuses, ["@after", key]]),
      lockedTables: new Set(),
    });
    if (statement.kind !== "query" && statement.kind !== "update") return [];
    const { sql } = statement.kind === "query" ? emitTopQuery(ctx, statement) : emitUpdate(ctx, statement);
    return { sql, binds: ctx.binds.length };
  });
}

/** SQLite's plan for each statement of the text, one line a step. */
function planOf(store: Store, text: string, layout: Layout): string[] {
  return emittedOf(store, text, layout).flatMap(({ sql, binds }) =>
    store.writer.all(`EXPLAIN QUERY PLAN ${sql}`, Array(binds).fill(null)).map((row) => String(row[3]))
  );
}

for (const layout of layouts) {
  const { profile, schema, byKey } = layout;
  for (const spec of Object.values(documentSpecs)) {
    const statements = statementsFor(spec, profile);
    const { header, status, details } = profile.tables[spec.type];

    Deno.test(`a page of pending ${spec.type} keys of profile ${profile.name} is a search on status and key, in order, without a sort`, async () => {
      await withSchema(schema, (store) => {
        const plan = planOf(store, statements.pendingKeys, layout);
        const wanted = layout.page(`${header}$IX_${header}_${status}`);
        assert(plan.some((step) => step.includes(wanted)), plan.join("\n"));
        assertEquals(plan.filter((step) => step.includes("ORDER BY")), []);
      });
    });

    Deno.test(`${spec.type} documents, statuses and results of profile ${profile.name} are reached by key`, async () => {
      await withSchema(schema, (store) => {
        for (const text of [statements.readDocuments, statements.readStatuses, statements.writeResults]) {
          const plan = planOf(store, text, layout);
          assert(plan.some((step) => byKey.test(step)), plan.join("\n"));
          assertEquals(plan.filter((step) => /^SCAN t\d+(?! VIRTUAL)/.test(step)), [], plan.join("\n"));
        }
        const lines = planOf(store, statements.readDocuments, layout);
        const index = `${details.table}$IX_${details.table}_${details.parent}`;
        assert(
          lines.some((step) => step.includes(`USING INDEX ${index} (${layout.parent(details.parent)}=?)`)),
          lines.join("\n"),
        );
      });
    });

    Deno.test(`the lines of ${spec.type} documents of profile ${profile.name} call nothing back from SQLite for their columns`, async () => {
      await withSchema(schema, (store) => {
        const [, lines] = emittedOf(store, statements.readDocuments, layout);
        const columns = lines?.sql.split(" FROM ")[0] ?? "";
        assert(columns.includes(" AS c2"), columns);
        assertEquals(columns.match(/\b(x|ck_\w+)\(/g), null, columns);
      });
    });
  }
}
