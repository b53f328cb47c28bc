// The pharmacies of the sample documents: shops, their accounts at the partner, and one shop without an account.

/** One row of AccountShop. */
export interface AccountShopRow {
  readonly shop_pharmacy_code: string;
  readonly pharmacy_code: string;
  readonly account: string;
  readonly password: string;
  readonly shop_name: string;
  readonly address: string;
  readonly phone_number: string;
  readonly email: string;
  readonly status: number;
}

/** A shop that documents come from, and how many of them, relative to the others. */
export interface SampleShop {
  readonly shop_pharmacy_code: string;
  readonly pharmacy_code: string;
  readonly weight: number;
}

/** What API_USERNAME and API_PASSWORD are in the dev stack: the account of shops without a row of their own. */
export const COMMON_ACCOUNT = { account: "chuoi_nha_thuoc", password: "chung-2026" } as const;

/** Five shops; the last has no row in AccountShop and uses COMMON_ACCOUNT. */
export const SAMPLE_SHOPS: readonly SampleShop[] = [
  { shop_pharmacy_code: "NT001", pharmacy_code: "01-0001", weight: 5 },
  { shop_pharmacy_code: "NT002", pharmacy_code: "01-0002", weight: 3 },
  { shop_pharmacy_code: "NT003", pharmacy_code: "79-0015", weight: 4 },
  { shop_pharmacy_code: "NT004", pharmacy_code: "48-0107", weight: 2 },
  { shop_pharmacy_code: "NT005", pharmacy_code: "92-0033", weight: 1 },
];

/** The rows of AccountShop: one for each of the first four shops. */
export function sampleAccounts(): readonly AccountShopRow[] {
  return accounts;
}

/** Account → password at the partner: every account of the samples, the common one included. */
export function samplePasswords(): Record<string, string> {
  const rows = [...accounts, COMMON_ACCOUNT];
  return Object.fromEntries(rows.map(({ account, password }) => [account, password]));
}

const accounts: readonly AccountShopRow[] = [
  {
    shop_pharmacy_code: "NT001",
    pharmacy_code: "01-0001",
    account: "nhathuoc_kimma",
    password: "kimma-2026",
    shop_name: "Nhà thuốc Kim Mã",
    address: "215 Kim Mã, quận Ba Đình, Hà Nội",
    phone_number: "02437340001",
    email: "kimma@nhathuoc.example",
    status: 1,
  },
  {
    shop_pharmacy_code: "NT002",
    pharmacy_code: "01-0002",
    account: "nhathuoc_doican",
    password: "doican-2026",
    shop_name: "Nhà thuốc Đội Cấn",
    address: "88 Đội Cấn, quận Ba Đình, Hà Nội",
    phone_number: "02437340002",
    email: "doican@nhathuoc.example",
    status: 1,
  },
  {
    shop_pharmacy_code: "NT003",
    pharmacy_code: "79-0015",
    account: "nhathuoc_nguyentrai",
    password: "nguyentrai-2026",
    shop_name: "Nhà thuốc Nguyễn Trãi",
    address: "412 Nguyễn Trãi, quận 5, Thành phố Hồ Chí Minh",
    phone_number: "02839230015",
    email: "nguyentrai@nhathuoc.example",
    status: 1,
  },
  {
    shop_pharmacy_code: "NT004",
    pharmacy_code: "48-0107",
    account: "nhathuoc_songhan",
    password: "songhan-2026",
    shop_name: "Nhà thuốc Sông Hàn",
    address: "36 Bạch Đằng, quận Hải Châu, Đà Nẵng",
    phone_number: "02363820107",
    email: "songhan@nhathuoc.example",
    status: 1,
  },
];
