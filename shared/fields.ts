// The vocabulary in which shared/documents/*.ts state the partner's rules, one line a field, as partner-api has them.

export type FieldKind = "text" | "date" | "decimal" | "integer";

/** One field of a header or a line: what kind of value it is, and the rule the partner holds it to. */
export interface Field {
  kind: FieldKind;
  /** What the pharmacist calls it, for messages. */
  label: string;
  required: boolean;
  /** In UTF-16 code units, as SQL Server and .NET count characters. */
  maxLength?: number;
  /** A person's name: never in a log. */
  personal?: true;
  /** The only values allowed, as text. */
  oneOf?: readonly string[];
}
export type Fields = Record<string, Field>;

/** A string; `maxLength` is unbounded unless given. */
export function text(label: string, maxLength?: number): Field {
  return { kind: "text", label, required: true, ...(maxLength === undefined ? {} : { maxLength }) };
}

/** A day, sent as `yyyyMMdd`. */
export function date(label: string): Field {
  return { kind: "date", label, required: true };
}

/** A number that keeps its digits from SQL Server to the partner. */
export function decimal(label: string): Field {
  return { kind: "decimal", label, required: true };
}

/** A whole number out of a short list. */
export function choice(label: string, ...values: number[]): Field {
  return { kind: "integer", label, required: true, oneOf: values.map(String) };
}

/** The same field, which holds a person's name. */
export function personal(field: Field): Field {
  return { ...field, personal: true };
}

/** The same field, which may be left out. */
export function optional(field: Field): Field {
  return { ...field, required: false };
}
