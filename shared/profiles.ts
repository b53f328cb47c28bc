// What a source profile fixes for all its tables: the types of key and status, and what the status says (source-schema).
import type { RowStatus } from "./document.ts";

export type ProfileName = "national";

export interface Profile {
  name: ProfileName;
  /** T-SQL type of the row key, for OPENJSON. A BIGINT parameter seeks an INT column too. */
  keyType: string;
  /** What is smaller than every key, to begin a walk with. */
  keyBefore: string;
  /** T-SQL type of the status column. */
  statusType: string;
  /** The status value in the table for each status. */
  statusValues: Record<RowStatus, string>;
}

export const profiles: Record<ProfileName, Profile> = {
  national: {
    name: "national",
    keyType: "bigint",
    keyBefore: "-9223372036854775808",
    statusType: "varchar(20)",
    statusValues: { PENDING_SYNC: "PENDING_SYNC", SYNC_SUCCESS: "SYNC_SUCCESS", SYNC_FAILED: "SYNC_FAILED" },
  },
};
