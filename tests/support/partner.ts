// For tests of and with the simulated partner: bodies that keep the contract, and a client that speaks to it.
import { assert, assertStringIncludes } from "@std/assert";
import { type Partner, type PartnerOptions, startPartner } from "../../dev/partner/partner.ts";
import type { DocumentType } from "../../dev/partner/contract_fields.ts";

type Body = Record<string, unknown>;

const goods = { ma_thuoc: "DQG00010001", ten_thuoc: "Paracetamol", so_lo: "LO260101", han_dung: "20280229" };

const nationalBodies: Record<DocumentType, (code: string) => Body> = {
  hoa_don: (code) => ({
    ma_hoa_don: code,
    ma_co_so: "01-0001",
    ma_don_thuoc_quoc_gia: "01abc-c",
    ngay_ban: "20261122",
    ho_ten_nguoi_ban: "DS. Trần Thị Thu Hà",
    ho_ten_khach_hang: "Nguyễn Văn An",
    hoa_don_chi_tiet: [{
      ...goods,
      ngay_san_xuat: "20260101",
      don_vi_tinh: "Viên",
      ham_luong: "500mg",
      duong_dung: "Uống",
      lieu_dung: "Ngày uống 2 lần",
      so_dang_ky: "VD-20558-19",
      so_luong: 12.5,
      don_gia: 412.5,
      thanh_tien: 5156.25,
      ty_le_quy_doi: 1,
    }],
  }),
  phieu_nhap: (code) => ({
    ma_phieu: code,
    ma_co_so: "01-0001",
    ngay_nhap: "20261122",
    loai_phieu_nhap: 1,
    ghi_chu: "Nhập hàng",
    ten_co_so_cung_cap: "Công ty Cổ phần Dược Hậu Giang",
    chi_tiet: [{
      ...goods,
      ngay_san_xuat: "20260101",
      so_dklh: "VD-20558-19",
      so_luong: 100,
      don_gia: 300.25,
      don_vi_tinh: "Viên",
    }],
  }),
  phieu_xuat: (code) => ({
    ma_phieu: code,
    ma_co_so: "01-0001",
    ngay_xuat: "20261122",
    loai_phieu_xuat: 2,
    ghi_chu: "Trả hàng",
    ten_co_so_nhan: "Công ty Cổ phần Traphaco",
    chi_tiet: [{ ...goods, so_dklh: "VD-20558-19", so_luong: 10, don_gia: 300, don_vi_tinh: "Viên" }],
  }),
};

/** A body of dialect `national` with every field of partner-api, valid as it stands. */
export function nationalBody(type: DocumentType, code: string, changes: Body = {}): Body {
  return { ...nationalBodies[type](code), ...changes };
}

/** A body of dialect `gateway` with every field of partner-api, valid as it stands. */
export function gatewayBody(type: DocumentType, code: string, changes: Body = {}): Body {
  return { ...gatewayBodies[type](code), ...changes };
}

const lot = { batchNumber: "LO260101", manufactureDate: "2026-01-01", expiryDate: "2028-02-29" };
const medicine = {
  ...lot,
  medicineCode: "DQG00010001",
  medicineName: "Paracetamol",
  registrationNumber: "VD-20558-19",
  quantity: 10,
  unitPrice: 300.5,
  unit: "Viên",
};

const gatewayBodies: Record<DocumentType, (code: string) => Body> = {
  hoa_don: (code) => ({
    billCode: code,
    facilityCode: "01-0001",
    prescriptionCode: "01abc-c",
    billDate: "2026-11-22",
    customerName: "Nguyễn Văn An",
    sellerName: "DS. Trần Thị Thu Hà",
    details: [{
      ...lot,
      productCode: "DQG00010001",
      productName: "Paracetamol",
      unit: "Viên",
      strength: "500mg",
      route: "Uống",
      dosage: "Ngày uống 2 lần",
      registrationNumber: "VD-20558-19",
      quantity: 2,
      unitPrice: 412.5,
      amount: 825,
      conversionRatio: 1,
    }],
  }),
  phieu_nhap: (code) => ({
    invoiceCode: code,
    facilityCode: "01-0001",
    importDate: "2026-11-22T08:30:00",
    importType: 1,
    supplierName: "Công ty Cổ phần Dược Hậu Giang",
    note: "Nhập hàng",
    details: [{ ...medicine, amount: 3005 }],
  }),
  phieu_xuat: (code) => ({
    invoiceCode: code,
    facilityCode: "01-0001",
    exportDate: "2026-11-22",
    exportType: 2,
    recipientName: "Công ty Cổ phần Traphaco",
    note: "Trả hàng",
    details: [medicine],
  }),
};

/** What came back, as text and, where it is JSON, parsed. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** A partner and a client that is logged in to it. */
export interface PartnerBench extends AsyncDisposable {
  readonly partner: Partner;
  /** Any call. `body` is sent as it is when it is a string, else as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** Posts (or puts) a document of dialect `national`. */
  send(type: DocumentType, body: unknown, options?: CallOptions & { method?: string }): Promise<Reply>;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/**
 * Starts a partner with the account hermes/hermes and, for dialect `national`, logs in. Connections are not kept: on
 * a kept one, fetch by itself repeats a call that was reset.
 */
export async function partnerBench(options: PartnerOptions = {}): Promise<PartnerBench> {
  const partner = await startPartner(options);
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const call: PartnerBench["call"] = async (method, path, { body, headers, signal } = {}) => {
    const response = await fetch(partner.url + path, {
      method,
      client,
      headers: { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOrUndefined(text) };
  };
  const authorization = options.dialect === "gateway"
    ? `Basic ${btoa("hermes:hermes")}`
    : `bearer ${await login(call)}`;
  return {
    partner,
    call,
    send: (type, body, { method = "POST", ...rest } = {}) =>
      call(method, `/api/lien_thong/${type}`, { body, ...rest, headers: { authorization, ...rest.headers } }),
    async [Symbol.asyncDispose]() {
      await partner.stop();
      client.close();
    },
  };
}

async function login(call: PartnerBench["call"]): Promise<string> {
  const { json } = await call("POST", "/api/tai_khoan/dang_nhap", { body: { usr: "hermes", pwd: "hermes" } });
  return (json as { token: string }).token;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fails unless the partner says, in one of its ways, that the document exists already. */
export function assertSaysExists({ status, text }: Reply): void {
  assertStringIncludes(text.toLowerCase(), "đã tồn tại");
  assert(
    status === 400 || status === 422 || (status === 200 && text.includes('"code":400')),
    `${status} ${text}`,
  );
}

/** Waits for a condition, at most two seconds; throws an Error that says what never happened. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
