// Step "compose": header and lines become the exact JSON body that the partner wants. After the scan's read, before enqueue.
import type { ComposedDocument, FieldValues, SourceDocument } from "./document.ts";
import { type Dialect, nationalDialect } from "./dialects.ts";
import type { DocumentSpec } from "./documents/mod.ts";
import type { Field, Fields } from "./fields.ts";
import { findProblems, type Problem } from "./rules.ts";

export type Composed =
  | { kind: "ready"; document: ComposedDocument }
  /** Too young to be refused for having no lines: a header is often inserted before its lines. */
  | { kind: "early" }
  | { kind: "invalid"; code: string; problems: Problem[] };

/** Makes a document ready to send, or says why it may not be sent: a rule, or a body longer than `bodyMaxBytes`. Pure. */
export function compose(
  spec: DocumentSpec,
  row: SourceDocument,
  bodyMaxBytes = Infinity,
  dialect = nationalDialect,
): Composed {
  if (row.lines.length === 0 && !row.linesDue) return { kind: "early" };
  const code = row.header[spec.code] ?? "";
  const problems = findProblems(spec, row.header, row.lines);
  if (problems.length > 0) return { kind: "invalid", code, problems };
  const body = bodyOf(spec, row, dialect);
  const bytes = longerThan(body, bodyMaxBytes);
  if (bytes !== null) return { kind: "invalid", code, problems: [tooLarge(spec, bytes, bodyMaxBytes)] };
  return { kind: "ready", document: { key: row.key, code, shop: row.shop, body } };
}

/** The body's length in UTF-8, when it is above `maxBytes`; null when it is not, and mostly without encoding it: a character takes 3 at most. */
function longerThan(body: string, maxBytes: number): number | null {
  if (body.length * 3 <= maxBytes) return null;
  const bytes = new TextEncoder().encode(body).length;
  return bytes > maxBytes ? bytes : null;
}

function tooLarge(spec: DocumentSpec, bytes: number, bodyMaxBytes: number): Problem {
  const rule = `chứng từ dài ${bytes} byte khi gửi, tối đa ${bodyMaxBytes} (API_MAX_BODY_BYTES)`;
  return { field: spec.lines.name, rule, message: rule };
}

function bodyOf(spec: DocumentSpec, row: SourceDocument, dialect: Dialect): string {
  const names = spec.names[dialect.name];
  return JSON.stringify({
    ...jsonFields(spec.header, row.header, names.header, dialect),
    [names.lines]: row.lines.map((line) => jsonFields(spec.lines.fields, line, names.line, dialect)),
  });
}

/** The fields that the dialect sends, in its order and under its names; what is empty and optional is left out. */
function jsonFields(
  fields: Fields,
  values: FieldValues,
  names: Readonly<Record<string, string>>,
  dialect: Dialect,
): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const [name, apiName] of Object.entries(names)) {
    const value = values[name];
    const field = fields[name];
    if (field && value !== null && value !== undefined && value.trim() !== "") {
      json[apiName] = jsonValue(field, value, dialect);
    }
  }
  return json;
}

/** Numbers go in digit for digit: a JavaScript number would lose the 0 of 12.50 and the end of 9007199254740993.25. */
function jsonValue(field: Field, value: string, dialect: Dialect): unknown {
  switch (field.kind) {
    case "text":
      return value;
    case "date":
      return dialect.date(value);
    case "decimal":
    case "integer":
      return JSON.rawJSON(value);
  }
}

declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access": the text stands in the output as it is. */
    rawJSON(text: string): unknown;
  }
}
