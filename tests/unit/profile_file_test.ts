// A pharmacy's own layout (shared/profile_file.ts): a whole one is read, a broken one is told with table, field and rule.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { documentSpecs } from "../../shared/documents/mod.ts";
import { SettingsError } from "../../shared/errors.ts";
import { profileFor, readProfile } from "../../shared/profile_file.ts";
import { profiles } from "../../shared/profiles.ts";
import { statementsFor } from "../../shared/source_sql.ts";

const path = "my-profile.json";
const text = await Deno.readTextFile(new URL("../../docs/my-profile.json", import.meta.url));

Deno.test("the example in docs is a whole profile, and every statement can be made of it", () => {
  const profile = readProfile(path, text);
  assertEquals([profile.keyType, profile.statusValues.SYNC_FAILED, profile.hasAccounts], [
    "bigint",
    "LOI",
    false,
  ]);
  for (const spec of Object.values(documentSpecs)) {
    const statements = statementsFor(spec, profile);
    assert(Object.values(statements).every((statement) => !statement.includes("$(")));
  }
  const { pendingKeys, readDocuments } = statementsFor(documentSpecs.phieu_nhap, profile);
  assertStringIncludes(pendingKeys, "FROM [kho].[NhapKho] AS h");
  assertStringIncludes(pendingKeys, "AND (h.DaKhoa = 1)");
  assertStringIncludes(readDocuments, "N'79-00123' AS [ma_co_so]");
});

Deno.test("built-in profiles are known by name, and anything else is read as a file", () => {
  assertEquals(profileFor("national"), profiles.national);
  assertEquals(profileFor("phieu").keyType, "nvarchar(50)");
  assertThrows(() => profileFor("./nowhere.json"), SettingsError, "cannot be read as a file");
});

type Change = (profile: ReturnType<typeof JSON.parse>) => void;

const broken: Record<string, { change: Change; says: string[] }> = {
  "a column that the partner requires is missing": {
    change: ({ documents }) => delete documents.phieu_nhap.columns.ngay_nhap,
    says: ["documents.phieu_nhap.columns.ngay_nhap", "kho.NhapKho", "Ngày nhập"],
  },
  "a column of the lines is missing": {
    change: ({ documents }) => delete documents.hoa_don.details.columns.so_lo,
    says: ["documents.hoa_don.details.columns.so_lo", "ban.HoaDonChiTiet"],
  },
  "a field is misspelt": {
    change: ({ documents }) => documents.hoa_don.columns.ngay_bann = "X",
    says: ["documents.hoa_don.columns.ngay_bann", "did you mean ngay_ban?"],
  },
  "a constant breaks the field's rule": {
    change: ({ documents }) => documents.phieu_nhap.constants.loai_phieu_nhap = "7",
    says: ["documents.phieu_nhap.constants.loai_phieu_nhap", "phải là 1 hoặc 2 hoặc 3"],
  },
  "a document type is missing": {
    change: ({ documents }) => delete documents.phieu_xuat,
    says: ["documents.phieu_xuat"],
  },
  "a key is not known": { change: (profile) => profile.tables = {}, says: ["tables"] },
  "the key has a type that no index has": {
    change: (profile) => profile.keyType = "float",
    says: ["keyType", "bigint"],
  },
  "two statuses have the same value": {
    change: (profile) => profile.status.SYNC_FAILED = "CHO",
    says: ["status", "different values"],
  },
  "a table's name is an injection": {
    change: ({ documents }) => documents.hoa_don.header = "HoaDon]; DROP TABLE x --",
    says: ["documents.hoa_don.header", "must be a name"],
  },
  "the condition is more than one": {
    change: ({ documents }) => documents.hoa_don.where = "1=1; DELETE FROM x",
    says: ["documents.hoa_don.where", "semicolon"],
  },
  "a status is missing": {
    change: (profile) => delete profile.status.SYNC_SUCCESS,
    says: ["status.SYNC_SUCCESS"],
  },
};

for (const [what, { change, says }] of Object.entries(broken)) {
  Deno.test(`a profile is refused when ${what}`, () => {
    const profile = JSON.parse(text);
    change(profile);
    const error = assertThrows(() => readProfile(path, JSON.stringify(profile)), SettingsError);
    for (const words of says) assertStringIncludes(error.message, words);
  });
}

Deno.test("a profile that is no JSON is told by its file, and all problems come in one report", () => {
  assertThrows(() => readProfile(path, "{"), SettingsError, "my-profile.json: must be JSON");
  const profile = JSON.parse(text);
  delete profile.documents.hoa_don.columns.ngay_ban;
  delete profile.documents.phieu_xuat.columns.ghi_chu;
  const error = assertThrows(() => readProfile(path, JSON.stringify(profile)), SettingsError);
  assertEquals(error.problems.length, 2);
});
