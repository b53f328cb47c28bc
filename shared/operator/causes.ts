// Known causes of failure, as data: by which words they are known, what they mean, and what to do, in Vietnamese and English.
// The first that fits wins; the last of each kind fits everything. A new cause is a new entry.
import type { FailureKind, Words } from "./types.ts";

export interface Cause {
  name: string;
  kind: FailureKind;
  /** In the pattern of the words: lower case, NFC, what varies replaced by `‹…›`. */
  match: RegExp;
  title: Words;
  advice: Words;
  /** Whether a redrive helps without anything being corrected first. */
  redriveHelps?: true;
}

const correctAndRedrive: Words = {
  vi: "Sửa chứng từ trong phần mềm nhà thuốc rồi cho đồng bộ lại.",
  en: "Correct the document in the pharmacy's software, then redrive it.",
};

/** The same words with something to do first. */
function first(vi: string, en: string): Words {
  return { vi: `${vi} ${correctAndRedrive.vi}`, en: `${en} ${correctAndRedrive.en}` };
}

function cause(
  kind: FailureKind,
  name: string,
  match: RegExp,
  title: Words,
  advice: Words = correctAndRedrive,
): Cause {
  return { kind, name, match, title, advice };
}

const invalid: Cause[] = [
  cause("invalid", "supplier_missing", /ten_co_so_cung_cap\b.*bắt buộc/, {
    vi: "Phiếu nhập từ nhà cung cấp nhưng thiếu tên nhà cung cấp",
    en: "A receipt from a supplier without the supplier's name",
  }),
  cause("invalid", "no_lines", /không có dòng hàng nào/, {
    vi: "Chứng từ không có dòng hàng nào",
    en: "The document has no lines",
  }),
  cause(
    "invalid",
    "too_large",
    /byte khi gửi/,
    {
      vi: "Chứng từ quá lớn để gửi",
      en: "The document is too large to send",
    },
    first(
      "Tách thành nhiều chứng từ, hoặc tăng API_MAX_BODY_BYTES.",
      "Split it, or raise API_MAX_BODY_BYTES.",
    ),
  ),
  cause("invalid", "field_empty", /bắt buộc.*đang trống/, {
    vi: "Thiếu một trường bắt buộc",
    en: "A required field is empty",
  }),
  cause("invalid", "text_too_long", /dài .*ký tự, tối đa/, {
    vi: "Một trường dài quá mức cho phép",
    en: "A field is longer than allowed",
  }, first("Rút ngắn trường đó.", "Shorten the field.")),
  cause("invalid", "value_not_allowed", /phải là .*(hoặc|‹…›)/, {
    vi: "Một trường có giá trị không được phép",
    en: "A field has a value that is not allowed",
  }),
  cause("invalid", "not_a_date", /không phải ngày/, {
    vi: "Một ngày không hợp lệ",
    en: "A date is not valid",
  }),
  cause("invalid", "not_a_number", /không phải số/, {
    vi: "Một con số không hợp lệ",
    en: "A number is not valid",
  }),
  cause("invalid", "rule_broken", /(?:)/, {
    vi: "Chứng từ vi phạm quy định của Dược Quốc gia, chưa gửi",
    en: "The document breaks a rule of the partner's and was not sent",
  }),
];

const refused: Cause[] = [
  cause("refused", "no_permission", /không có quyền|forbidden|not allowed for/, {
    vi: "Tài khoản không có quyền gửi cho cơ sở này",
    en: "The account may not send for this facility",
  }, {
    vi:
      "Kiểm tra mã cơ sở và tài khoản của cửa hàng trong AccountShop; nếu đúng, nhờ Dược Quốc gia cấp quyền. Sau đó cho đồng bộ lại.",
    en:
      "Check the shop's facility code and account in AccountShop; if both are right, ask the partner for the permission. Then redrive.",
  }),
  cause(
    "refused",
    "drug_unknown",
    /thuốc.*(không tồn tại|không có trong danh mục|chưa có trong danh mục|không tìm thấy)/,
    {
      vi: "Mã thuốc không có trong danh mục Dược Quốc gia",
      en: "A drug code is not in the national catalogue",
    },
    first("Tra mã thuốc đúng trên cổng Dược Quốc gia.", "Look the right code up on the national portal."),
  ),
  cause(
    "refused",
    "facility_wrong",
    /(sai|không đúng|không tồn tại|không hợp lệ).*mã cơ sở|mã cơ sở.*(sai|không đúng|không tồn tại|không hợp lệ|không tìm thấy)/,
    {
      vi: "Sai mã cơ sở",
      en: "The facility code is wrong",
    },
    first("Kiểm tra mã cơ sở của cửa hàng.", "Check the shop's facility code."),
  ),
  cause("refused", "prescription_unknown", /đơn thuốc/, {
    vi: "Mã đơn thuốc quốc gia không được chấp nhận",
    en: "The national prescription code is not accepted",
  }),
  cause("refused", "exists", /đã tồn tại/, {
    vi: "Mã chứng từ đã có ở Dược Quốc gia và không thay được",
    en: "The partner has a document of this code already and does not replace it",
  }, {
    vi:
      "Xem chứng từ đó trên cổng Dược Quốc gia. Nếu là cùng một chứng từ thì không cần gửi nữa (hermes dead drop); nếu không, đổi mã rồi cho đồng bộ lại.",
    en:
      "Look at it on the national portal. If it is the same document, nothing is to be sent (hermes dead drop); if not, change the code and redrive.",
  }),
  cause("refused", "lot_expired", /hết hạn|quá hạn|hạn (dùng|sử dụng)|han_dung/, {
    vi: "Hạn dùng của một lô thuốc không được chấp nhận",
    en: "The expiry date of a lot is not accepted",
  }, first("Kiểm tra hạn dùng của lô.", "Check the lot's expiry date.")),
  cause("refused", "registration_wrong", /số đăng ký|so_dklh|so_dang_ky/, {
    vi: "Số đăng ký lưu hành không được chấp nhận",
    en: "A registration number is not accepted",
  }),
  cause("refused", "date_wrong", /ngày|ngay_|định dạng/, {
    vi: "Một ngày sai hoặc sai định dạng",
    en: "A date is wrong or in the wrong form",
  }),
  cause("refused", "quantity_wrong", /số lượng|so_luong|đơn giá|don_gia|thành tiền|thanh_tien|tồn kho/, {
    vi: "Số lượng hoặc giá không được chấp nhận",
    en: "A quantity or price is not accepted",
  }),
  cause("refused", "lot_wrong", /số lô|so_lo\b/, {
    vi: "Số lô không được chấp nhận",
    en: "A lot number is not accepted",
  }),
  cause("refused", "field_missing", /bắt buộc|không được để trống|thiếu|không được rỗng/, {
    vi: "Dược Quốc gia báo thiếu một trường",
    en: "The partner says that a field is missing",
  }),
  cause("refused", "too_large", /quá lớn|too large|quá dung lượng/, {
    vi: "Chứng từ quá lớn đối với Dược Quốc gia",
    en: "The document is too large for the partner",
  }, first("Tách thành nhiều chứng từ.", "Split it.")),
  cause("refused", "address_wrong", /không tìm thấy đường dẫn|not found|phương thức|method not allowed/, {
    vi: "Địa chỉ API không đúng",
    en: "The address of the API is wrong",
  }, {
    vi:
      "Kiểm tra API_BASE_URL và PARTNER_DIALECT (hermes settings), khởi động lại worker, rồi cho đồng bộ lại.",
    en: "Check API_BASE_URL and PARTNER_DIALECT (hermes settings), restart the workers, then redrive.",
  }),
  cause("refused", "refused", /(?:)/, {
    vi: "Dược Quốc gia từ chối",
    en: "The partner refused it",
  }, first("Đọc lời từ chối.", "Read what the partner says.")),
];

const usedUp: Cause = {
  ...cause("deliveries_used_up", "partner_error", /(?:)/, {
    vi: "Dược Quốc gia lỗi với riêng các chứng từ này, dù đã gửi nhiều lần",
    en: "The partner failed on these documents again and again",
  }, {
    vi: "Cho đồng bộ lại một lần. Nếu vẫn lỗi, gửi mã chứng từ và lời lỗi cho Dược Quốc gia.",
    en: "Redrive once. If it fails again, send the code and the partner's words to the partner.",
  }),
  redriveHelps: true,
};

const crashed: Cause = {
  ...cause("deliveries_used_up", "no_answer", /ended without a word|crash/, {
    vi: "Worker chết khi đang gửi chứng từ này",
    en: "Workers died while they had this document",
  }, {
    vi: "Xem nhật ký của worker, rồi cho đồng bộ lại một chứng từ trước.",
    en: "Look at the workers' log, then redrive a single document first.",
  }),
  redriveHelps: true,
};

const other: Cause = cause("other", "other", /(?:)/, {
  vi: "Thất bại không do Hermes ghi",
  en: "A failure that Hermes did not write",
}, {
  vi: "Xem lời báo trong dòng dữ liệu; cho đồng bộ lại nếu chứng từ đúng.",
  en: "Read the row's message; redrive if the document is right.",
});

const causes: readonly Cause[] = [...invalid, ...refused, crashed, usedUp, other];

/** The cause whose words stand in a pattern. */
export function causeOf(kind: FailureKind, pattern: string): Cause {
  const words = pattern.normalize("NFC").toLowerCase();
  return causes.find((known) => known.kind === kind && known.match.test(words)) ?? other;
}
