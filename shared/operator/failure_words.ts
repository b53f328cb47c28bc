// What a row's message says: which kind of failure, and the words without everything that varies from document to document. Pure.
import type { FailureKind } from "./types.ts";

/** A message taken apart. */
export interface FailureWords {
  kind: FailureKind;
  /** HTTP status, where the message has one. */
  status: number | null;
  /** The partner's words, or ours. */
  words: string;
}

/** What varies is replaced by this. */
export const hole = "‹…›";
const patternMax = 200;

/** Takes apart what the scheduler and the workers write into a row (shared/scan.ts, workers/outcomes.ts). */
export function readMessage(message: string): FailureWords {
  const text = message.normalize("NFC").replace(/\s+/g, " ").trim();
  const invalid = text.match(/^Chứng từ chưa hợp lệ, chưa gửi: (.*)$/);
  if (invalid) return { kind: "invalid", status: null, words: invalid[1] ?? "" };
  const refused = text.match(/^Dược Quốc gia từ chối(?: \((\d+)\))?: ?(.*)$/);
  if (refused) return { kind: "refused", status: numberOr(refused[1]), words: refused[2] ?? "" };
  const usedUp = text.match(
    /^Gửi \d+ lần không thành công(?: \((\d+)\))?: ?(.*?)\.? Kiểm tra rồi đồng bộ lại\.$/,
  );
  if (usedUp) return { kind: "deliveries_used_up", status: numberOr(usedUp[1]), words: usedUp[2] ?? "" };
  return { kind: "other", status: null, words: text };
}

/** The words with codes, numbers, dates and quoted values replaced, so that failures of one cause read alike. */
export function patternOf({ kind, status, words }: FailureWords): string {
  const one = kind === "invalid" ? firstProblem(words) : withoutTags(words);
  const pattern = one
    .replace(/["“«][^"”»]*["”»]/g, hole)
    .replace(/(?<![\p{L}\d])'[^']*'/gu, hole)
    .replace(/\((nhận được|received|got) [^)]*\)?/gi, `($1 ${hole})`)
    // Every word with a digit in it: numbers, dates, codes of documents, shops, drugs and lots.
    .replace(/[\p{L}\d][\p{L}\d._/:+-]*/gu, (word) => /\d/.test(word) ? hole : word)
    .replace(/(‹…›[\s.,/-]*){2,}/g, `${hole} `)
    .replace(/[\s.!]+$/, "")
    .trim();
  if (pattern === "") return status === null ? "?" : `HTTP ${status}`;
  return pattern.length <= patternMax ? pattern : `${pattern.slice(0, patternMax)}…`;
}

/** Several problems stand in a row in one message: the first counts; when it is mended, the next shows itself. */
function firstProblem(words: string): string {
  const ends = [words.indexOf(": đang là "), words.indexOf("; ")].filter((at) => at >= 0);
  return ends.length === 0 ? words : words.slice(0, Math.min(...ends));
}

/** An error page of a web server says something only in its text. */
function withoutTags(words: string): string {
  return words.includes("<") ? words.replace(/<[^>]*>?/g, " ").replace(/\s+/g, " ").trim() : words;
}

function numberOr(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
