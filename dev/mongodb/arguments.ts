// Reads the fields of a command by type, with the real server's errors for what is wrong or unknown.

import { Decimal128, Double, Long } from "bson";
import { numeric } from "./compare.ts";
import { CommandFailure, notSupported } from "./errors.ts";
import { type Doc, isPlain, typeName } from "./values.ts";

/** Fields that any command may have and that change nothing here: one server, one copy, no sessions. */
const harmless = new Set(
  ("$db lsid $clusterTime $readPreference readConcern writeConcern comment maxTimeMS apiVersion apiStrict " +
    "apiDeprecationErrors $audit $client $configServerState mayBypassWriteBlocking").split(" "),
);

/** The arguments of one command: `name` is the command, its own field holds the collection mostly. */
export class Arguments {
  readonly name: string;
  readonly database: string;
  readonly #body: Doc;

  /** @throws CommandFailure when `$db` is missing or the command wants a transaction. */
  constructor(body: Doc) {
    this.name = Object.keys(body)[0] ?? "";
    this.#body = body;
    this.database = this.text("$db");
    if (!/^[^/\\. "$*<>:|?\0]{1,63}$/.test(this.database)) {
      throw new CommandFailure(73, `Invalid database name: '${this.database}'`);
    }
    if (body["txnNumber"] !== undefined) {
      throw new CommandFailure(20, "Transaction numbers are only allowed on a replica set member or mongos");
    }
  }

  /**
   * Names the fields that the command takes (`known`), and those that change nothing here (`ignored`).
   * @throws CommandFailure 40415 for any other; 9420 for one of `refused`.
   */
  accept(known: string, ignored = "", refused = ""): void {
    const [taken, passed, named] = [known, ignored, refused].map((text) => text.split(" "));
    for (const key of Object.keys(this.#body)) {
      if (key === this.name || harmless.has(key) || taken?.includes(key) || passed?.includes(key)) continue;
      if (named?.includes(key)) throw notSupported(`${this.name}.${key}`);
      throw new CommandFailure(40415, `BSON field '${this.name}.${key}' is an unknown field.`);
    }
  }

  /** The collection that the command's own field names. @throws CommandFailure 73 */
  collection(field = this.name): string {
    const value = this.#body[field];
    if (typeof value !== "string" || value === "" || value.startsWith(".") || /[\0$]/.test(value)) {
      throw new CommandFailure(73, `Invalid namespace specified '${this.database}.${String(value)}'`);
    }
    return value;
  }

  has(field: string): boolean {
    return this.#body[field] !== undefined && this.#body[field] !== null;
  }

  raw(field: string): unknown {
    return this.#body[field];
  }

  text(field: string): string {
    const value = this.#body[field];
    return typeof value === "string" ? value : this.#refuse(field, value, "string");
  }

  flag(field: string, otherwise: boolean): boolean {
    const value = this.#body[field];
    if (value === undefined || value === null) return otherwise;
    if (typeof value === "boolean") return value;
    return typeof value === "number" ? value !== 0 : this.#refuse(field, value, "bool");
  }

  number(field: string, otherwise: number): number {
    const value = this.#body[field];
    if (value === undefined || value === null) return otherwise;
    const isNumber = typeof value === "number" ||
      [Long, Double, Decimal128].some((type) => value instanceof type);
    return isNumber ? Number(numeric(value)) : this.#refuse(field, value, "number");
  }

  /** A whole number from 0 up. @throws CommandFailure 51024 */
  count(field: string, otherwise: number): number {
    const value = Math.trunc(this.number(field, otherwise));
    if (value >= 0) return value;
    throw new CommandFailure(51024, `BSON field '${field}' value must be >= 0, actual value '${value}'`);
  }

  document(field: string): Doc {
    const value = this.#body[field];
    if (value === undefined || value === null) return {};
    return isPlain(value) ? value : this.#refuse(field, value, "object");
  }

  documents(field: string): Doc[] {
    const value = this.#body[field];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every(isPlain)) return value;
    return this.#refuse(field, value, "array of objects");
  }

  #refuse(field: string, value: unknown, wanted: string): never {
    if (value === undefined) {
      throw new CommandFailure(40414, `BSON field '${this.name}.${field}' is missing but a required field`);
    }
    const message = `BSON field '${this.name}.${field}' is the wrong type '${
      typeName(value)
    }', expected '${wanted}'`;
    throw new CommandFailure(14, message);
  }
}
