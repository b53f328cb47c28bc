// Spans of time in words, Vietnamese and English, for sentences that an operator reads. Pure.
import type { Words } from "./types.ts";

const units = [
  { ms: 86_400_000, vi: "ngày", en: "d" },
  { ms: 3_600_000, vi: "giờ", en: "h" },
  { ms: 60_000, vi: "phút", en: "min" },
  { ms: 1_000, vi: "giây", en: "s" },
] as const;

/** The span in its largest unit and, below ten of that, the next smaller one: `2 giờ 5 phút`, `2 h 5 min`. Never negative. */
export function span(ms: number): Words {
  const whole = Math.max(0, Math.round(ms / 1000)) * 1000;
  const at = units.findIndex((unit) => whole >= unit.ms);
  const unit = units[at];
  if (!unit) return { vi: "0 giây", en: "0 s" };
  const count = Math.floor(whole / unit.ms);
  const next = units[at + 1];
  const rest = next && count < 10 ? Math.floor((whole % unit.ms) / next.ms) : 0;
  const tail = next && rest > 0
    ? { vi: ` ${rest} ${next.vi}`, en: ` ${rest} ${next.en}` }
    : { vi: "", en: "" };
  return { vi: `${count} ${unit.vi}${tail.vi}`, en: `${count} ${unit.en}${tail.en}` };
}
