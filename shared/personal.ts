// Keeps people's names out of the log: the partner's words may repeat what the document says.
import type { DocumentType } from "./document.ts";
import { documentSpecs } from "./documents/mod.ts";

/** `words` with every personal value of the body (customer, seller) replaced by "…", in capitals or not, however it is spaced. */
export function withoutNames(type: DocumentType, body: string, words: string): string {
  const names = personalFields(type).flatMap((field) => valueIn(body, field) ?? []);
  // The longest first: a name that is part of another would leave the rest of it standing.
  return names.sort((a, b) => b.length - a.length)
    .reduce((text, name) => text.replace(patternOf(name), "…"), words.normalize("NFC"));
}

function patternOf(name: string): RegExp {
  return new RegExp(name.normalize("NFC").trim().split(/\s+/).map(RegExp.escape).join("\\s+"), "giu");
}

/** Under the names of every dialect: the body is in one of them. */
function personalFields(type: DocumentType): string[] {
  const { header, names } = documentSpecs[type];
  const personal = Object.entries(header).filter(([, field]) => field.personal).map(([name]) => name);
  return Object.values(names).flatMap((dialect) => personal.flatMap((name) => dialect.header[name] ?? []));
}

function valueIn(body: string, field: string): string | null {
  try {
    const value: unknown = JSON.parse(body)[field];
    return typeof value === "string" && value.trim() !== "" ? value : null;
  } catch {
    return null;
  }
}
