// U+0000 in texts. SQLite's texts end at the first one when Deno reads them, so it is kept as U+FFFE, which is no
// character, from where a text comes in (parameters, literals, JSON) to where it goes out (TDS).

const STAND_IN = "\ufffe";

export function hideNul(text: string): string {
  return text.includes("\u0000") ? text.replaceAll("\u0000", STAND_IN) : text;
}

export function showNul(text: string): string {
  return text.includes(STAND_IN) ? text.replaceAll(STAND_IN, "\u0000") : text;
}
