// The doctor's checks of tables and of SQL Server itself, over made-up facts: what no stand-in can be, such as an old release or a login without rights.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkAccounts, checkServer } from "../../shared/operator/doctor/check_sqlserver.ts";
import { checkTable } from "../../shared/operator/doctor/check_tables.ts";
import { conversionVerdict, typeVerdict } from "../../shared/operator/doctor/column_types.ts";
import {
  declaredTypes,
  type ExpectedColumn,
  expectedTables,
  type Use,
} from "../../shared/operator/doctor/expected.ts";
import { type DoctorFinding, exitCodeOf } from "../../shared/operator/doctor/finding.ts";
import type { ColumnFacts, ServerFacts, TableFacts } from "../../shared/operator/doctor/read_sqlserver.ts";
import { profiles } from "../../shared/profiles.ts";

const context = { user: "hermes", statusLength: 12 };
const receipts = tableOf("PurchaseReceipts");

function tableOf(name: string) {
  const found = [...expectedTables(profiles.national), ...expectedTables(profiles.phieu)].find((each) =>
    each.name === name
  );
  assert(found, name);
  return found;
}

function column(name: string, type: string, changes: Partial<ColumnFacts> = {}): ColumnFacts {
  const [, base = type, size = ""] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? [];
  const [first = 0, scale = 0] = size.split(",").map((text) => text === "max" ? -1 : Number(text));
  const collation = base.endsWith("char") ? "Vietnamese_CI_AS" : null;
  return {
    ...{ name, type: base, length: first, precision: first, scale, collation },
    ...{ computed: false, canRead: true, canWrite: true },
    ...changes,
  };
}

/** The table as the schema script has it. */
function wellFacts(expected = receipts): TableFacts {
  return {
    name: expected.name,
    columns: expected.columns.map(({ name, declared }) => column(name, declared ?? "int")),
    indexes: expected.indexed.map(({ column }) => ({
      name: `IX_${column}`,
      leading: column,
      disabled: false,
      filtered: false,
    })),
    triggers: [],
    rows: 1234,
  };
}

function withColumn(name: string, changes: Partial<ColumnFacts>): TableFacts {
  const facts = wellFacts();
  return {
    ...facts,
    columns: facts.columns.map((each) => each.name === name ? { ...each, ...changes } : each),
  };
}

function names(findings: readonly DoctorFinding[]): string[] {
  return findings.map(({ severity, name }) => `${severity} ${name}`);
}

Deno.test("every table of both profiles is well when it is as its schema script says", () => {
  const all = [...expectedTables(profiles.national), ...expectedTables(profiles.phieu)];
  assertEquals(all.length, 13);
  for (const expected of all) {
    assert(
      expected.columns.every(({ declared }) => declared !== null),
      `${expected.name} has columns unknown to its script`,
    );
    assertEquals(names(checkTable(expected, wellFacts(expected), context)), ["ok table"], expected.name);
  }
});

Deno.test("the types of a schema script are read by table and column", () => {
  const types = declaredTypes(
    "  CREATE TABLE [dbo].[T] (\n    [a b] int,\n    [x] decimal(18, 2) NOT NULL,\n  );\n",
  );
  assertEquals([...types], [["t.x", "decimal(18,2)"]]);
});

Deno.test("a login that may not read or write some columns is found, with its GRANT", () => {
  const [unread] = checkTable(receipts, withColumn("notes", { canRead: false }), context);
  assertEquals(unread?.run, "GRANT SELECT ON [PurchaseReceipts] TO [hermes];");
  const [unwritten] = checkTable(receipts, withColumn("national_receipt_id", { canWrite: false }), context);
  assertEquals(unwritten?.name, "no_right_update");
  assertEquals(unwritten?.run, "GRANT UPDATE ([national_receipt_id]) ON [PurchaseReceipts] TO [hermes];");
  assertEquals(names(checkTable(receipts, withColumn("notes", { canWrite: false }), context)), ["ok table"]);
});

Deno.test("an index that is disabled or filtered is none, and a big table without one is an error", () => {
  const facts = wellFacts();
  const of = (changes: Partial<TableFacts["indexes"][number]>, rows: number) =>
    checkTable(receipts, {
      ...facts,
      rows,
      indexes: facts.indexes.map((each) => each.leading === "status" ? { ...each, ...changes } : each),
    }, context);
  const [disabled] = of({ disabled: true }, 20_000_000);
  assertEquals(disabled?.severity, "error");
  assertStringIncludes(disabled?.en ?? "", "20,000,000 rows; IX_status is disabled");
  assertEquals(names(of({ filtered: true }, 5)), ["warning index_missing"]);
  assertEquals(names(of({ leading: "STATUS" }, 5)), ["ok table"]);
});

Deno.test("a view has no indexes to look at", () => {
  assertEquals(names(checkTable(receipts, { ...wellFacts(), rows: null, indexes: [] }, context)), [
    "ok table",
    "info table_is_view",
  ]);
});

Deno.test("triggers of a header are told; one that runs instead of the change is a warning", () => {
  const facts = {
    ...wellFacts(),
    triggers: [{ name: "tr_a", insteadOf: false }, { name: "tr_b", insteadOf: true }],
  };
  assertEquals(names(checkTable(receipts, facts, context)), ["info trigger", "warning trigger"]);
  assertEquals(
    names(
      checkTable(tableOf("PurchaseReceiptDetails"), {
        ...wellFacts(tableOf("PurchaseReceiptDetails")),
        triggers: facts.triggers,
      }, context),
    ),
    ["ok table"],
  );
});

Deno.test("what is written has to fit, what is read may be shorter", () => {
  const status = checkTable(receipts, withColumn("status", { length: 10 }), context);
  assertEquals(names(status), ["error column_too_short"]);
  assertStringIncludes(status[0]?.en ?? "", "holds 10 characters, 12 are needed");
  assertEquals(names(checkTable(receipts, withColumn("status", { length: 12 }), context)), ["ok table"]);
  const message = checkTable(receipts, withColumn("sync_response_message", { length: 255 }), context);
  assertEquals(
    message[0]?.run,
    "ALTER TABLE [PurchaseReceipts] ALTER COLUMN [sync_response_message] nvarchar(max);",
  );
  assertEquals(names(checkTable(receipts, withColumn("supplier_name", { length: 200 }), context)), [
    "ok table",
    "info column_shorter",
  ]);
  assertEquals(names(checkTable(receipts, withColumn("status", { computed: true }), context)), [
    "error column_computed",
  ]);
});

Deno.test("types are judged by what the column is used for", () => {
  const judge = (use: Use, type: string, comparedWith: string | null = null) => {
    const expected: ExpectedColumn = { name: "c", use, written: false, declared: null, comparedWith };
    return typeVerdict(expected, column("c", type))?.severity ?? "fine";
  };
  const cases: [Use, string, string, string?][] = [
    ["text", "varchar(5)", "fine"],
    ["text", "nchar(5)", "warning"],
    ["text", "int", "warning"],
    ["text", "varbinary(9)", "error"],
    ["date", "datetime2", "fine"],
    ["date", "varchar(20)", "error"],
    ["decimal", "numeric(10,4)", "fine"],
    ["decimal", "bigint", "fine"],
    ["decimal", "money", "warning"],
    ["decimal", "real", "error"],
    ["integer", "tinyint", "fine"],
    ["integer", "decimal(5,0)", "fine"],
    ["integer", "decimal(5,2)", "error"],
    ["key", "bigint", "fine", "bigint"],
    ["key", "varchar(50)", "error", "bigint"],
    ["key", "varchar(50)", "fine", "nvarchar(50)"],
    ["status", "int", "fine", "int"],
    ["status", "nvarchar(20)", "fine", "varchar(20)"],
    ["status", "char(20)", "warning", "varchar(20)"],
    ["status", "varchar(20)", "error", "int"],
    ["order", "uniqueidentifier", "fine"],
  ];
  for (const [use, type, expected, comparedWith] of cases) {
    assertEquals(judge(use, type, comparedWith ?? null), expected, `${use} as ${type}`);
  }
});

Deno.test("a conversion of every row is told from a conversion of the parameter alone", () => {
  const judge = (type: string, comparedWith: string) => {
    const expected: ExpectedColumn = {
      name: "c",
      use: "status",
      written: false,
      declared: null,
      comparedWith,
    };
    return conversionVerdict(expected, column("c", type))?.name ?? "none";
  };
  assertEquals(judge("varchar(20)", "nvarchar(50)"), "conversion_scan");
  assertEquals(judge("nvarchar(20)", "varchar(20)"), "conversion_harmless");
  assertEquals(judge("varchar(20)", "varchar(50)"), "none");
  assertEquals(judge("int", "bigint"), "none");
});

Deno.test("a key of the layout phieu that is VARCHAR costs a conversion of every row", () => {
  const expected = tableOf("PhieuNhapDetail");
  const facts = wellFacts(expected);
  const columns = facts.columns.map((each) =>
    each.name === "ma_phieu" ? column("ma_phieu", "varchar(50)") : each
  );
  const found = checkTable(expected, { ...facts, columns }, context);
  assert(names(found).includes("warning conversion_scan"), names(found).join());
});

const server: ServerFacts = {
  productVersion: "16.0.4135.4",
  edition: "Standard Edition (64-bit)",
  engineEdition: 2,
  database: "PHARMACY",
  compatibilityLevel: 160,
  collation: "Vietnamese_CI_AS",
  snapshotOn: false,
  readOnly: false,
  login: "hermes",
  user: "hermes",
  utcNowMs: 0,
};

function serverNames(changes: Partial<ServerFacts>): string[] {
  return names(checkServer({ ...server, ...changes }));
}

Deno.test("an old release, a low compatibility level and a database that cannot be written are errors", () => {
  assertEquals(serverNames({}), ["ok version", "ok compatibility", "info read_committed_snapshot"]);
  const low = checkServer({ ...server, compatibilityLevel: 120 });
  assertEquals(exitCodeOf(low), 2);
  assertEquals(low[1]?.run, "ALTER DATABASE [PHARMACY] SET COMPATIBILITY_LEVEL = 130;");
  assertEquals(serverNames({ productVersion: "12.0.6024.0" })[0], "error version_old");
  assertEquals(serverNames({ productVersion: "12.0.2000.8", engineEdition: 5 })[0], "ok version");
  assert(serverNames({ readOnly: true }).includes("error database_read_only"));
  assert(serverNames({ login: "sa" }).includes("info login_high"));
});

Deno.test("accounts are judged by shop, and API_USERNAME stands in for those that are missing", () => {
  const of = (shops: [string, number, number][], without: string[], hasCommon: boolean) =>
    names(checkAccounts({
      shops: shops.map(([shop, accounts, passwordLength]) => ({ shop, accounts, passwordLength })),
      without,
    }, hasCommon));
  assertEquals(of([["A", 1, 8]], [], false), ["ok accounts"]);
  assertEquals(of([["A", 2, 31]], ["B"], false), [
    "ok accounts",
    "error shop_without_account",
    "warning accounts_duplicate",
    "warning password_long",
  ]);
  assertEquals(of([], ["B"], true), ["info accounts_none", "info shop_without_account"]);
});
