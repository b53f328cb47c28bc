// What an operator can do here, each with what it asks for, what it means, and what it comes to. A GET asks, a POST does (routes_actions.ts).
import type { DocumentType } from "../../shared/document.ts";
import type { RetryAnswer } from "../../shared/operator/types.ts";
import type { ConsoleOperator } from "../operator.ts";
import type { Notice, Page } from "../page.ts";
import { type DeadQuery, deadQueryFrom, filterOf } from "../pages/dead.ts";
import { given } from "../view/parts.ts";
import type { Values } from "../say.ts";
import type { TextName } from "../texts.ts";
import type { JobWork } from "./jobs.ts";

/** What an action is to be done to, as its form holds it. */
export interface Target {
  type?: DocumentType | undefined;
  shop?: string | undefined;
  code?: string | undefined;
  /** A cause's id. */
  group?: string | undefined;
  dead: DeadQuery;
  /** Documents a second. */
  rate?: number | undefined;
}

/** A sentence of the confirmation. */
export type Sentence = readonly [TextName, Values?];

/** What the confirmation says besides, and whether there is anything to do. */
export interface Preview {
  lines: Sentence[];
  isNothing?: boolean;
}

export type Outcome = { kind: "told"; notice: Notice } | { kind: "job"; work: JobWork };

export interface Action {
  button: TextName;
  ask: TextName;
  means: TextName;
  isDanger?: boolean;
  /** Whether the form has a rate. */
  hasRate?: boolean;
  /** Whether the target has what the action needs. */
  fits(target: Target): boolean;
  preview?(operator: ConsoleOperator, target: Target): Promise<Preview>;
  run(operator: ConsoleOperator, target: Target): Promise<Outcome>;
}

export const actions: Readonly<Record<string, Action>> = {
  pause: {
    button: "do_pause",
    ask: "ask_pause",
    means: "means_pause",
    fits: ({ type }) => type !== undefined,
    run: async (operator, { type }) => told(await pauseOrResume(operator, "pause", type)),
  },
  resume: {
    button: "do_resume",
    ask: "ask_resume",
    means: "means_resume",
    fits: ({ type }) => type !== undefined,
    run: async (operator, { type }) => told(await pauseOrResume(operator, "resume", type)),
  },
  scan: {
    button: "do_scan",
    ask: "ask_scan",
    means: "means_scan",
    fits: () => true,
    run: async (operator) => told(await scan(operator)),
  },
  retry: {
    button: "do_retry",
    ask: "ask_retry",
    means: "means_retry",
    fits: ({ code }) => code !== undefined,
    run: async (operator, { code = "" }) => told(retried(await operator.retry(code))),
  },
  redrive: {
    button: "do_redrive",
    ask: "ask_redrive",
    means: "means_redrive",
    hasRate: true,
    fits: () => true,
    preview: previewRedrive,
    run: (operator, target) => Promise.resolve({ kind: "job", work: redriveOf(operator, target) }),
  },
  drop: {
    button: "do_drop",
    ask: "ask_drop",
    means: "means_drop",
    isDanger: true,
    fits: () => true,
    preview: previewDrop,
    run: async (operator, target) => told(await drop(operator, target)),
  },
  unblock: {
    button: "do_unblock",
    ask: "ask_unblock",
    means: "means_unblock",
    fits: ({ shop }) => shop !== undefined,
    run: async (operator, { shop = "" }) => told(await unblock(operator, shop)),
  },
};

/** Reads a target out of an address or a form. Null when something in it is not what it should be: a filter that is left out would widen it. */
export function targetFrom(read: (name: string) => string | undefined): Target | null {
  const text = (name: string) => read(name)?.trim().slice(0, 200) || undefined;
  const rate = text("rate");
  if (rate !== undefined && !(Number(rate) > 0 && Number(rate) <= 1_000)) return null;
  const dead = deadQueryFrom(read);
  if (dead.type !== text("type") || (text("older") !== undefined && dead.older === undefined)) return null;
  return {
    type: dead.type,
    shop: text("shop"),
    code: text("code"),
    group: text("group"),
    dead,
    rate: rate === undefined ? undefined : Number(rate),
  };
}

/** The target as a form's fields, without the rate. */
export function fieldsOf({ group, dead }: Target): Record<string, string> {
  return given({ ...dead, group });
}

/** The words of a target for the questions. */
export function valuesOf(page: Page, { type, shop = "", code = "" }: Target): Values {
  return { type: type === undefined ? page.say("every_type") : page.say(type), shop, code };
}

function told(notice: Notice): Outcome {
  return { kind: "told", notice };
}

function done(lines: Notice["lines"], recorded: boolean): Notice {
  return { kind: "done", lines: recorded ? lines : [...lines, { name: "not_recorded" }] };
}

async function pauseOrResume(
  operator: ConsoleOperator,
  action: "pause" | "resume",
  type: DocumentType | undefined,
): Promise<Notice> {
  if (type === undefined) throw new TypeError(`${action} needs a document type`);
  const { changed, recorded } = await operator[action](type);
  const [was, is] = action === "pause"
    ? ["was_paused", "done_pause"] as const
    : ["was_running", "done_resume"] as const;
  return done([{ name: changed ? is : was, values: { type } }], recorded);
}

async function scan(operator: ConsoleOperator): Promise<Notice> {
  const answers = await operator.scan();
  const problem = answers.find(({ error }) => error !== null);
  if (problem) {
    return { kind: "problem", lines: [{ name: "failed_scan", values: { why: problem.error ?? "" } }] };
  }
  const sum = (of: "found" | "enqueued" | "invalid") => answers.reduce((total, each) => total + each[of], 0);
  const values = { found: sum("found"), enqueued: sum("enqueued"), invalid: sum("invalid") };
  return { kind: "done", lines: [{ name: "done_scan", values }] };
}

function retried({ code, documents, recorded }: RetryAnswer): Notice {
  if (documents.length === 0) return { kind: "problem", lines: [{ name: "retry_none", values: { code } }] };
  return done(
    documents.map(({ outcome }) => ({ name: `retry_${outcome}` as const, values: { code } })),
    recorded,
  );
}

async function unblock(operator: ConsoleOperator, shop: string): Promise<Notice> {
  const { wasBlocked, account, recorded } = await operator.unblock(shop);
  const name = wasBlocked || account !== null ? "done_unblock" : "was_unblocked";
  return done([{ name, values: { shop } }], recorded);
}

async function drop(operator: ConsoleOperator, { dead }: Target): Promise<Notice> {
  const { dropped, recorded } = await operator.dead.drop(filterOf(dead));
  return done([{ name: "done_drop", values: { n: dropped } }], recorded);
}

async function previewDrop(operator: ConsoleOperator, { dead }: Target): Promise<Preview> {
  const { total } = await operator.dead.drop(filterOf(dead), { dryRun: true });
  return { lines: [["drop_count", { n: total }]], isNothing: total === 0 };
}

async function previewRedrive(operator: ConsoleOperator, target: Target): Promise<Preview> {
  const result = await redriveOf(operator, target)({ dryRun: true });
  if (result === null || result.total === 0) return { lines: [["redrive_nothing"]], isNothing: true };
  const { total, redriven, already, left } = result;
  return { lines: [["redrive_count", { n: total, rows: redriven, already, left }]] };
}

function redriveOf(operator: ConsoleOperator, { group, dead, rate }: Target) {
  return (options: Parameters<ConsoleOperator["dead"]["redrive"]>[1]) => {
    const all = { ...options, ...(rate === undefined ? {} : { ratePerSecond: rate }) };
    return group === undefined
      ? operator.dead.redrive(filterOf(dead), all)
      : operator.redriveGroup(group, all);
  };
}
