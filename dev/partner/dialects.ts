// The two dialects as data: which path is which call, whose rules hold, how a caller shows who it is.
import { type Contract, type DocumentType, gatewayContract, nationalContract } from "./contract_fields.ts";
import { remembered } from "./remembered.ts";

export const DIALECTS = ["national", "gateway"] as const;

export type DialectName = (typeof DIALECTS)[number];

/** What a method and path mean. */
export type Route =
  | { readonly to: "login" }
  | { readonly to: "document"; readonly type: DocumentType; readonly replaces: boolean }
  | {
    readonly to: "withdrawal";
    readonly type: DocumentType;
    readonly ma_co_so: string;
    readonly code: string;
  }
  | { readonly to: "nowhere" }
  | { readonly to: "wrong_method"; readonly allow: string };

export interface Dialect {
  readonly name: DialectName;
  readonly contract: Contract;
  readonly auth: "bearer" | "basic";
  /** Which call this is. `path` has no query. */
  route(method: string, path: string): Route;
}

const gatewayPaths: Readonly<Record<string, DocumentType>> = {
  hoadon: "hoa_don",
  phieunhap: "phieu_nhap",
  phieuxuat: "phieu_xuat",
};

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  national: { name: "national", contract: nationalContract, auth: "bearer", route: nationalRoute },
  gateway: { name: "gateway", contract: gatewayContract, auth: "basic", route: gatewayRoute },
};

function nationalRoute(method: string, path: string): Route {
  if (path === "/api/tai_khoan/dang_nhap") return only("POST", method, { to: "login" });
  const found = documentPath(path);
  if (found === null) return { to: "nowhere" };
  const type = found[1] === "hoa_don" ? "hoa_don" : found[1] === "phieu_nhap" ? "phieu_nhap" : "phieu_xuat";
  const [facility, code] = [found[2], found[3]];
  if (facility === undefined || code === undefined) {
    if (method === "PUT") return { to: "document", type, replaces: true };
    return only("POST", method, { to: "document", type, replaces: false }, "POST, PUT");
  }
  return only("DELETE", method, { to: "withdrawal", type, ma_co_so: decoded(facility), code: decoded(code) });
}

/** Type, facility and code; null for another path. */
const documentPath = remembered(
  1000,
  (path) => /^\/api\/lien_thong\/(hoa_don|phieu_nhap|phieu_xuat)(?:\/([^/]+)\/([^/]+))?$/.exec(path),
);

/** The gateway sits under any base path: only the last segment counts. It has no PUT and no withdrawal. */
function gatewayRoute(method: string, path: string): Route {
  const type = gatewayPaths[path.slice(path.lastIndexOf("/") + 1)];
  if (type === undefined) return { to: "nowhere" };
  return only("POST", method, { to: "document", type, replaces: false });
}

function only(wanted: string, method: string, route: Route, allow = wanted): Route {
  return method === wanted ? route : { to: "wrong_method", allow };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
