// All document types by name. A new one is one new file here, and one entry in workers/.
import type { DocumentType } from "../document.ts";
import { hoaDon } from "./hoa_don.ts";
import { phieuNhap } from "./phieu_nhap.ts";
import { phieuXuat } from "./phieu_xuat.ts";
import type { DocumentSpec } from "./spec.ts";

export type { ApiNames, DocumentSpec, Tables } from "./spec.ts";

export const documentSpecs: Record<DocumentType, DocumentSpec> = {
  phieu_nhap: phieuNhap,
  phieu_xuat: phieuXuat,
  hoa_don: hoaDon,
};
