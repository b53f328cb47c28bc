// Whether the clocks of the machines agree: ages, leases and tokens are told by them. Pure.
import { type DoctorFinding, sayer } from "./finding.ts";

const say = sayer("clocks");

/** What one clock said, and this machine's own before and after it was asked, all ms since 1970. */
export interface ClockReading {
  service: "redis" | "sqlserver" | "mongodb" | "partner";
  remoteMs: number;
  beforeMs: number;
  afterMs: number;
  /** How exactly it tells the time, ms: an HTTP date has whole seconds. */
  exactToMs: number;
}

const names: Record<ClockReading["service"], string> = {
  redis: "Redis",
  sqlserver: "SQL Server",
  mongodb: "MongoDB",
  partner: "the partner",
};

/** From here on, ages that are shown and counts over the last minute are wrong, ms. */
const skewWarnMs = 2_000;
/** From here on, workers alive look dead, and tokens expired, ms. */
const skewErrorMs = 30_000;
/** The partner's clock matters for the expiry of tokens alone, which is watched with a minute to spare. */
const partnerWarnMs = 60_000;

/** How far the other clock is ahead of this one, ms; 0 when the reading leaves it open. */
export function skewOf({ remoteMs, beforeMs, afterMs, exactToMs }: ClockReading): number {
  if (remoteMs + exactToMs < beforeMs) return remoteMs + exactToMs - beforeMs;
  return remoteMs > afterMs ? remoteMs - afterMs : 0;
}

export function checkClocks(readings: readonly ClockReading[]): DoctorFinding[] {
  const found = readings.flatMap(skewed);
  if (found.length > 0 || readings.length === 0) return found;
  return [say("ok", "clocks", {
    en: `The clocks of ${
      [...new Set(readings.map(({ service }) => names[service]))].join(", ")
    } and this machine agree`,
    vi: "Đồng hồ các máy khớp nhau",
  })];
}

function skewed(reading: ClockReading): DoctorFinding[] {
  const skewMs = skewOf(reading);
  const limitMs = reading.service === "partner" ? partnerWarnMs : skewWarnMs;
  if (Math.abs(skewMs) < limitMs) return [];
  const name = names[reading.service];
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  const isError = reading.service !== "partner" && Math.abs(skewMs) >= skewErrorMs;
  return [say(isError ? "error" : "warning", "clock_skew", {
    subject: reading.service,
    en: `The clock of ${name} is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} this machine's`,
    vi: `Đồng hồ của ${name} ${skewMs > 0 ? "nhanh" : "chậm"} hơn máy này ${seconds} giây`,
    cure: reading.service === "partner"
      ? "Look at this machine's clock first."
      : "Let both machines set their clocks by NTP.",
    run: "timedatectl status",
  })];
}
