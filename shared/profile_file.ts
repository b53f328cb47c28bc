// A pharmacy's own layout: SOURCE_PROFILE names a JSON file that maps its tables and columns onto the document types. Read once at start
// and checked whole; docs/my-profile.md explains it with an example.
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { type DocumentType, documentTypes } from "./document.ts";
import { type DocumentSpec, documentSpecs, type Tables } from "./documents/mod.ts";
import { describeError, type SettingProblem, SettingsError } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { type BuiltInProfile, keyBefore, type Profile, profiles } from "./profiles.ts";
import { valueProblem } from "./rules.ts";

const identifier = z.string().regex(
  /^[^\s;'"[\]]+(\.[^\s;'"[\]]+)*$/,
  "must be a name, without brackets or blanks",
);
const columns = z.record(z.string(), identifier);
const keyType = z.string().regex(
  /^(int|bigint|n?varchar\(\d{1,4}\))$/,
  "must be int, bigint, varchar(n) or nvarchar(n)",
);

const tables = z.strictObject({
  header: identifier,
  key: identifier,
  shop: identifier,
  status: identifier,
  createdAt: z.union([identifier, z.strictObject({ day: identifier })]),
  updatedAt: identifier.nullable(),
  nationalCode: identifier.nullable(),
  message: identifier,
  columns,
  details: z.strictObject({ table: identifier, key: identifier, parent: identifier, columns }),
  constants: z.record(z.string(), z.string()).optional(),
  where: z.string().regex(/^[^;]*$/, "must be one condition, without a semicolon").optional(),
});

const profileSchema = z.strictObject({
  name: z.string().min(1),
  keyType,
  statusType: keyType,
  status: z.strictObject({ PENDING_SYNC: z.string(), SYNC_SUCCESS: z.string(), SYNC_FAILED: z.string() }),
  hasAccounts: z.boolean(),
  documents: z.strictObject({ phieu_nhap: tables, phieu_xuat: tables, hoa_don: tables }),
});

/** The profile that SOURCE_PROFILE names: a built-in one, or a file. Throws SettingsError with everything that is wrong in it. */
export function profileFor(name: string): Profile {
  if (isBuiltIn(name)) return profiles[name];
  return readProfile(name, readText(name));
}

/** Reads the text of a profile file; `path` is for messages. Pure. Throws SettingsError. */
export function readProfile(path: string, text: string): Profile {
  const parsed = profileSchema.safeParse(parseJson(path, text));
  if (!parsed.success) throw new SettingsError(parsed.error.issues.map((issue) => problemOf(path, issue)));
  const { documents, status, ...rest } = parsed.data;
  const given: Record<DocumentType, Tables> = {
    phieu_nhap: tablesFrom(documents.phieu_nhap),
    phieu_xuat: tablesFrom(documents.phieu_xuat),
    hoa_don: tablesFrom(documents.hoa_don),
  };
  const problems = documentTypes.flatMap((type) => fieldProblems(path, documentSpecs[type], given[type]));
  if (new Set(Object.values(status)).size < 3) {
    problems.push({
      name: `${path} status`,
      rule: "the three statuses must have different values",
      shown: JSON.stringify(status),
    });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...rest, tables: given, statusValues: status, keyBefore: keyBefore(rest.keyType) };
}

/** What is left out stays out. */
function tablesFrom({ constants, where, ...rest }: z.infer<typeof tables>): Tables {
  return {
    ...rest,
    ...(constants === undefined ? {} : { constants }),
    ...(where === undefined ? {} : { where }),
  };
}

function isBuiltIn(name: string): name is BuiltInProfile {
  return Object.hasOwn(profiles, name);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const rule = `is neither national nor phieu, and cannot be read as a file: ${
      describeError(cause).message
    }`;
    throw new SettingsError([{ name: "SOURCE_PROFILE", rule, shown: path }], { cause });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SettingsError([{ name: path, rule: `must be JSON: ${describeError(cause).message}` }], {
      cause,
    });
  }
}

function problemOf(path: string, issue: z.core.$ZodIssue): SettingProblem {
  return { name: `${path} ${issue.path.join(".") || "as a whole"}`, rule: issue.message };
}

/** Every field that must be sent has a column or a constant, and nothing is named that no document has. */
function fieldProblems(path: string, spec: DocumentSpec, given: Tables): SettingProblem[] {
  const constants = given.constants ?? {};
  const where = (part: string) => `${path} documents.${spec.type}.${part}`;
  const lines = spec.lines.fields;
  return [
    ...missing(where("columns"), given.header, spec.header, { ...constants, ...given.columns }),
    ...missing(where("details.columns"), given.details.table, lines, {
      ...constants,
      ...given.details.columns,
    }),
    ...unknown(where("columns"), Object.keys(given.columns), Object.keys(spec.header)),
    ...unknown(where("details.columns"), Object.keys(given.details.columns), Object.keys(lines)),
    ...unknown(where("constants"), Object.keys(constants), Object.keys({ ...spec.header, ...lines })),
    ...wrongConstants(where("constants"), { ...lines, ...spec.header }, constants),
  ];
}

function missing(
  name: string,
  table: string,
  fields: Fields,
  given: Record<string, string>,
): SettingProblem[] {
  return Object.entries(fields)
    .filter(([field, { required }]) => required && given[field] === undefined)
    .map(([field, { label }]) => ({
      name: `${name}.${field}`,
      rule: `table ${table} needs a column (or a constant) for ${field} (${label}): the partner requires it`,
    }));
}

function unknown(name: string, given: string[], known: string[]): SettingProblem[] {
  return given.filter((field) => !known.includes(field)).map((field) => ({
    name: `${name}.${field}`,
    rule: `is no field of the document; did you mean ${closest(field, known)}?`,
  }));
}

function wrongConstants(
  name: string,
  fields: Fields,
  constants: Readonly<Record<string, string>>,
): SettingProblem[] {
  return Object.entries(constants).flatMap(([field, value]) => {
    const known = fields[field];
    const wrong = known ? valueProblem(known, value) : null;
    return wrong === null ? [] : [{ name: `${name}.${field}`, rule: wrong, shown: value }];
  });
}
