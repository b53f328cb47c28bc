// The two statements that write sample documents of one type, made of a profile's tables and columns. Text in, text out; db_init.ts runs them.
import type { DocumentSpec, Tables } from "../shared/documents/mod.ts";
import type { FieldKind, Fields } from "../shared/fields.ts";
import type { Profile } from "../shared/profiles.ts";
import { fill, quote } from "../shared/source_sql.ts";
import sampleHeaders from "../shared/sql/sample_headers.sql" with { type: "text" };
import sampleLines from "../shared/sql/sample_lines.sql" with { type: "text" };

/** Throws RangeError when the profile has no column for the type's code. */
export function sampleStatements(spec: DocumentSpec, profile: Profile): { headers: string; lines: string } {
  const tables = profile.tables[spec.type];
  const code = tables.columns[spec.code];
  if (!code) throw new RangeError(`Profile "${profile.name}" has no column for the code of ${spec.type}`);
  const { details } = tables;
  return {
    headers: fill(sampleHeaders, {
      header: quote(tables.header),
      status: quote(tables.status),
      status_type: profile.statusType,
      ...fieldLists(spec.header, { ...tables.columns, ...shopColumn(tables) }),
    }),
    lines: fill(sampleLines, {
      header: quote(tables.header),
      details: quote(details.table),
      parent: quote(details.parent),
      key: `h.${quote(tables.key)}`,
      code: `h.${quote(code)}`,
      ...fieldLists(spec.lines.fields, withoutParent(details)),
    }),
  };
}

/** The shop goes in like a field, unless its column holds a field already (the facility's code). */
function shopColumn({ shop, columns }: Tables): Record<string, string> {
  return Object.values(columns).includes(shop) ? {} : { shop };
}

/** In the layout with text keys, the foreign key may be mapped as a field too; it is written once. */
function withoutParent({ parent, columns }: Tables["details"]): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).filter(([, column]) => column !== parent));
}

function fieldLists(fields: Fields, columns: Readonly<Record<string, string>>) {
  const known = Object.entries(columns).map(([name, column]) => {
    return { name, column, type: types[fields[name]?.kind ?? "text"] };
  });
  return {
    columns: known.map(({ column }) => quote(column)).join(", "),
    values: known.map(({ name }) => `r.${quote(name)}`).join(",\n  "),
    schema: known.map(({ name, type }) => `${quote(name)} ${type} '$.${name}'`).join(",\n  "),
  };
}

const types: Record<FieldKind, string> = {
  text: "nvarchar(max)",
  date: "datetime2",
  decimal: "decimal(18, 4)",
  integer: "int",
};
