// The bodies that arrive at the partner, byte for byte: digits, dates and text are those of the database, wherever the processes run.
import { assertEquals } from "@std/assert";
import type { Sample } from "../../dev/samples/rows.ts";
import { rowsByCode, waitUntilDrained } from "../support/flow.ts";
import { type Stack, startStack } from "../support/stack.ts";

const endsWithinMs = 30_000;
/** What is held byte for byte here are the bodies of these tables in this dialect; profiles_test.ts has the others. */
const national = { profile: "national", dialect: "national" } as const;

for (const zone of ["UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"]) {
  Deno.test(`bodies have the digits, dates and text of the database when processes run in ${zone}`, async () => {
    await using stack = await startStack(national);
    const samples = [...dates.keys()].map(invoice).concat(receipt(), slip());
    const bodies = await bodiesOf(stack, samples, zone);
    for (const [saleDate, sent] of dates) {
      assertEquals(bodies.get(codeOf(saleDate)), invoiceBody(saleDate, sent));
    }
    assertEquals(bodies.get("PN-1"), receiptBody);
    assertEquals(bodies.get("PX-1"), slipBody("PX-1", "Hủy do quá hạn", "20261231"));
  });
}

Deno.test("text that looks like JSON, SQL, HTML or a log line travels as data", async () => {
  await using stack = await startStack(national);
  const samples = texts.map((text, number) => noted(text, number));
  const bodies = await bodiesOf(stack, samples, "UTC");
  assertEquals(bodies.size, texts.length);
  texts.forEach((text, number) =>
    assertEquals(bodies.get(`PX-T${number}`), slipBody(`PX-T${number}`, text.normalize("NFC")))
  );
});

/** Moments of sale, and the day that the partner is told. */
const dates = new Map([
  ["2026-01-01T00:30:00", "20260101"],
  ["2026-12-31T23:59:59", "20261231"],
  ["2024-02-29T12:00:00", "20240229"],
  ["2026-03-08T02:30:00", "20260308"], // no such hour in Los Angeles
]);

const texts = [
  "Trần Thị Bưởi, 12 viên/ngày — uống sau ăn",
  "Cơ sở giữ lạnh 2–8 °C 💊🏥 “niêm phong”",
  "dấu tổ hợp: Việt Nam".normalize("NFD"),
  "nháy \"kép\", nháy 'đơn', gạch \\ chéo, \\u0041 \\n",
  "dòng một\r\ndòng hai\tcột\nhết",
  "</script><script>alert(1)</script><!-- &amp; -->",
  "'; DROP TABLE GoodsIssueSlips; --",
  "' OR 1=1; UPDATE GoodsIssueSlips SET status='SYNC_SUCCESS' --",
  '","ma_co_so":"khac","x":"',
  '{"ma_phieu":"GIẢ","chi_tiet":[]}',
  "$.key [key] %s {0} ${body} $(header) @results",
  '{"time":"2026-01-01","level":"error","event":"process.stopped"}',
  "\u2028phân dòng\u2029 \u00a0 \ufeff hết",
  "9007199254740993.25",
  "null",
];

/** Sends the documents with processes in a time zone, and returns the one body of each by code. */
async function bodiesOf(stack: Stack, samples: Sample[], zone: string): Promise<Map<string, string>> {
  await stack.insert(samples);
  stack.startScheduler({ TZ: zone });
  for (const type of new Set(samples.map((sample) => sample.type))) stack.startWorker(type, { TZ: zone });
  await waitUntilDrained(stack, endsWithinMs);
  for (const row of (await rowsByCode(stack)).values()) {
    assertEquals(row.status, "SYNC_SUCCESS", `${row.message}`);
  }
  const calls = (await stack.partnerCalls()).filter(({ login }) => !login);
  assertEquals(calls.length, samples.length);
  return new Map(calls.map(({ code, body }) => [code ?? "", body]));
}

const shop = {
  pharmacy_code: "01-0001",
  shop_pharmacy_code: "NT001",
  status: "PENDING_SYNC",
  created_minutes_ago: 0,
} as const;

const goods = {
  drug_code: "08.123",
  drug_name: "Đường ưu trương Glucose 30% “Bảo Châu”",
  lot_number: "LO-0007",
  production_date: "2025-12-31",
  expiry_date: "2028-02-29",
  registration_number: "VD-24567-16",
};

const accepted = { flaw: null, expected: "SYNC_SUCCESS" } as const;

function codeOf(saleDate: string): string {
  return `HD-${saleDate.replaceAll(/\D/g, "")}`;
}

function invoice(saleDate: string): Sample {
  return {
    ...accepted,
    type: "hoa_don",
    code: codeOf(saleDate),
    header: {
      ...shop,
      local_invoice_id: codeOf(saleDate),
      national_prescription_id: null,
      sale_date: saleDate,
      seller_name: "Nguyễn Thị Ánh Nguyệt",
      customer_name: 'Lê Văn "Tư" Đặng',
    },
    lines: [{
      ...goods,
      unit: "viên",
      concentration: "500 mg",
      dosage: "Ngày 2 lần,\nmỗi lần 1 viên",
      route_of_administration: null,
      quantity: "9007199254740993.25",
      unit_price: "12.50",
      line_total: "0.01",
      conversion_ratio: "1.00",
    }],
  };
}

function invoiceBody(saleDate: string, sent: string): string {
  return `{"ma_hoa_don":"${codeOf(saleDate)}","ma_co_so":"01-0001","ngay_ban":"${sent}",` +
    `"ho_ten_nguoi_ban":"Nguyễn Thị Ánh Nguyệt","ho_ten_khach_hang":"Lê Văn \\"Tư\\" Đặng","hoa_don_chi_tiet":[{` +
    `"ma_thuoc":"08.123","ten_thuoc":"Đường ưu trương Glucose 30% “Bảo Châu”","so_lo":"LO-0007",` +
    `"ngay_san_xuat":"20251231","han_dung":"20280229","don_vi_tinh":"viên","ham_luong":"500 mg",` +
    `"lieu_dung":"Ngày 2 lần,\\nmỗi lần 1 viên","so_dang_ky":"VD-24567-16","so_luong":9007199254740993.25,` +
    `"don_gia":12.50,"thanh_tien":0.01,"ty_le_quy_doi":1.00}]}`;
}

function receipt(): Sample {
  const header = {
    ...shop,
    local_receipt_id: "PN-1",
    receipt_date: "2026-01-01T00:30:00",
    receipt_type: 1,
    supplier_name: "Công ty CP Dược Hậu Giang",
    notes: "  giữ khoảng trắng  ",
  };
  const lines = [
    { ...goods, unit: "hộp", quantity: "100.00", unit_price: null },
    { ...goods, unit: "hộp", production_date: null, quantity: "0.50", unit_price: "9999999999999999.99" },
  ];
  return { ...accepted, type: "phieu_nhap", code: "PN-1", header, lines };
}

const receiptBody =
  `{"ma_phieu":"PN-1","ma_co_so":"01-0001","ngay_nhap":"20260101","loai_phieu_nhap":1,"ghi_chu":"  giữ khoảng trắng  ",` +
  `"ten_co_so_cung_cap":"Công ty CP Dược Hậu Giang","chi_tiet":[` +
  `{"ma_thuoc":"08.123","ten_thuoc":"Đường ưu trương Glucose 30% “Bảo Châu”","so_lo":"LO-0007","ngay_san_xuat":"20251231",` +
  `"han_dung":"20280229","so_dklh":"VD-24567-16","so_luong":100.00,"don_vi_tinh":"hộp"},` +
  `{"ma_thuoc":"08.123","ten_thuoc":"Đường ưu trương Glucose 30% “Bảo Châu”","so_lo":"LO-0007",` +
  `"han_dung":"20280229","so_dklh":"VD-24567-16","so_luong":0.50,"don_gia":9999999999999999.99,"don_vi_tinh":"hộp"}]}`;

function slip(): Sample {
  return noted("Hủy do quá hạn", "1", "2026-12-31T23:59:59");
}

function noted(notes: string, number: number | string, issueDate = "2026-06-01T08:00:00"): Sample {
  const code = typeof number === "number" ? `PX-T${number}` : `PX-${number}`;
  const header = {
    ...shop,
    local_slip_id: code,
    issue_date: issueDate,
    issue_type: 3,
    recipient_name: null,
    notes,
  };
  const lines = [{ ...goods, unit: "lọ", quantity: "1.00", unit_price: "12.50" }];
  return { ...accepted, type: "phieu_xuat", code, header, lines };
}

/** JSON.stringify escapes no more than JSON asks for. */
function slipBody(code: string, notes: string, issued = "20260601"): string {
  return `{"ma_phieu":"${code}","ma_co_so":"01-0001","ngay_xuat":"${issued}","loai_phieu_xuat":3,` +
    `"ghi_chu":${JSON.stringify(notes)},"chi_tiet":[{"ma_thuoc":"08.123",` +
    `"ten_thuoc":"Đường ưu trương Glucose 30% “Bảo Châu”","so_lo":"LO-0007","han_dung":"20280229",` +
    `"so_dklh":"VD-24567-16","so_luong":1.00,"don_gia":12.50,"don_vi_tinh":"lọ"}]}`;
}
