// What a document type is: its fields and rules for the partner, and where its values lie in each profile's tables.
import type { DocumentType, FieldValues } from "../document.ts";
import type { Fields } from "../fields.ts";
import type { ProfileName } from "../profiles.ts";

export interface DocumentSpec {
  type: DocumentType;
  /** The header field that holds the pharmacy's own code. */
  code: string;
  header: Fields;
  /** The JSON array of lines, and the fields of each. */
  lines: { name: string; fields: Fields };
  /** Rules that look at more than one field. */
  rules: readonly CrossRule[];
  tables: Partial<Record<ProfileName, Tables>>;
}

/** A rule over the whole header: the field it is about, and what is wrong (null when nothing is). */
export interface CrossRule {
  field: string;
  broken(header: FieldValues): string | null;
}

/** Where a document lies in SQL Server. Column names only; shared/source_sql.ts makes SQL of them. */
export interface Tables {
  header: string;
  key: string;
  shop: string;
  createdAt: string;
  updatedAt: string;
  nationalCode: string;
  message: string;
  status: string;
  /** API field → header column. */
  columns: Record<string, string>;
  details: { table: string; key: string; parent: string; columns: Record<string, string> };
}
