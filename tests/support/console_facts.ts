// Made-up facts for the console's pages: one of everything that can stand on them, with HTML where people could have typed some.
import type { DocumentType } from "../../shared/document.ts";
import type {
  DeadDetail,
  DeadLetter,
  FailureGroup,
  FailuresAnswer,
  OperatorAction,
  PendingAnswer,
  Report,
  ShopsAnswer,
  Status,
  TypeStatus,
  WhyAnswer,
} from "../../shared/operator/types.ts";

/** Text that must never become an element. */
export const nasty = `<img src=x onerror="document.title='taken'"> & "Thuốc <b>Đặc</b> 'trị'"`;

const minute = 60_000;

export function status(now: number): Status {
  const quiet = typeStatus(now, "phieu_nhap");
  return {
    atMs: now,
    types: [
      { ...quiet, pending: { count: 12, more: false }, inStream: 8, fresh: 3, inCall: 5, ratePerMinute: 42 },
      {
        ...typeStatus(now, "phieu_xuat"),
        paused: { by: "lan (console)", atMs: now - 12 * minute },
        pending: { count: 4, more: false },
        ratePerMinute: 0,
        dead: 0,
      },
      {
        ...typeStatus(now, "hoa_don"),
        pending: { count: 100_000, more: true },
        ...{ inStream: 10_000, fresh: 9_871, dueLater: 113, nextDueAtMs: now + 42_000, dead: 37 },
        oldestWaitingMs: 3 * 3_600_000,
        workers: [worker(now, { breaker: "open", probeAtMs: now + 20_000 }), worker(now, { alive: false })],
      },
    ],
    blockedShops: shops(now).blocked,
    leader: "may-chu-1-4021-9f3c",
    findings: [
      {
        ...{ severity: "error", name: "breaker_open", type: "hoa_don" },
        vi: "Dược Quốc gia không trả lời hoa_don (1/1 worker): không cần làm gì, thử lại sau 20 giây.",
        en:
          "The partner does not answer for hoa_don (1 of 1 workers): nothing is to be done, next probe in 20 s.",
      },
      {
        ...{ severity: "warning", name: "paused", type: "phieu_xuat" },
        vi: "phieu_xuat đang tạm dừng bởi lan (console); chạy tiếp bằng hermes resume phieu_xuat.",
        en: "phieu_xuat is paused by lan (console); hermes resume phieu_xuat lets it go on.",
      },
      { severity: "note", name: "note", vi: `Ghi chú ${nasty}`, en: `A note ${nasty}` },
    ],
    troubles: [],
  };
}

export function calmStatus(now: number): Status {
  return {
    atMs: now,
    types: (["phieu_nhap", "phieu_xuat", "hoa_don"] as const).map((type) => ({
      ...typeStatus(now, type),
      ...{
        pending: { count: 0, more: false },
        inStream: 0,
        fresh: 0,
        dueLater: 0,
        nextDueAtMs: null,
        inCall: 0,
      },
      ...{ dead: 0, ratePerMinute: 0, oldestWaitingMs: null, newer: 0, newerVersion: null },
    })),
    ...{ blockedShops: [], leader: "may-chu-1-4021-9f3c", findings: [], troubles: [] },
  };
}

/** Nothing answers. */
export function darkStatus(now: number): Status {
  const none = {
    ...{ pending: null, inStream: null, waiting: null, inCall: null, writing: null, dueLater: null },
    ...{
      nextDueAtMs: null,
      newer: null,
      newerVersion: null,
      fresh: null,
      dead: null,
      ratePerMinute: null,
      oldestWaitingMs: null,
      paused: null,
    },
    ...{ workers: [], lastScan: null },
  };
  return {
    atMs: now,
    types: (["phieu_nhap", "phieu_xuat", "hoa_don"] as const).map((type) => ({ type, ...none })),
    ...{ blockedShops: [], leader: null, findings: [] },
    troubles: [
      { service: "redis", message: "no connection" },
      { service: "sqlserver", message: "SQL Server, counting pending rows: Failed to connect" },
    ],
  };
}

function typeStatus(now: number, type: DocumentType): TypeStatus {
  return {
    type,
    ...{ pending: { count: 0, more: false }, inStream: 0, waiting: 0, inCall: 0, writing: 2, dueLater: 0 },
    ...{
      newer: 0,
      newerVersion: null,
      nextDueAtMs: null,
      fresh: 0,
      dead: 3,
      ratePerMinute: 18,
      oldestWaitingMs: 9_400,
      paused: null,
    },
    workers: [worker(now, {})],
    lastScan: {
      ...{ atMs: now - 3_000, by: "may-chu-1-4021-9f3c", found: 12, enqueued: 12, invalid: 0 },
      ...{ more: false, ms: 31, error: type === "phieu_xuat" ? "SQL Server, reading keys: timeout" : null },
    },
  };
}

function worker(now: number, more: Partial<TypeStatus["workers"][number]>): TypeStatus["workers"][number] {
  return {
    name: more.alive === false ? "may-chu-2-118-77aa" : "may-chu-1-5120-b1d0",
    ...{ alive: true, startedAtMs: now - 7 * 3_600_000, lastBeatAtMs: now - 1_200, turnedAtMs: now - 1_000 },
    ...{
      lastResultAtMs: now - 2_000,
      breaker: "closed",
      probeAtMs: null,
      waiting: 2,
      calling: 5,
      writing: 2,
      entryVersion: 1,
    },
    ...(more.alive === false ? { lastBeatAtMs: now - 11 * minute } : {}),
    ...more,
  };
}

export function letters(now: number): DeadLetter[] {
  const letter = (number: number, type: DocumentType, reason: string, detail: string): DeadLetter => ({
    ...{
      id: `1763800000000-${number}`,
      type,
      key: String(number),
      code: `HD25112100${number}`,
      shop: "CH01",
    },
    ...{ entryId: `1763790000000-${number}`, reason, detail, deliveries: number },
    firstScannedAtMs: now - 90 * minute,
    diedAtMs: now - number * minute,
  });
  return [
    letter(1, "hoa_don", "refused", "Mã thuốc VN-00000-00 không tồn tại trong danh mục"),
    letter(5, "phieu_nhap", "deliveries_used_up", "500 Internal Server Error"),
    { ...letter(2, "hoa_don", "refused", nasty), code: nasty },
  ];
}

export function letterDetail(now: number, id: string): DeadDetail | null {
  const letter = letters(now).find((each) => each.id === id);
  const body = `{"ma_hoa_don":"HD1","so_luong":12.50,"ten_thuoc":${
    JSON.stringify(nasty)
  },"hoa_don_chi_tiet":[{"a":1},{"b":"{x,y}"}]}`;
  return letter ? { ...letter, body } : null;
}

export function failures(now: number): FailuresAnswer {
  const member = { type: "hoa_don" as const, key: "1", code: "HD2511210042", shop: "CH01" };
  const group = (more: Partial<FailureGroup>): FailureGroup => ({
    ...{ id: "refused-1f0a", kind: "refused", status: 400, count: 4_212, shops: 17, types: ["hoa_don"] },
    pattern: "mã thuốc ‹…› không tồn tại trong danh mục",
    ...{ firstSeenMs: now - 26 * 3_600_000, lastSeenMs: now - 2 * minute },
    example: { ...member, message: "…", atMs: now },
    title: {
      vi: "Mã thuốc không có trong danh mục quốc gia",
      en: "A drug code is not in the national catalogue",
    },
    advice: {
      vi: "Sửa mã thuốc trong phần mềm nhà thuốc rồi cho đồng bộ lại.",
      en: "Correct the drug code in the pharmacy's software, then redrive it.",
    },
    redriveHelps: false,
    members: [member, { ...member, code: nasty, shop: nasty }],
    ...more,
  });
  return {
    groups: [
      group({}),
      group({
        ...{ id: "used-up-22", kind: "deliveries_used_up", status: null, count: 3, redriveHelps: true },
        title: { vi: "Hết lượt gửi", en: "Deliveries used up" },
        pattern: nasty,
      }),
    ],
    total: { count: 4_215, more: false },
    from: "sqlserver",
    troubles: [],
  };
}

export function why(now: number, code: string): WhyAnswer {
  if (code === "KHONG-CO") return { code, stories: [], troubles: [] };
  const letter = letters(now)[0];
  return {
    code,
    stories: [{
      ...{ type: "hoa_don", key: "42", code, shop: "CH01", flight: null, lastFailure: null, blocked: null },
      row: {
        ...{ key: "42", code, shop: "CH01", status: "SYNC_FAILED", nationalCode: null, lines: 3 },
        message: `Bị từ chối: ${nasty}`,
        ...{ createdAtMs: now - 26 * 3_600_000, updatedAtMs: now - minute },
      },
      deadLetters: letter ? [letter] : [],
      ...{ paused: null, workersAlive: 1, breakerOpen: null, nextDeliveryAtMs: null },
      timeline: [
        event(
          now - 26 * 3_600_000,
          "row_created",
          "sqlserver",
          "Dòng dữ liệu được tạo",
          "The row was created",
        ),
        event(now - 2 * minute, "enqueued", "mongodb", "Đưa vào hàng gửi", "Put into the stream"),
        {
          ...event(now - minute, "failed", "mongodb", "Thất bại sau 1 lần gửi (400)", "Failed (400)"),
          detail: nasty,
        },
        event(now + minute, "next_delivery", "redis", "Gửi lại sau 1 phút", "Next delivery in 1 min"),
      ],
      verdict: {
        ...{ name: "refused", severity: "error" },
        vi:
          "Mã thuốc không có trong danh mục quốc gia. Sửa mã thuốc trong phần mềm nhà thuốc rồi cho đồng bộ lại.",
        en:
          "A drug code is not in the national catalogue. Correct it in the pharmacy's software, then redrive it.",
      },
    }],
    troubles: [],
  };
}

function event(atMs: number, name: string, from: "sqlserver" | "redis" | "mongodb", vi: string, en: string) {
  return { atMs, event: name, from, vi, en };
}

export function pending(type: DocumentType | undefined): PendingAnswer {
  const document = (code: string, more: Partial<PendingAnswer["documents"][number]> = {}) => ({
    ...{ type: type ?? "hoa_don", key: code, code, shop: "CH01", waitingMs: 75_000, flight: null },
    ...{ deliveries: 0, dueAtMs: null, blocked: false },
    ...more,
  });
  return {
    documents: [
      document("HD2511210001", {
        flight: "later",
        dueAtMs: Date.now() + 40_000,
        deliveries: 2,
        waitingMs: 9_900_000,
      }),
      document("HD2511210002", { flight: "held", deliveries: 1 }),
      document("HD2511210003", { blocked: true, shop: "CH07" }),
      document(nasty),
    ],
    ...{ more: true, troubles: [] },
  };
}

export function shops(now: number): ShopsAnswer {
  return {
    blocked: [{ shop: "CH07", untilMs: now + 4 * minute, why: `Sai mật khẩu ${nasty}` }],
    refusedAccounts: [{ account: "ch07", untilMs: now + 4 * minute, why: "400: Sai mật khẩu" }],
  };
}

export function report(): Report {
  const row = {
    shop: "CH01",
    type: "hoa_don" as const,
    synced: 1_234,
    failed: 3,
    waiting: 12,
    p50Ms: 420,
    p95Ms: 2_900,
  };
  const { shop: _, type: __, ...total } = row;
  return {
    ...{ day: "2026-11-22", by: "shop" },
    rows: [row, { ...row, shop: nasty, type: "phieu_nhap", synced: 0, p50Ms: null, p95Ms: null }],
    ...{ total, troubles: [] },
  };
}

export function doneBefore(now: number): OperatorAction[] {
  return [
    {
      at: new Date(now - minute),
      who: "lan (console)",
      action: "pause",
      target: "phieu_xuat",
      detail: "",
      outcome: "done",
    },
    {
      at: new Date(now - 9 * minute),
      who: "root@may-chu-1",
      action: "redrive",
      target: nasty,
      detail: "12",
      outcome: "9",
    },
  ];
}
