// What differs between the partner's dialects, as data: paths, whether a document can be replaced, how one logs in (partner-api).
import type { DocumentType } from "./document.ts";

export interface Dialect {
  name: string;
  documentPaths: Record<DocumentType, string>;
  /** Whether PUT on the same path replaces a document sent before. */
  replaces: boolean;
  /** Where a token is fetched from. */
  loginPath: string;
}

export const nationalDialect: Dialect = {
  name: "national",
  documentPaths: {
    phieu_nhap: "/api/lien_thong/phieu_nhap",
    phieu_xuat: "/api/lien_thong/phieu_xuat",
    hoa_don: "/api/lien_thong/hoa_don",
  },
  replaces: true,
  loginPath: "/api/tai_khoan/dang_nhap",
};
