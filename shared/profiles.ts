// What a source profile is: its tables, and the types of key and status that they share (source-schema). The built-in ones; a pharmacy's
// own comes from a file (shared/profile_file.ts).
import type { DocumentType, RowStatus } from "./document.ts";
import { documentSpecs, type Tables } from "./documents/mod.ts";

export type BuiltInProfile = "national" | "phieu";

export interface Profile {
  name: string;
  tables: Record<DocumentType, Tables>;
  /** T-SQL type of the row key, for OPENJSON. A BIGINT parameter seeks an INT column too. */
  keyType: string;
  /** What is smaller than every key, to begin a walk with. */
  keyBefore: string;
  /** T-SQL type of the status column. */
  statusType: string;
  /** The status value in the table for each status. */
  statusValues: Record<RowStatus, string>;
  /** Whether the database has AccountShop; without it every shop uses API_USERNAME. */
  hasAccounts: boolean;
}

export const profiles: Record<BuiltInProfile, Profile> = {
  national: {
    name: "national",
    tables: tablesOf("national"),
    keyType: "bigint",
    keyBefore: keyBefore("bigint"),
    statusType: "varchar(20)",
    statusValues: { PENDING_SYNC: "PENDING_SYNC", SYNC_SUCCESS: "SYNC_SUCCESS", SYNC_FAILED: "SYNC_FAILED" },
    hasAccounts: true,
  },
  phieu: {
    name: "phieu",
    tables: tablesOf("phieu"),
    keyType: "nvarchar(50)",
    keyBefore: keyBefore("nvarchar(50)"),
    statusType: "int",
    statusValues: { PENDING_SYNC: "0", SYNC_SUCCESS: "1", SYNC_FAILED: "2" },
    hasAccounts: false,
  },
};

/** What is smaller than every key of a type. */
export function keyBefore(keyType: string): string {
  return keyType.includes("char") ? "" : "-9223372036854775808";
}

function tablesOf(profile: BuiltInProfile): Record<DocumentType, Tables> {
  return {
    phieu_nhap: documentSpecs.phieu_nhap.tables[profile],
    phieu_xuat: documentSpecs.phieu_xuat.tables[profile],
    hoa_don: documentSpecs.hoa_don.tables[profile],
  };
}
