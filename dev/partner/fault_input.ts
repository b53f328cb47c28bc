// Reads faults from the command line and from the control API, and says what is wrong with them.
// faults.ts keeps those in force.
import { z } from "zod";
import { ACCEPTED_FORMS, REFUSED_FORMS } from "./answers.ts";
import { DOCUMENT_TYPES } from "./contract_fields.ts";

/** The kinds of fault. */
const FAULT_KINDS = [
  "refuse",
  "unauthorized",
  "forbidden",
  "status",
  "too_many",
  "hang",
  "reset_before",
  "reset_after",
  "slow",
  "html",
  "garbage",
  "endless",
  "huge",
  "outage",
  "truncated",
  "answer",
] as const;

/**
 * A fault as options and the control API give it. Times are in milliseconds since the fault was added; `times`
 * is how many calls it strikes; `rate` the share of matching calls, 0 to 1. `accepts`: the document is accepted
 * all the same, and only the answer is spoilt (`reset_after` always does that).
 */
const faultSchema = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  match: z.strictObject({
    type: z.enum(DOCUMENT_TYPES).optional(),
    code: z.string().refine(isPattern, "is not a regular expression").optional(),
    shop: z.string().optional(),
    ma_co_so: z.string().optional(),
    account: z.string().optional(),
    method: z.string().toUpperCase().optional(),
    login: z.boolean().optional(),
  }).optional(),
  times: z.int().min(1).optional(),
  rate: z.number().min(0).max(1).optional(),
  fromMs: z.number().min(0).optional(),
  untilMs: z.number().min(0).optional(),
  status: z.int().min(200).max(599).optional(),
  delayMs: z.number().min(0).optional(),
  retryAfterSeconds: z.number().min(0).optional(),
  retryAfterAs: z.enum(["seconds", "date"]).optional(),
  form: z.enum([...REFUSED_FORMS, "cycle", ...ACCEPTED_FORMS]).optional(),
  message: z.string().optional(),
  accepts: z.boolean().optional(),
});

/** A fault as it is asked for. */
export type Fault = z.input<typeof faultSchema>;
/** A fault that the schema has checked. */
export type CheckedFault = z.output<typeof faultSchema>;

/** Reads `kind=500,rate=0.05,type=hoa_don`. A number as kind is a status. Throws an Error that names what is wrong. */
export function parseFault(text: string): CheckedFault {
  const fault: Record<string, unknown> = {};
  const match: Record<string, unknown> = {};
  for (const pair of text.split(",")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const target = Object.hasOwn(faultSchema.shape, name) && name !== "match" ? fault : match;
    target[name] = plainValue(name, value);
  }
  if (/^\d{3}$/.test(String(fault.kind))) {
    Object.assign(fault, { status: Number(fault.kind), kind: "status" });
  }
  return checkFault(Object.keys(match).length > 0 ? { ...fault, match } : fault, `fault "${text}"`);
}

/** Checks faults from outside, a list or one. Throws an Error that names every rule broken. */
export function checkFaults(value: unknown): CheckedFault[] {
  const faults: unknown[] = Array.isArray(value) ? value : [value];
  return faults.map((fault) => checkFault(fault, "fault"));
}

function checkFault(value: unknown, what: string): CheckedFault {
  const checked = faultSchema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${what}: ${problems.join("; ")}`);
}

function plainValue(name: string, value: string): unknown {
  if (["code", "shop", "ma_co_so", "account", "message"].includes(name)) return value;
  if (value === "true" || value === "") return true;
  if (value === "false") return false;
  return /^-?\d+(\.\d+)?$/.test(value) && name !== "kind" ? Number(value) : value;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
