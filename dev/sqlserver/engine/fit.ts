// Fitting a text into its type: cut it, pad it, or refuse it when a column is assigned to.
import { SqlError } from "../errors.ts";
import { MAX, type SqlType } from "../sql/types.ts";
import { trimEndBlanks } from "./collation.ts";

/** The column a value is written to, for the wording of error 2628. */
export interface TextTarget {
  readonly table: string;
  readonly column: string;
}

/** Cuts or pads the text; with a target column, cutting anything but blanks raises 2628 (Microsoft Learn, MSSQLSERVER_2628). */
export function fitText(text: string, type: SqlType, target: TextTarget | undefined): string {
  if (type.length === MAX) return text;
  if (text.length > type.length) {
    const cut = text.slice(0, type.length);
    if (target !== undefined && trimEndBlanks(text).length > type.length) throw truncated(cut, target);
    return cut;
  }
  const padded = type.name === "char" || type.name === "nchar";
  return padded ? text.padEnd(type.length, " ") : text;
}

function truncated(cut: string, target: TextTarget): SqlError {
  return new SqlError(
    2628,
    `String or binary data would be truncated in table '${target.table}', column '${target.column}'. Truncated value: '${
      cut.slice(0, 100)
    }'.`,
  );
}
