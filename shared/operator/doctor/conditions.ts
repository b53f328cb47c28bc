// The extra conditions (`where`) of a pharmacy's own profile: the file's form says nothing of them, only SQL Server can. One that it does not
// understand fails every scan of its type.
// @ts-types="@types/mssql"
import type sql from "mssql";
import { documentTypes } from "../../document.ts";
import { describeError } from "../../errors.ts";
import type { Profile } from "../../profiles.ts";
import { fill, quote } from "../../source_sql.ts";
import conditionSql from "../../sql/doctor_condition.sql" with { type: "text" };
import { type DoctorFinding, sayer } from "./finding.ts";

const say = sayer("sqlserver");

/** SQL Server's error for a table that is not there, which is told by itself. */
const tableMissing = "208";

/** The conditions that SQL Server refuses; nothing when it takes them all, or there are none. */
export async function checkConditions(pool: sql.ConnectionPool, profile: Profile): Promise<DoctorFinding[]> {
  const found = await Promise.all(documentTypes.map(async (type): Promise<DoctorFinding[]> => {
    const { header, where } = profile.tables[type];
    if (where === undefined) return [];
    try {
      await pool.request().query(fill(conditionSql, { header: quote(header), where }));
      return [];
    } catch (error) {
      const { code, message } = describeError(error);
      if (code === tableMissing) return [];
      return [say("error", "condition_wrong", {
        subject: type,
        en: `The condition for ${type} in the profile cannot be used: ${message} No ${type} is found`,
        vi: `Điều kiện lọc ${type} trong hồ sơ bảng sai: ${message} Không tìm thấy chứng từ nào`,
        cure: `Correct documents.${type}.where in the file that SOURCE_PROFILE names.`,
      })];
    }
  }));
  return found.flat();
}
