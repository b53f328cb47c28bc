// A pharmacy's own layout in real flow: tables that are neither profile, a my-profile.json beside the processes, rows that end in the
// layout's own words; what the doctor says of it; and broken profiles, told before anything runs.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { documentTypes } from "../../shared/document.ts";
import { examined } from "../support/doctor.ts";
import { runEntry } from "../support/entry.ts";
import { acceptedByCode, keysOf, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { makeThirdTables, thirdDocuments, thirdProfile, thirdRows } from "../support/third_layout.ts";

const endsWithinMs = 30_000;
/** As docs/my-profile.md has it. */
const besideTheProgram = { SOURCE_PROFILE: "./my-profile.json" };

Deno.test("documents of a layout of one's own end in its own status values, and what its condition leaves out stays", async () => {
  await using own = await startOwn(await thirdProfile());
  const { stack } = own;
  await makeThirdTables(stack);
  stack.startScheduler(besideTheProgram);
  for (const type of documentTypes) stack.startWorker(type, besideTheProgram);
  const isOut = async () => {
    const rows = await thirdRows(stack);
    return thirdDocuments.every(({ code, status }) => rows.get(code)?.TrangThaiDQG === status);
  };
  await stack.waitFor(isOut, { deadlineMs: endsWithinMs, what: "every row to stand as it should" });
  await assertEnded(stack);
  await assertDoctorIsContent(stack);

  // The pharmacy closes the one that was left out.
  await stack.sql.request().query("UPDATE NhapKho SET DaKhoa = 1 WHERE SoPhieu = 'N-5'");
  await waitUntilDrained(stack, endsWithinMs);
  assertEquals((await thirdRows(stack)).get("N-5")?.TrangThaiDQG, "XONG");
});

Deno.test("the doctor says what is wrong with the tables of a layout of one's own", async () => {
  const profile = (await thirdProfile()).replace("dbo.XuatTraChiTiet", "dbo.XuatKhoChiTiet")
    .replaceAll('"so_lo": "SoLo"', '"so_lo": "SoLoHang"').replace("h.DaKhoa = 1", "h.KhoaSo = 1");
  await using own = await startOwn(profile);
  await makeThirdTables(own.stack);
  const found = await examined(own.stack.settings);
  found.assertOne("sqlserver.table_missing", "error", "dbo.XuatKhoChiTiet");
  found.assertOne("sqlserver.column_missing", "error", "dbo.NhapKhoChiTiet.SoLoHang");
  assertEquals(found.all("sqlserver.column_missing").length, 2);
  const condition = found.assertOne("sqlserver.condition_wrong", "error", "phieu_nhap");
  assertStringIncludes(condition.en, "Invalid column name 'KhoaSo'");
});

Deno.test("a process says everything that is wrong with a layout of one's own, and does not start", async () => {
  const settings = { ...complete, ...besideTheProgram };
  for (const [breaks, says] of broken) {
    const profile = JSON.parse(await thirdProfile());
    breaks(profile);
    const { code, said } = await runEntry("scheduler.ts", settings, {
      "my-profile.json": JSON.stringify(profile),
    });
    assertEquals(code, 2, said);
    for (const words of says) assertStringIncludes(said, words);
  }
});

const complete = {
  MSSQL_SERVER: "sql.example",
  MSSQL_DATABASE: "pharmacy",
  MSSQL_USER: "hermes",
  MSSQL_PASSWORD: "Bi-mat-1234",
  MONGO_URI: "mongodb://mongo.example/",
  API_BASE_URL: "https://api.example",
};

/** What is wrong with a file, and what is said of it: ten things in two files, for its form is checked before its meaning. */
const broken: [(profile: ReturnType<typeof JSON.parse>) => void, string[]][] = [
  [(profile) => {
    profile.keyType = "float";
    profile.tables = {};
    delete profile.status.SYNC_FAILED;
    profile.documents.hoa_don.header = "HoaDon]; DROP TABLE x --";
    profile.documents.phieu_nhap.where = "h.DaKhoa = 1; DELETE FROM x";
  }, [
    "keyType",
    "must be int, bigint, varchar(n) or nvarchar(n)",
    "tables",
    "status.SYNC_FAILED",
    "documents.hoa_don.header",
    "documents.phieu_nhap.where",
    "without a semicolon",
  ]],
  [({ documents, status }) => {
    delete documents.phieu_nhap.columns.ngay_nhap;
    delete documents.hoa_don.details.columns.so_lo;
    documents.hoa_don.columns.ngay_bann = "NgayBan";
    documents.phieu_nhap.constants.loai_phieu_nhap = "7";
    status.SYNC_FAILED = status.PENDING_SYNC;
  }, [
    "table dbo.NhapKho needs a column (or a constant) for ngay_nhap",
    "table dbo.HoaDonChiTiet needs a column (or a constant) for so_lo",
    "did you mean ngay_ban?",
    "constants.loai_phieu_nhap",
    "the three statuses must have different values",
  ]],
];

/** What the condition leaves out is old, and nothing that waits: only the document that was refused is to be looked at. */
async function assertDoctorIsContent(stack: Stack): Promise<void> {
  const found = await examined(stack.settings);
  found.assertWell("settings", "sqlserver");
  assertEquals(found.all("sqlserver.table").length, 6);
  const flow = found.examination.findings.filter(({ area, severity }) =>
    area === "flow" && (severity === "error" || severity === "warning")
  );
  assertEquals(flow.map(({ name }) => name), ["dead_growing"]);
}

/** Rows, partner and dead letters, of every document. */
async function assertEnded(stack: Stack): Promise<void> {
  const [rows, accepted] = [await thirdRows(stack), await acceptedByCode(stack)];
  assertEquals(accepted.size, thirdDocuments.filter(({ status }) => status === "XONG").length);
  for (const { type, code, status, says } of thirdDocuments) {
    const [row, document] = [rows.get(code), accepted.get(code)];
    if (status === "XONG") {
      // The slips have no column for the code.
      const told = type === "phieu_xuat" ? row?.GhiChuDQG?.split(": ")[0] : row?.MaDQG;
      assertEquals([told, document?.ma_co_so], [document?.national_code, "79-00123"], code);
    } else {
      assertEquals([row?.MaDQG, document], [null, undefined], code);
      if (says) assertMatch(row?.GhiChuDQG ?? "", says, code);
      else assertEquals(row?.GhiChuDQG, null, code);
    }
  }
  // Buried after the row is written.
  const isBuried = async () => await stack.redis.xlen(keysOf(stack, "phieu_nhap").dead) === 1;
  await stack.waitFor(isBuried, { deadlineMs: endsWithinMs, what: "the refused document to be buried" });
}

/** A stack whose processes have the profile beside them. */
async function startOwn(profile: string): Promise<AsyncDisposable & { stack: Stack }> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, profile);
  // The stack's own view of the rows reads it too, from where the test runs.
  const stack = await startStack({ env: { SOURCE_PROFILE: file } });
  await Deno.copyFile(file, join(stack.logDirectory, "my-profile.json"));
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stack.stop();
      await Deno.remove(file);
    },
  };
}
