// Tables for a terminal: columns as wide as their widest cell, numbers to the right, the last column cut to what is left of the screen. Pure.
import { clean } from "./print.ts";

export interface Column {
  title: string;
  align?: "left" | "right";
}

export interface TableOptions {
  /** Columns of the terminal; null: nothing is cut. */
  width: number | null;
  /** Colours the title line. */
  head?: (text: string) => string;
  indent?: string;
}

/** The lines of a table; a cell's control characters are gone. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): string[] {
  const { width, head = (text) => text, indent = "" } = options;
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(clean))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ""))));
  const lines = cells.map((row) => {
    const parts = columns.map(({ align = "left" }, at) => pad(row[at] ?? "", widths[at] ?? 0, align));
    return cut((indent + parts.join("  ")).trimEnd(), width);
  });
  return lines.map((line, at) => at === 0 ? head(line) : line);
}

/** Columns on the screen: marks that combine with the letter before take none. */
export function widthOf(text: string): number {
  return [...text.normalize("NFC")].filter((letter) => !/\p{M}/u.test(letter)).length;
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + spaces : spaces + text;
}

function cut(line: string, width: number | null): string {
  if (width === null || widthOf(line) <= width) return line;
  return `${[...line].slice(0, Math.max(1, width - 1)).join("")}…`;
}
