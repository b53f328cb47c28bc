// The partner: whether it answers, how its certificate stands, and which accounts it lets in. Pure, over the facts of read_partner.ts and logins.ts.
import { type DoctorFinding, listed, sayer } from "./finding.ts";
import type { LoginTried } from "./logins.ts";
import type { PartnerFacts } from "./read_partner.ts";
import { type ServiceWords, unreachable } from "./trouble.ts";

const say = sayer("partner");

/** A certificate that ends sooner is worth a word, days. */
const certificateSoonDays = 21;
const dayMs = 86_400_000;
/** An answer slower than this is worth a word, ms. */
const slowMs = 2_000;

export function checkPartner(facts: PartnerFacts, service: ServiceWords, nowMs: number): DoctorFinding[] {
  return [answered(facts, service), ...certificate(facts, nowMs)];
}

function answered({ answer }: PartnerFacts, service: ServiceWords): DoctorFinding {
  if ("trouble" in answer) return unreachable(service, answer.trouble);
  const { status, ms } = answer;
  if (status >= 500) {
    return say("warning", "partner_trouble", {
      subject: service.address,
      en:
        `The partner at ${service.address} answers ${status}: it has troubles of its own; documents wait, nothing is lost`,
      vi: `Dược Quốc gia trả lời ${status}: hệ thống của họ đang lỗi, chứng từ chờ và không mất`,
      cure: "Wait; if it lasts, call the partner.",
    });
  }
  return say(ms > slowMs ? "warning" : "ok", ms > slowMs ? "partner_slow" : "reachable", {
    subject: service.address,
    // A plain GET has no page there: 404 and 401 are answers as good as 200.
    en: `The partner answers at ${service.address} (${status} in ${ms} ms)`,
    vi: `Dược Quốc gia trả lời sau ${ms} ms`,
    ...(ms > slowMs ? { cure: "Look at the line to the internet; else wait." } : {}),
  });
}

function certificate({ certificateUntilMs }: PartnerFacts, nowMs: number): DoctorFinding[] {
  if (certificateUntilMs === null) return [];
  const days = Math.floor((certificateUntilMs - nowMs) / dayMs);
  const until = new Date(certificateUntilMs).toISOString().slice(0, 10);
  if (days >= certificateSoonDays) {
    return [say("ok", "certificate", {
      en: `The partner's certificate is valid until ${until}`,
      vi: `Chứng chỉ của đối tác còn hạn đến ${until}`,
    })];
  }
  return [say(days < 0 ? "error" : "warning", days < 0 ? "certificate_expired" : "certificate_ends", {
    en: `The partner's certificate ${days < 0 ? "ended on" : "ends on"} ${until}`,
    vi: `Chứng chỉ của đối tác ${days < 0 ? "đã hết hạn" : "sắp hết hạn"} ngày ${until}`,
    cure: "Tell the partner. If the date is wrong, look at this machine's clock.",
  })];
}

export function checkLogins(tried: readonly LoginTried[]): DoctorFinding[] {
  const accepted = tried.filter(({ outcome }) => outcome === "accepted");
  const untried = tried.filter(({ outcome }) => outcome === "not_tried");
  return [
    ...(accepted.length > 0
      ? [say("ok", "login", {
        en: `The partner lets in ${accepted.length} of ${tried.length} accounts`,
        vi: `Đăng nhập được ${accepted.length}/${tried.length} tài khoản`,
      })]
      : []),
    ...tried.flatMap(loginFinding),
    ...(untried.length > 0
      ? [say("info", "login_not_tried", {
        en: `Not tried in time: ${listed(untried.map(({ account }) => account))}`,
        vi: `Chưa kịp thử ${untried.length} tài khoản`,
      })]
      : []),
  ];
}

function loginFinding({ account, shops, outcome, message }: LoginTried): DoctorFinding[] {
  if (outcome !== "refused" && outcome !== "trouble") return [];
  const whose = shops.length > 0 ? `of shop ${listed(shops)}` : "of API_USERNAME";
  const place = shops.length > 0 ? "AccountShop" : "API_USERNAME and API_PASSWORD";
  if (outcome === "trouble") {
    return [say("warning", "login_trouble", {
      subject: account,
      en: `The login of account ${account} (${whose}) could not be tried: ${message}`,
      vi: `Không thử được đăng nhập của tài khoản ${account}: ${message}`,
      cure: "Run hermes doctor --logins again later.",
    })];
  }
  return [say("error", "login_refused", {
    subject: account,
    en: `The partner refuses account ${account} (${whose}): ${message}`,
    vi: `Dược Quốc gia từ chối tài khoản ${account}: ${message}. Sửa mật khẩu rồi mở lại cửa hàng`,
    cure: `Correct the password in ${place}, then let the shop go on.`,
    ...(shops[0] === undefined ? {} : { run: `hermes shops unblock ${shops[0]}` }),
  })];
}
