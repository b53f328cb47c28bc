// The difference of two printed values, line by line, for the message of a failed comparison.

const LINES_COMPARED_MAX = 2000;

/** Lines of `actual` and `expected`: `-` only in actual, `+` only in expected, two blanks in both. */
export function diffLines(actual: string, expected: string): string {
  const a = actual.split("\n");
  const b = expected.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    ...mark("    ", a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...mark("    ", a.slice(a.length - tail)),
  ].join("\n");
}

function mark(sign: string, lines: string[]): string[] {
  return lines.map((line) => sign + line);
}

/** The part that differs: its longest common subsequence stays, unless it is too large to look for one. */
function middle(a: string[], b: string[]): string[] {
  if (a.length > LINES_COMPARED_MAX || b.length > LINES_COMPARED_MAX) {
    return [...mark("-   ", a), ...mark("+   ", b)];
  }
  const common = commonLengths(a, b);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push(`    ${a[i]}`);
      i++, j++;
    } else if (lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)) lines.push(`-   ${a[i++]}`);
    else lines.push(`+   ${b[j++]}`);
  }
  return [...lines, ...mark("-   ", a.slice(i)), ...mark("+   ", b.slice(j))];
}

/** `[i][j]`: how many lines of `a` from i on and of `b` from j on can be kept in common. */
function commonLengths(a: string[], b: string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = table[i] ?? new Uint16Array();
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j]
        ? lengthAt(table, i + 1, j + 1) + 1
        : Math.max(lengthAt(table, i + 1, j), lengthAt(table, i, j + 1));
    }
  }
  return table;
}

function lengthAt(table: Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
