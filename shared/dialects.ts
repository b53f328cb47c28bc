// What differs between the partner's dialects, as data: paths, dates, whether a document can be replaced, how one is let in (partner-api).
// The names of the fields stand with the documents, in shared/documents.
import type { DocumentType } from "./document.ts";

export type DialectName = "national" | "gateway";

export interface Dialect {
  name: DialectName;
  documentPaths: Record<DocumentType, string>;
  /** Whether PUT on the same path replaces a document sent before. */
  replaces: boolean;
  /** A token from a login call at this path; or the account itself with every call (HTTP Basic). */
  login: { kind: "token"; path: string } | { kind: "basic" };
  /** A date as it is sent, from ISO 8601 text as SQL Server's style 126 prints it. */
  date(iso: string): string;
}

export const nationalDialect: Dialect = {
  name: "national",
  documentPaths: {
    phieu_nhap: "/api/lien_thong/phieu_nhap",
    phieu_xuat: "/api/lien_thong/phieu_xuat",
    hoa_don: "/api/lien_thong/hoa_don",
  },
  replaces: true,
  login: { kind: "token", path: "/api/tai_khoan/dang_nhap" },
  date: (iso) => iso.slice(0, 10).replaceAll("-", ""),
};

const gatewayDialect: Dialect = {
  name: "gateway",
  documentPaths: { phieu_nhap: "/phieunhap", phieu_xuat: "/phieuxuat", hoa_don: "/hoadon" },
  replaces: false,
  login: { kind: "basic" },
  date: (iso) => iso,
};

export const dialects: Record<DialectName, Dialect> = { national: nationalDialect, gateway: gatewayDialect };
