// Documents whose texts and numbers try to break something on the way: they must arrive as they are. Between the samples and inserts.ts.
import type { Sample } from "../../dev/samples/rows.ts";

/** At most 50 characters each: they fit the shortest text field. */
const texts = [
  `'); DROP TABLE SalesInvoices; --`,
  `"}],"ma_phieu":"X","chi_tiet":[{"a":"`,
  `<script>alert("Hermes")</script>&amp;`,
  `\${jndi:ldap://127.0.0.1/a}`,
  `{"level":"error","event":"process.started"}`,
  `Tiếng Việt: ắằẳẵặ ộồổỗố 😷💊 \u202Eđảo`,
  `e\u0302\u0301 tổ hợp / \\ \\u0000 \\n %00 %s`,
  `a\tb "c" 'd' \`e\``,
];
const numbers = ["9007199254740993.25", "0.01", "12.50", "1234567890123456.78"];
const manyLines = 120;

/** The same document with another text, another quantity, or very many lines; what should become of it stays. */
export function twisted(sample: Sample, number: number): Sample {
  const turn = Math.floor(number / 10);
  const text = texts[turn % texts.length] ?? "";
  const quantity = numbers[turn % numbers.length] ?? "1.00";
  const times = turn % 7 === 0 ? manyLines : 1;
  const lines = <T extends { drug_name: string; quantity: string }>(all: readonly T[]) =>
    all.flatMap((line) => Array.from({ length: times }, () => ({ ...line, drug_name: text, quantity })));
  return sample.flaw === null ? withText(sample, text, lines) : sample;
}

function withText(
  sample: Sample,
  text: string,
  lines: <T extends { drug_name: string; quantity: string }>(all: readonly T[]) => T[],
): Sample {
  switch (sample.type) {
    case "hoa_don":
      return { ...sample, header: { ...sample.header, customer_name: text }, lines: lines(sample.lines) };
    case "phieu_nhap":
      return { ...sample, header: { ...sample.header, notes: text }, lines: lines(sample.lines) };
    case "phieu_xuat":
      return { ...sample, header: { ...sample.header, notes: text }, lines: lines(sample.lines) };
  }
}
