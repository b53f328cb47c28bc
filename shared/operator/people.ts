// Keeps people's names out of what an operator is shown and may send on: the partner's words, our own messages and a body may hold them.
import { type DocumentType, documentTypes } from "../document.ts";
import { documentSpecs } from "../documents/mod.ts";

/** A body with the values of its personal fields replaced by "…"; all else stays as it is, digit for digit. */
export function bodyWithoutPeople(type: DocumentType, body: string): string {
  const { names } = documentSpecs[type];
  const fields = Object.values(names).flatMap(({ header }) =>
    personalFields(type).flatMap((name) => header[name] ?? [])
  );
  // In the text itself: reading it as JSON and writing it again would lose digits of its numbers.
  return [...new Set(fields)].reduce(
    (text, name) => text.replace(new RegExp(`("${name}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "g"), '$1"…"'),
    body,
  );
}

/** A message of our own rules (shared/rules.ts) with the values of personal fields replaced. */
export function messageWithoutPeople(message: string): string {
  return message.replace(personalValue, '$1"…"');
}

/** `(ho_ten_khach_hang): … : đang là "Nguyễn Văn A"`, to the end of the message or of the problem. */
const personalValue = new RegExp(
  `(\\((?:${documentTypes.flatMap(personalFields).join("|")})\\):(?:(?!; ).)*?: đang là )".*?"(?=; |$)`,
  "g",
);

function personalFields(type: DocumentType): string[] {
  return Object.entries(documentSpecs[type].header).filter(([, field]) => field.personal).map(([name]) =>
    name
  );
}
