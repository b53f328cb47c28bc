// SQL Server of the simulation: rows of one document type, and what the product's statements do to them.
import type { RowResult, SourceDocument } from "../../shared/document.ts";
import { SourceError } from "../../shared/errors.ts";
import type { Source } from "../../shared/source.ts";
import type { EventLoop, SimProcess } from "./event_loop.ts";

export interface SimRow {
  key: number;
  code: string;
  shop: string;
  status: string;
  nationalCode: string | null;
  /** Invisible before: rows commit out of order. */
  committedAtMs: number;
}

export class SimSource {
  readonly rows: SimRow[] = [];
  readonly passwords = new Map<string, { user: string; password: string }>();
  readonly faults = { down: false, request: 0, answer: 0 };
  /** Results that tried to turn a success into a failure. */
  overwrites = 0;
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  seenFrom(process: SimProcess): Source {
    const run = <T>(work: () => T): Promise<T> =>
      process.request(work, {
        delayMs: () => this.#loop.between(0, 30),
        fault: () => {
          if (this.faults.down || this.#loop.chance(this.faults.request)) return "request";
          return this.#loop.chance(this.faults.answer) ? "answer" : "none";
        },
      }).catch((cause) => {
        throw new SourceError("SQL Server", { cause });
      });
    return {
      pendingKeys: (_type, page) => run(() => this.#pendingKeys(page)),
      readDocuments: (_type, keys) =>
        run(() => this.#pending().filter((row) => keys.includes(`${row.key}`)).map(document)),
      writeResults: (_type, results) => run(() => this.#write(results)),
      readStatuses: (_type, keys) =>
        run(() =>
          new Map(
            this.#visible().filter((row) => keys.includes(`${row.key}`)).map((r) => [`${r.key}`, r.status]),
          )
        ),
      readAccount: (shop) => run(() => this.passwords.get(shop) ?? null),
    };
  }

  #pendingKeys(page: { after: string | null; limit: number; skipShops: string[] }) {
    return this.#pending()
      .filter((row) => row.key > Number(page.after ?? -1) && !page.skipShops.includes(row.shop))
      .sort((a, b) => a.key - b.key)
      .slice(0, page.limit)
      .map((row) => ({ key: `${row.key}`, shop: row.shop }));
  }

  #write(results: RowResult[]): number {
    let changed = 0;
    for (const result of results) {
      const row = this.rows.find((one) => `${one.key}` === result.key);
      if (!row) continue;
      if (result.status === "SYNC_FAILED" && row.status === "SYNC_SUCCESS") {
        this.overwrites++;
        continue;
      }
      row.status = result.status;
      row.nationalCode = result.nationalCode ?? row.nationalCode;
      changed++;
    }
    return changed;
  }

  #visible(): SimRow[] {
    return this.rows.filter((row) => row.committedAtMs <= this.#loop.nowMs);
  }

  #pending(): SimRow[] {
    return this.#visible().filter((row) => row.status === "PENDING_SYNC");
  }
}

function document(row: SimRow): SourceDocument {
  return {
    key: `${row.key}`,
    shop: row.shop,
    linesDue: true,
    header: {
      ma_phieu: row.code,
      ma_co_so: "CS1",
      ngay_xuat: "2026-11-22",
      loai_phieu_xuat: "2",
      ghi_chu: "Trả hàng",
      ten_co_so_nhan: null,
    },
    lines: [{
      ma_thuoc: "T1",
      ten_thuoc: "Paracetamol",
      so_lo: "L1",
      han_dung: "2027-01-01",
      so_dklh: "VD-1",
      so_luong: "1.00",
      don_gia: "12.50",
      don_vi_tinh: "Viên",
    }],
  };
}
