// What a document type is: its fields and rules for the partner, and where its values lie in each profile's tables.
import type { DocumentType, FieldValues } from "../document.ts";
import type { Fields } from "../fields.ts";
import type { DialectName } from "../dialects.ts";
import type { BuiltInProfile } from "../profiles.ts";

export interface DocumentSpec {
  type: DocumentType;
  /** The header field that holds the pharmacy's own code. */
  code: string;
  header: Fields;
  /** What the national API calls the array of lines, and the fields of each. */
  lines: { name: string; fields: Fields };
  /** Rules that look at more than one field. */
  rules: readonly CrossRule[];
  /** What each dialect sends, and under which names. */
  names: Record<DialectName, ApiNames>;
  /** Where the document lies in each built-in profile. */
  tables: Record<BuiltInProfile, Tables>;
}

/** Field → the API's name for it, in the order in which they are sent. A field that is not named is not sent. */
export interface ApiNames {
  header: Readonly<Record<string, string>>;
  lines: string;
  line: Readonly<Record<string, string>>;
}

/** Fields that are sent under their own names. */
export function named(...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, field]));
}

/** A rule over the whole header: the field it is about, and what is wrong (null when nothing is). */
export interface CrossRule {
  field: string;
  broken(header: FieldValues): string | null;
}

/** Where a document lies in SQL Server. Names only; shared/source_sql.ts makes SQL of them. */
export interface Tables {
  header: string;
  key: string;
  shop: string;
  status: string;
  /** When the row was inserted; `day`: a column with a day only, and then lines are due from the next day on. */
  createdAt: string | { day: string };
  updatedAt: string | null;
  /** null: the national code goes into the message. */
  nationalCode: string | null;
  message: string;
  /** Field → header column. */
  columns: Readonly<Record<string, string>>;
  details: { table: string; key: string; parent: string; columns: Readonly<Record<string, string>> };
  /** Field → a value that all documents have, where the table has no column for it. Header and lines. */
  constants?: Readonly<Record<string, string>>;
  /** A condition in T-SQL over the header (alias `h`), for rows that are to be synced. */
  where?: string;
}
