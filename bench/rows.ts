// The rows that the bench sends, in SQL Server: made, set to pending, read again when they are done.
// @ts-types="@types/mssql"
import sql from "mssql";
import type { Sample } from "../dev/samples/rows.ts";
import { makeSamples } from "../dev/samples/samples.ts";
import { benchType } from "./competitors/work.ts";
import copyHeadersSql from "./sql/copy_headers.sql" with { type: "text" };
import copyLinesSql from "./sql/copy_lines.sql" with { type: "text" };
import countPendingSql from "./sql/count_pending.sql" with { type: "text" };
import parkRowsSql from "./sql/park_rows.sql" with { type: "text" };
import readRowsSql from "./sql/read_rows.sql" with { type: "text" };
import resetRowsSql from "./sql/reset_rows.sql" with { type: "text" };
import serverNowSql from "./sql/server_now.sql" with { type: "text" };

/** Rows by their ids, which follow each other. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A row as it stands. Times are SQL Server's, ms on one scale. */
export interface BenchRow {
  readonly id: number;
  readonly code: string;
  readonly status: string;
  readonly nationalCode: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Copies to make of the sample documents. */
export interface Copies {
  readonly count: number;
  readonly lines: number;
  /** All of one shop; when left out, of the samples' shops. */
  readonly shop?: string;
}

const seed = 1;
const insertMax = 2_000;
const pageRows = 20_000;
/** Rows in one statement at most: the driver waits 30 s for it. */
const statementRows = 20_000;
/** Lines in one statement at most. */
const statementLines = 100_000;
/** What is copied: so many documents, and at least so many lines. */
const templates = 500;

type Input = readonly [type: sql.ISqlType, value: unknown];

export class Rows {
  readonly #pool: () => Promise<sql.ConnectionPool>;
  readonly #insert: (samples: readonly Sample[]) => Promise<void>;
  #requests = 0;
  /** The last id of all. */
  #last = 0;
  #copies = 0;

  constructor(
    pool: () => Promise<sql.ConnectionPool>,
    insert: (samples: readonly Sample[]) => Promise<void>,
  ) {
    this.#pool = pool;
    this.#insert = insert;
  }

  /** Statements of this class so far, `fill` left out. */
  get requests(): number {
    return this.#requests;
  }

  /** Makes so many sample documents, none of them pending. Only into empty tables: the ids begin with 1. */
  async fill(count: number): Promise<Range> {
    for (let number = 0; this.#last < count; number += insertMax) {
      const made = makeSamples({ count: insertMax, seed, startNumber: number, now: new Date() });
      const fit = made.filter(({ type, flaw }) => type === benchType && flaw === null);
      const chosen = fit.slice(0, count - this.#last);
      await this.#insert(chosen);
      this.#last += chosen.length;
    }
    await this.park({ first: 1, last: count });
    return { first: 1, last: count };
  }

  /** Makes copies of the first sample documents, none of them pending. */
  async copy({ count, lines, shop }: Copies): Promise<Range> {
    if (this.#last === 0) await this.fill(templates);
    const first = this.#last + 1;
    while (this.#last < first - 1 + count) {
      const rows = Math.min(count - (this.#last + 1 - first), statementRows);
      const times = Math.ceil(rows / templates);
      await this.#run(copyHeadersSql, {
        copies: json(Array.from({ length: times }, (_, at) => this.#copies + at)),
        last: [sql.Int(), Math.min(rows, templates)],
        shop: [sql.VarChar(50), shop ?? null],
      });
      this.#copies += times;
      this.#last += times * Math.min(rows, templates);
    }
    const range = { first, last: this.#last };
    await this.#addLines(range, lines);
    return range;
  }

  /** The rows want syncing, as if they had just been committed. */
  async reset(range: Range): Promise<void> {
    for (const part of partsOf(range, statementRows)) await this.#run(resetRowsSql, numbers(part));
  }

  /** Those of the rows that are pending are no more. */
  async park(range: Range): Promise<void> {
    for (const part of partsOf(range, statementRows)) await this.#run(parkRowsSql, numbers(part));
  }

  /** How many rows are pending, counted no further than `most`. */
  async pending(most: number): Promise<number> {
    const [row] = await this.#run(countPendingSql, numbers({ most }));
    return Number(row?.rows);
  }

  /** SQL Server's clock, on the scale of the rows' times. */
  async nowMs(): Promise<number> {
    const [row] = await this.#run(serverNowSql, {});
    return Number(row?.now_ms);
  }

  /** The rows as they stand, by id. */
  async read({ first, last }: Range): Promise<BenchRow[]> {
    const rows: BenchRow[] = [];
    for (let after = first - 1;;) {
      const page = await this.#run(readRowsSql, numbers({ after, last, limit: pageRows }));
      for (const row of page) rows.push(rowFrom(row));
      if (page.length < pageRows) return rows;
      after = rows.at(-1)?.id ?? last;
    }
  }

  async #addLines(range: Range, lines: number): Promise<void> {
    const each = json(Array.from({ length: lines }, (_, number) => number));
    for (const part of partsOf(range, Math.ceil(statementLines / lines))) {
      await this.#run(copyLinesSql, { ...numbers({ ...part, samples: templates }), numbers: each });
    }
  }

  async #run(text: string, inputs: Readonly<Record<string, Input>>): Promise<Record<string, unknown>[]> {
    this.#requests++;
    const request = (await this.#pool()).request();
    for (const [name, [type, value]] of Object.entries(inputs)) request.input(name, type, value);
    const { recordset } = await request.query<Record<string, unknown>>(text);
    return recordset ?? [];
  }
}

/** How many rows there are in a range. */
export function sizeOf({ first, last }: Range): number {
  return last - first + 1;
}

/** The first rows of a range. */
export function firstOf({ first, last }: Range, count: number): Range {
  return { first, last: Math.min(last, first + count - 1) };
}

/** The range in parts of at most `size` rows. */
export function partsOf({ first, last }: Range, size: number): Range[] {
  return Array.from({ length: Math.ceil((last - first + 1) / size) }, (_, part) => ({
    first: first + part * size,
    last: Math.min(last, first + (part + 1) * size - 1),
  }));
}

function numbers(values: Readonly<Record<string, number>> | Range): Record<string, Input> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [sql.Int(), value]]));
}

function json(value: unknown): Input {
  return [sql.NVarChar(sql.MAX), JSON.stringify(value)];
}

function rowFrom(row: Record<string, unknown>): BenchRow {
  return {
    id: Number(row.id),
    code: String(row.code),
    status: String(row.status),
    nationalCode: row.national_code === null ? null : String(row.national_code),
    createdMs: Number(row.created_ms),
    updatedMs: Number(row.updated_ms),
  };
}
