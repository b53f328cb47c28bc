// Keeps people's names out of the log: the partner's words may repeat what the document says.
import type { DocumentType } from "./document.ts";
import { documentSpecs } from "./documents/mod.ts";

/** `words` with every personal value of the body (customer, seller) replaced by "…". */
export function withoutNames(type: DocumentType, body: string, words: string): string {
  const names = personalFields(type).flatMap((field) => valueIn(body, field) ?? []);
  // The longest first: a name that is part of another would leave the rest of it standing.
  return names.sort((a, b) => b.length - a.length).reduce((text, name) => text.replaceAll(name, "…"), words);
}

function personalFields(type: DocumentType): string[] {
  return Object.entries(documentSpecs[type].header).filter(([, field]) => field.personal).map(([name]) =>
    name
  );
}

function valueIn(body: string, field: string): string | null {
  try {
    const value: unknown = JSON.parse(body)[field];
    return typeof value === "string" && value !== "" ? value : null;
  } catch {
    return null;
  }
}
