// hermes doctor and SQL Server: each test makes one thing of tables, accounts or logins ill, and the doctor has to name it, with its cure.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import phieuSchema from "../../shared/sql/schema.phieu.sql" with { type: "text" };
import { account, inWard, receipt } from "../support/doctor.ts";

Deno.test("doctor finds a header table without an index on status", () =>
  inWard({
    schema: [[
      "  CREATE NONCLUSTERED INDEX [IX_PurchaseReceipts_status] ON [dbo].[PurchaseReceipts] ([status]) INCLUDE ([shop_pharmacy_code]);\n",
      "",
    ]],
  }, async (ward) => {
    await ward.sql(receipt);
    const found = (await ward.examine()).assertOne(
      "sqlserver.index_missing",
      "warning",
      "PurchaseReceipts.status",
    );
    assertStringIncludes(found.en, "(1 row)");
    assertStringIncludes(found.run ?? "", "ON [PurchaseReceipts] ([status]) INCLUDE ([shop_pharmacy_code]);");
    // The cure cures.
    await ward.sql(found.run ?? "");
    (await ward.examine()).assertWell("sqlserver");
  }));

Deno.test("doctor finds a detail table without an index on its foreign key", () =>
  inWard({
    schema: [[
      "  CREATE NONCLUSTERED INDEX [IX_SalesInvoiceDetails_sales_invoice_id] ON [dbo].[SalesInvoiceDetails] ([sales_invoice_id]);\n",
      "",
    ]],
  }, async (ward) => {
    (await ward.examine()).assertOne(
      "sqlserver.index_missing",
      "warning",
      "SalesInvoiceDetails.sales_invoice_id",
    );
  }));

Deno.test("doctor finds a column that is missing, and its SQL adds it", () =>
  inWard({ schema: [["    [supplier_name] nvarchar(500) NULL,\n", ""]] }, async (ward) => {
    const found = (await ward.examine()).assertOne(
      "sqlserver.column_missing",
      "error",
      "PurchaseReceipts.supplier_name",
    );
    assertEquals(found.run, "ALTER TABLE [PurchaseReceipts] ADD [supplier_name] nvarchar(500) NULL;");
    await ward.sql(found.run ?? "");
    (await ward.examine()).assertWell("sqlserver");
  }));

Deno.test("doctor finds a column that is too short for what is written back", () =>
  inWard(
    { schema: [["[national_receipt_id] varchar(100)", "[national_receipt_id] varchar(10)"]] },
    async (ward) => {
      const found = (await ward.examine()).assertOne(
        "sqlserver.column_too_short",
        "error",
        "PurchaseReceipts.national_receipt_id",
      );
      assertStringIncludes(found.en, "holds 10 characters, 100 are needed");
      assertStringIncludes(found.run ?? "", "ALTER COLUMN [national_receipt_id] varchar(100)");
    },
  ));

Deno.test("doctor finds columns of a wrong type", () =>
  inWard({
    schema: [
      ["[receipt_date] datetime NOT NULL", "[receipt_date] varchar(20) NOT NULL"],
      ["[line_total] decimal(18, 2)", "[line_total] float"],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    assertStringIncludes(
      found.assertOne("sqlserver.column_type_wrong", "error", "PurchaseReceipts.receipt_date").en,
      "is varchar(20); a date is needed",
    );
    found.assertOne("sqlserver.column_type_wrong", "error", "SalesInvoiceDetails.line_total");
  }));

Deno.test("doctor tells a VARCHAR that loses Vietnamese letters from one that keeps them", () =>
  inWard({
    schema: [
      ["[supplier_name] nvarchar(500)", "[supplier_name] varchar(500) COLLATE Vietnamese_CI_AS"],
      ["[recipient_name] nvarchar(500)", "[recipient_name] varchar(500)"],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    found.assertOne("sqlserver.column_loses_vietnamese", "warning", "GoodsIssueSlips.recipient_name");
    assertEquals(found.all("sqlserver.column_loses_vietnamese", "PurchaseReceipts.supplier_name"), []);
  }));

Deno.test("doctor takes BIGINT keys and an NVARCHAR status as they are", () =>
  inWard({
    schema: [
      [
        "[id] int IDENTITY(1, 1) NOT NULL,\n    [local_receipt_id]",
        "[id] bigint IDENTITY(1, 1) NOT NULL,\n    [local_receipt_id]",
      ],
      ["[purchase_receipt_id] int NOT NULL", "[purchase_receipt_id] bigint NOT NULL"],
      [
        "[status] varchar(20) NOT NULL,\n    [national_receipt_id]",
        "[status] nvarchar(20) NOT NULL,\n    [national_receipt_id]",
      ],
    ],
  }, async (ward) => {
    const found = await ward.examine();
    found.assertWell("sqlserver");
    found.assertOne("sqlserver.conversion_harmless", "info", "PurchaseReceipts.status");
  }));

Deno.test("doctor finds a table that is missing", () =>
  inWard({}, async (ward) => {
    await ward.sql("DROP TABLE GoodsIssueSlipDetails");
    const found = (await ward.examine()).assertOne(
      "sqlserver.table_missing",
      "error",
      "GoodsIssueSlipDetails",
    );
    assertStringIncludes(found.run ?? "", "GRANT SELECT ON [GoodsIssueSlipDetails] TO [dbo]");
  }));

Deno.test("doctor finds that no shop has an account, and shops with two", () =>
  inWard({}, async (ward) => {
    await ward.sql(receipt);
    const none = { API_USERNAME: undefined, API_PASSWORD: undefined };
    const empty = await ward.examine(none);
    empty.assertOne("sqlserver.accounts_none", "error");
    assertStringIncludes(empty.assertOne("sqlserver.shop_without_account", "error").en, "NT001");
    (await ward.examine()).assertOne("sqlserver.accounts_none", "info");

    await ward.sql(`${account("NT001", "one")};\n${account("NT001", "two", "x".repeat(31))}`);
    const twice = await ward.examine(none);
    assertStringIncludes(twice.assertOne("sqlserver.accounts_duplicate", "warning").en, "NT001 (2)");
    twice.assertOne("sqlserver.password_long", "warning", "NT001");
    assertEquals(twice.all("sqlserver.shop_without_account"), []);
  }));

Deno.test("doctor tells a wrong SQL password from a wrong database and a server that is down", () =>
  inWard({}, async (ward) => {
    const login = await ward.examine({ MSSQL_PASSWORD: "wrong-word" });
    const found = login.assertOne("sqlserver.unreachable_login", "error");
    assertStringIncludes(found.cure ?? "", "MSSQL_PASSWORD");
    assert(!JSON.stringify(login.examination).includes("wrong-word"));
    login.assertWell("redis", "mongodb", "partner");
    login.assertOne("flow.not_checked", "info", "sqlserver");

    (await ward.examine({ MSSQL_DATABASE: "elsewhere" })).assertOne(
      "sqlserver.unreachable_database",
      "error",
    );
    (await ward.examine({ MSSQL_ENCRYPT: "true" })).assertOne("sqlserver.unreachable_certificate", "error");
    (await ward.examine({ MSSQL_ENCRYPT: "true", MSSQL_TRUST_SERVER_CERTIFICATE: "true" })).assertWell(
      "sqlserver",
    );
    (await ward.examine({ MSSQL_PORT: "1" })).assertOne("sqlserver.unreachable_refused", "error");
    (await ward.examine({ MSSQL_SERVER: "nowhere.invalid" })).assertOne(
      "sqlserver.unreachable_unknown_host",
      "error",
    );
  }));

Deno.test("doctor looks at the tables of the profile that is set, and says what is wrong with a profile", () =>
  inWard({}, async (ward) => {
    const phieu = { SOURCE_PROFILE: "phieu" };
    (await ward.examine(phieu)).assertOne("sqlserver.table_missing", "error", "PhieuNhapHeader");
    await ward.sql(phieuSchema);
    const found = await ward.examine(phieu);
    found.assertWell("settings", "sqlserver");
    assertEquals(found.all("sqlserver.table").length, 6);
    const gone = await ward.examine({ SOURCE_PROFILE: "./not-there.json" });
    gone.assertOne("settings.setting_wrong", "error");
    gone.assertOne("flow.not_checked", "info");
    gone.assertWell("redis", "mongodb");
  }));
