// SQL Server itself, and the accounts in it: version, compatibility level, rights of the database, AccountShop. Pure, over the facts of read_sqlserver.ts.
import { counted, type DoctorFinding, listed, sayer } from "./finding.ts";
import type { AccountFacts, ServerFacts } from "./read_sqlserver.ts";

const say = sayer("sqlserver");

/** SQL Server 2016, which has OPENJSON (design, section 3). */
const majorMin = 13;
const compatibilityMin = 130;
/** partner-api, login: pwd ≤ 30. */
const passwordMax = 30;

const azure = [5, 8];
const releases: Record<number, string> = {
  10: "2008",
  11: "2012",
  12: "2014",
  13: "2016",
  14: "2017",
  15: "2019",
  16: "2022",
  17: "2025",
};

export function checkServer(facts: ServerFacts): DoctorFinding[] {
  return [version(facts), compatibility(facts), ...writable(facts), snapshot(facts), ...highLogin(facts)];
}

function version({ productVersion, edition, engineEdition, database, login }: ServerFacts): DoctorFinding {
  const major = Number(productVersion.split(".")[0]);
  const release = azure.includes(engineEdition) ? "Azure" : releases[major] ?? productVersion;
  if (azure.includes(engineEdition) || major >= majorMin) {
    return say("ok", "version", {
      en: `SQL Server ${release} (${productVersion}, ${edition}), database ${database}, login ${login}`,
      vi: `SQL Server ${release}, cơ sở dữ liệu ${database}`,
    });
  }
  return say("error", "version_old", {
    subject: database,
    en: `SQL Server ${release} (${productVersion}) is too old: 2016 or later is needed, for OPENJSON`,
    vi: `SQL Server ${release} quá cũ: cần bản 2016 trở lên`,
    cure: "Move the database to SQL Server 2016 or later.",
  });
}

function compatibility({ database, compatibilityLevel }: ServerFacts): DoctorFinding {
  if (compatibilityLevel >= compatibilityMin) {
    return say("ok", "compatibility", {
      en: `Compatibility level ${compatibilityLevel}`,
      vi: `Mức tương thích ${compatibilityLevel}`,
    });
  }
  return say("error", "compatibility_low", {
    subject: database,
    en:
      `Database ${database} has compatibility level ${compatibilityLevel}: at least ${compatibilityMin} is needed, for OPENJSON`,
    vi: `Cơ sở dữ liệu ${database} có mức tương thích ${compatibilityLevel}, cần ít nhất ${compatibilityMin}`,
    cure: "Have the level raised, after asking the maker of the pharmacy's software.",
    run: `ALTER DATABASE [${database.replaceAll("]", "]]")}] SET COMPATIBILITY_LEVEL = ${compatibilityMin};`,
  });
}

function writable({ database, readOnly }: ServerFacts): DoctorFinding[] {
  if (!readOnly) return [];
  return [say("error", "database_read_only", {
    subject: database,
    en:
      `Database ${database} is read-only here (a secondary replica, or set so): no result can be written back`,
    vi: `Cơ sở dữ liệu ${database} chỉ đọc: không ghi lại kết quả được`,
    cure: "Name the primary replica in MSSQL_SERVER, or let the database be written.",
  })];
}

function snapshot({ snapshotOn }: ServerFacts): DoctorFinding {
  return say("info", "read_committed_snapshot", {
    en: snapshotOn
      ? "READ_COMMITTED_SNAPSHOT is on: Hermes asks for locking reads where it needs them"
      : "READ_COMMITTED_SNAPSHOT is off: scans pass over rows that are locked just now, and find them later",
    vi: `READ_COMMITTED_SNAPSHOT đang ${snapshotOn ? "bật" : "tắt"}, Hermes chạy được cả hai cách`,
  });
}

function highLogin({ login, user }: ServerFacts): DoctorFinding[] {
  if (login.toLowerCase() !== "sa" && user.toLowerCase() !== "dbo") return [];
  return [say("info", "login_high", {
    subject: login,
    en:
      `Login ${login} may do everything in the database: one that may read the tables and write the results is enough`,
    vi: `Tài khoản ${login} có toàn quyền; chỉ cần quyền đọc các bảng và ghi kết quả`,
  })];
}

/** `hasCommon`: API_USERNAME stands in for shops without an account. */
export function checkAccounts({ shops, without }: AccountFacts, hasCommon: boolean): DoctorFinding[] {
  const twice = shops.filter(({ accounts }) => accounts > 1);
  const long = shops.filter(({ passwordLength }) => passwordLength > passwordMax);
  return [
    ...accountsAtAll(shops.length, hasCommon),
    ...(without.length > 0 ? [shopsWithout(without, hasCommon)] : []),
    ...(twice.length > 0 ? [duplicates(twice)] : []),
    ...long.map(({ shop, passwordLength }) =>
      say("warning", "password_long", {
        subject: shop,
        en: `The password of shop ${shop} has ${passwordLength} characters: the partner takes ${passwordMax}`,
        vi: `Mật khẩu của cửa hàng ${shop} dài ${passwordLength} ký tự, quá ${passwordMax}`,
        cure: "Correct it in AccountShop: a blank may have been added at its end.",
      })
    ),
  ];
}

function accountsAtAll(count: number, hasCommon: boolean): DoctorFinding[] {
  if (count > 0) {
    return [say("ok", "accounts", {
      en: `AccountShop has active accounts for ${counted(count, "shop")}`,
      vi: `AccountShop có tài khoản cho ${count} cửa hàng`,
    })];
  }
  return [say(hasCommon ? "info" : "error", "accounts_none", {
    subject: "AccountShop",
    en: hasCommon
      ? "AccountShop has no active account: every shop sends with API_USERNAME"
      : "AccountShop has no active account, and API_USERNAME is not set: nothing can be sent",
    vi: hasCommon
      ? "AccountShop không có tài khoản nào đang dùng, mọi cửa hàng gửi bằng API_USERNAME"
      : "AccountShop không có tài khoản nào và không có API_USERNAME: không gửi được gì",
    ...(hasCommon ? {} : {
      cure: "Enter the shops' accounts in AccountShop with status 1, or set API_USERNAME and API_PASSWORD.",
    }),
  })];
}

function shopsWithout(shops: readonly string[], hasCommon: boolean): DoctorFinding {
  return say(hasCommon ? "info" : "error", "shop_without_account", {
    subject: listed(shops),
    en: `${counted(shops.length, "shop")} with pending documents and no active account: ${listed(shops)}${
      hasCommon ? "; they send with API_USERNAME" : ""
    }`,
    vi: `${shops.length} cửa hàng có chứng từ chờ nhưng không có tài khoản: ${listed(shops)}`,
    ...(hasCommon ? {} : {
      cure: "Enter their accounts in AccountShop with status 1, or set API_USERNAME and API_PASSWORD.",
    }),
  });
}

function duplicates(shops: readonly { shop: string; accounts: number }[]): DoctorFinding {
  const list = listed(shops.map(({ shop, accounts }) => `${shop} (${accounts})`));
  return say("warning", "accounts_duplicate", {
    subject: list,
    en: `More than one active account: ${list}; the one changed last is used`,
    vi: `Cửa hàng có nhiều tài khoản cùng hoạt động: ${list}; dùng tài khoản sửa gần nhất`,
    cure: "Leave status = 1 on one row of each shop in AccountShop.",
  });
}
