// Takes secrets out of text before it is written: by the shape they have, and by value where they are known.

const MASK = "***";

// A shorter value would be found inside ordinary words and numbers.
const SECRET_CHARACTERS_MIN = 4;

const SECRET_NAME = /passw(?:or)?d|\bpwd\b|passphrase|token|secret|authorization|api_?key/i;

// The prefixes are bounded so that a long text without a secret costs no more than its length.
const USERINFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s:@/]*):([^\s/]*)@/gi;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const ASSIGNED =
  /(["']?(?:[\w-]{0,40}(?:password|passwd|passphrase|token|secret)|pwd|authorization)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}]+)/gi;

/** What none of the three above matches without. */
const ROOM_FOR_ONE = /[\s:=]/;

/** Whether a field or setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** `text` with passwords in addresses, authorization headers, and `password=…` or `"token": "…"` pairs masked. */
export function maskSecrets(text: string): string {
  if (!ROOM_FOR_ONE.test(text)) return text;
  return text
    .replace(USERINFO, `$1$2:${MASK}@`)
    .replace(AUTHORIZATION, `$1 ${MASK}`)
    .replace(ASSIGNED, (_all, name: string) => `${name}${MASK}`);
}

/** Makes a function that masks like `maskSecrets()`, and also masks the given values wherever they stand. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))]
    .filter((value) => value.length >= SECRET_CHARACTERS_MIN)
    .sort((a, b) => b.length - a.length);
  // Asked first: hardly any text has one.
  const any = new RegExp(values.map((value) => value.replace(/[^\w]/g, "\\$&")).join("|"));
  return (text) =>
    maskSecrets(
      any.test(text) ? values.reduce((masked, value) => masked.replaceAll(value, MASK), text) : text,
    );
}
