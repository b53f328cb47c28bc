// Code pages of VARCHAR: which characters they hold, how they are written as bytes, and what becomes of the others.
// Source of the best-fit rule: unicode.org, WindowsBestFit/bestfit1252.txt and bestfit1258.txt.

export type CodePageName = "1252" | "1258";

class CodePage {
  readonly #toByte = new Map<string, number>();
  readonly #toChar: string[];
  readonly #bestFit: (character: string) => string | undefined;

  constructor(label: string, bestFit: (character: string) => string | undefined) {
    const decoder = new TextDecoder(label);
    this.#toChar = Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)));
    this.#toChar.forEach((character, byte) => this.#toByte.set(character, byte));
    this.#bestFit = bestFit;
  }

  /** The text as this code page keeps it: characters it lacks become their best fit or `?`. */
  squeeze(text: string): string {
    // deno-lint-ignore no-control-regex
    if (/^[\x00-\x7f]*$/.test(text)) return text;
    return Array.from(text, (c) => this.#squeezeCharacter(c)).join("");
  }

  encode(text: string): Uint8Array {
    const plain = new Uint8Array(text.length);
    let i = 0;
    for (let unit; i < text.length && (unit = text.charCodeAt(i)) < 0x80; i++) plain[i] = unit;
    if (i === text.length) return plain;
    return Uint8Array.from(this.squeeze(text), (c) => this.#toByte.get(c) ?? 0x3f);
  }

  decode(bytes: Uint8Array): string {
    let text = "";
    for (const byte of bytes) text += this.#toChar[byte] ?? "?";
    return text;
  }

  #squeezeCharacter(character: string): string {
    if (this.#toByte.has(character)) return character;
    const fitted = fullWidth(character) ?? this.#bestFit(character);
    if (fitted !== undefined) return fitted;
    return "?".repeat(character.length);
  }
}

/** U+FF01…U+FF5E are the wide forms of ASCII. */
function fullWidth(character: string): string | undefined {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : undefined;
}

/** Latin Extended-A and -B lose their mark; the letters of U+1EA0 and above (ế, ộ …) have no fit. */
function bestFit1252(character: string): string | undefined {
  const named: Record<string, string> = {
    "\u0110": "\u00d0",
    "\u0111": "d",
    "\u0131": "i",
    "\u0141": "L",
    "\u0142": "l",
  };
  const code = character.codePointAt(0) ?? 0;
  if (named[character] !== undefined) return named[character];
  if (code < 0x100 || code > 0x1f0) return undefined;
  const base = character.normalize("NFD").charAt(0);
  return /^[A-Za-z]$/.test(base) ? base : undefined;
}

const codePages: Record<CodePageName, CodePage> = {
  "1252": new CodePage("windows-1252", bestFit1252),
  "1258": new CodePage("windows-1258", () => undefined),
};

export function codePage(name: CodePageName): CodePage {
  return codePages[name];
}
