// What the partner answers: the words of acceptance and refusal, in every form partner-api has seen.
// The reception chooses one; server.ts carries it out on the socket.
import type { DocumentType } from "./contract_fields.ts";

/** What the server does with a call: answer it, or one of the ways of not answering. */
export type Answer =
  | { readonly act: "reply"; readonly status: number; readonly body: string; readonly headers: Headers }
  | { readonly act: "truncate"; readonly status: number; readonly body: string; readonly headers: Headers }
  | { readonly act: "endless" }
  | { readonly act: "reset" }
  | { readonly act: "hang" };

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** The forms of acceptance; each also exists with status 201. */
const ACCEPTED_SHAPES = [
  "code_number",
  "code_text",
  "status_success",
  "json_string",
  "plain_text",
] as const;

type Shape = (typeof ACCEPTED_SHAPES)[number];

/** A form of acceptance by name, such as `code_text` or `code_text_201`. */
export type AcceptedForm = Shape | `${Shape}_201`;

/** Every form of acceptance, in the order in which `cycle` goes through them. */
export const ACCEPTED_FORMS: readonly AcceptedForm[] = ACCEPTED_SHAPES.flatMap((shape) =>
  [shape, `${shape}_201`] as const
);

/** How a refusal is worded: which member of a 400 holds the message, text, or `body`: 200 whose body says no. */
export const REFUSED_FORMS = ["mess", "message", "detail", "text", "body"] as const;

export type RefusedForm = (typeof REFUSED_FORMS)[number];

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Headers = {}): Answer {
  return {
    act: "reply",
    status,
    body: JSON.stringify(value),
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  };
}

/** An answer of plain text. */
export function plain(status: number, body: string, headers: Headers = {}): Answer {
  return { act: "reply", status, body, headers: { "content-type": "text/plain; charset=utf-8", ...headers } };
}

/** The acceptance of a document, in the form asked for. The gateway answers objects only: its bare forms become `code_text`. */
export function acceptance(
  type: DocumentType,
  nationalCode: string,
  options: { form: AcceptedForm; dialect: "national" | "gateway" },
): Answer {
  const created = options.form.endsWith("_201");
  const status = created ? 201 : 200;
  const quocGia = `ma_${type}_quoc_gia`;
  const isGateway = options.dialect === "gateway";
  switch (created ? options.form.slice(0, -"_201".length) : options.form) {
    case "code_number": {
      const field = type === "hoa_don" && !isGateway ? "ma_hoa_don" : quocGia;
      return json(status, { code: 200, mess: "Thành công", [field]: nationalCode });
    }
    case "status_success": {
      const field = isGateway ? quocGia : `ma_${type}`;
      return json(status, { status: "success", message: "Thành công", [field]: nationalCode });
    }
    case "json_string":
      if (!isGateway) return json(status, nationalCode);
      break;
    case "plain_text":
      if (!isGateway) return plain(status, nationalCode);
      break;
  }
  return json(status, { code: "200", mess: "Thành công", [quocGia]: nationalCode });
}

/** A refusal with the partner's words, in the form asked for. `status` is the HTTP status, except for form `body`. */
export function refusal(message: string, options: { form?: RefusedForm; status?: number } = {}): Answer {
  const status = options.status ?? 400;
  switch (options.form ?? "mess") {
    case "mess":
      return json(status, { mess: message });
    case "message":
      return json(status, { message });
    case "detail":
      return json(status, { detail: message });
    case "text":
      return plain(status, message);
    case "body":
      return json(200, { code: 400, mess: message });
  }
}

/** The refusal of a code that exists already, in its `turn`-th wording; the wordings repeat. */
export function existsRefusal(code: string, facility: string, turn: number): Answer {
  const wordings: Answer[] = [
    refusal(`Mã phiếu ${code} đã tồn tại trong hệ thống`),
    refusal(`Mã hóa đơn/phiếu ${code} của cơ sở ${facility} Đã tồn tại`, { form: "body" }),
    refusal(`ĐÃ TỒN TẠI: ${code}`),
    refusal(`Chứng từ đã tồn tại`, { form: "body" }),
    refusal(`Dữ liệu đã tồn tại trên hệ thống Dược Quốc gia (${facility}/${code})`, { form: "message" }),
    refusal(`Mã ${code} Đã Tồn Tại.`, { form: "detail", status: 422 }),
    refusal(`Lỗi: chứng từ ${code} đã tồn tại`, { form: "text" }),
  ];
  return wordings[turn % wordings.length] ?? refusal(`Mã phiếu ${code} đã tồn tại`);
}

/** The error page of the web server in front of the partner. */
export function htmlPage(status: number): Answer {
  const body = `<!DOCTYPE html>\r\n<html><head><title>${status} Bad Gateway</title></head>` +
    `<body><center><h1>Hệ thống đang bảo trì</h1></center><hr><center>nginx</center></body></html>\r\n`;
  return { act: "reply", status, body, headers: { "content-type": "text/html; charset=utf-8" } };
}
