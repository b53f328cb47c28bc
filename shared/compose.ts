// Step "compose": header and lines become the exact JSON body that the partner wants. After the scan's read, before enqueue.
import type { ComposedDocument, FieldValues, SourceDocument } from "./document.ts";
import type { DocumentSpec } from "./documents/mod.ts";
import type { Field, Fields } from "./fields.ts";
import { findProblems, type Problem } from "./rules.ts";

export type Composed =
  | { kind: "ready"; document: ComposedDocument }
  /** Too young to be refused for having no lines: a header is often inserted before its lines. */
  | { kind: "early" }
  | { kind: "invalid"; code: string; problems: Problem[] };

/** Makes a document ready to send, or says why it may not be sent: a rule, or a body longer than `bodyMaxBytes`. Pure. */
export function compose(spec: DocumentSpec, row: SourceDocument, bodyMaxBytes = Infinity): Composed {
  if (row.lines.length === 0 && !row.linesDue) return { kind: "early" };
  const code = row.header[spec.code] ?? "";
  const problems = findProblems(spec, row.header, row.lines);
  if (problems.length > 0) return { kind: "invalid", code, problems };
  const body = bodyOf(spec, row);
  const bytes = new TextEncoder().encode(body).length;
  if (bytes > bodyMaxBytes) return { kind: "invalid", code, problems: [tooLarge(spec, bytes, bodyMaxBytes)] };
  return { kind: "ready", document: { key: row.key, code, shop: row.shop, body } };
}

function tooLarge(spec: DocumentSpec, bytes: number, bodyMaxBytes: number): Problem {
  const rule = `chứng từ dài ${bytes} byte khi gửi, tối đa ${bodyMaxBytes} (API_MAX_BODY_BYTES)`;
  return { field: spec.lines.name, rule, message: rule };
}

function bodyOf(spec: DocumentSpec, row: SourceDocument): string {
  return JSON.stringify({
    ...jsonFields(spec.header, row.header),
    [spec.lines.name]: row.lines.map((line) => jsonFields(spec.lines.fields, line)),
  });
}

/** The fields in the order of the spec; what is empty and optional is left out. */
function jsonFields(fields: Fields, values: FieldValues): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name];
    if (value !== null && value !== undefined && value.trim() !== "") json[name] = jsonValue(field, value);
  }
  return json;
}

/** Numbers go in digit for digit: a JavaScript number would lose the 0 of 12.50 and the end of 9007199254740993.25. */
function jsonValue(field: Field, value: string): unknown {
  switch (field.kind) {
    case "text":
      return value;
    case "date":
      return value.slice(0, 10).replaceAll("-", "");
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
