// The kinds of value a setting can have. Each is a zod schema from text to value, with the rule it holds in words,
// so that problems, `.env.example` and the documentation all say the same.

import { isIPv6 } from "node:net";
import { z } from "zod";

/** What is told about a setting besides its kind. */
export interface About {
  group: string;
  /** One sentence, for operators. */
  help: string;
  /** What of its value is never shown: all of it, or what stands before the `@` of an address. */
  secret?: "whole" | "userinfo";
  /** Names that people write for it by mistake. */
  mistakenFor?: readonly string[];
}

/** What is told about each setting. */
export const abouts = z.registry<About>();

/** The rule of each kind, in words that follow "must be". */
const rules = z.registry<{ words: string }>();

/** A host and port. */
export interface HostPort {
  host: string;
  port: number;
}

/** A number within bounds; `unit` is part of the rule's words. */
export function number(min: number, max: number, unit = "") {
  return numeric(min, max, unit, /^\d+(\.\d+)?$/, "a number");
}

/** A whole number within bounds; `unit` is part of the rule's words. */
export function whole(min: number, max: number, unit = "") {
  return numeric(min, max, unit, /^\d+$/, "a whole number");
}

/** A TCP port. */
export function port() {
  return whole(1, 65535);
}

/** `true` or `false`; also yes/no, on/off, 1/0. */
export function flag() {
  const words = {
    true: true,
    yes: true,
    on: true,
    "1": true,
    false: false,
    no: false,
    off: false,
    "0": false,
  };
  const byWord = new Map(Object.entries(words));
  return checked("true or false", (text) => byWord.get(text.toLowerCase()));
}

/** One of the given words. */
export function choice<const T extends string>(...of: readonly [T, ...T[]]) {
  return checked(
    of.length === 1 ? of[0] : `${of.slice(0, -1).join(", ")} or ${of.at(-1)}`,
    (text) => of.find((word) => word === text.toLowerCase()),
  );
}

/** Any text of at most `charactersMax` characters. */
export function text(charactersMax: number) {
  return checked(
    `a text of at most ${charactersMax} characters`,
    (value) => value.length <= charactersMax ? value : undefined,
  );
}

/** Text that matches a pattern, with the rule in words. */
export function pattern(rule: string, expression: RegExp) {
  return checked(rule, (value) => expression.test(value) ? value : undefined);
}

/** A host name or IP address, without protocol, port or instance. */
export function host() {
  return checked(
    "a host name or IP address alone, without protocol, port or instance",
    (value) => isHost(value) ? value : undefined,
  );
}

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(name);
}

/** `host:port,host:port`; the port may be left out where it is the usual one. */
export function hosts(portUsual: number) {
  return checked(
    `a comma-separated list of host:port (port ${portUsual} where left out)`,
    (value) => {
      const parts = value.split(",").map((part) => hostPortFrom(part.trim(), portUsual));
      const whole = parts.filter((part) => part !== undefined);
      return whole.length === parts.length ? whole : undefined;
    },
  );
}

/** An address that `URL` can read, with one of the protocols, e.g. `http:`. `accept` may hold further rules. */
export function address(
  rule: string,
  protocols: readonly string[],
  accept: (url: URL) => boolean = () => true,
) {
  return checked(rule, (value) => {
    const url = URL.parse(value);
    return url !== null && protocols.includes(url.protocol) && url.hostname !== "" && accept(url)
      ? url
      : undefined;
  });
}

/** The user or password of an address, with its percent signs decoded; one that cannot be decoded stays as it is. */
export function userinfoFrom(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The rule of a setting in words that follow "must be". */
export function ruleOf(schema: z.core.$ZodType): string {
  return rules.get(inner(schema))?.words ?? "";
}

/** The text a setting has when the environment does not name it; undefined when it then has no value. */
export function defaultOf(schema: z.core.$ZodType): string | undefined {
  if (!(schema instanceof z.ZodPrefault)) return undefined;
  const value: unknown = schema.def.defaultValue;
  return typeof value === "string" ? value : undefined;
}

/** Whether the environment must name a setting. */
export function isRequired(schema: z.core.$ZodType): boolean {
  return !(schema instanceof z.ZodPrefault) && !(schema instanceof z.ZodOptional);
}

function inner(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}

/** A schema from text to value: `read` returns undefined for a text that breaks the rule. */
function checked<T>(rule: string, read: (text: string) => T | undefined) {
  const schema = z.string({ error: "is required" }).transform((value, context) => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue(`must be ${rule}`);
    return z.NEVER;
  });
  rules.add(schema, { words: rule });
  return schema;
}

function numeric(min: number, max: number, unit: string, shape: RegExp, kind: string) {
  const named = unit === "" ? kind : `${kind} of ${unit}`;
  return checked(`${named} from ${min} to ${max}`, (value) => {
    const result = Number(value);
    return shape.test(value) && result >= min && result <= max ? result : undefined;
  });
}

function isHost(value: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(value) || isIPv6(value);
}

/** Reads `host`, `host:port` or `[address]:port`. */
function hostPortFrom(value: string, portUsual: number): HostPort | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(value);
  const name = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? portUsual);
  if (name === undefined || !isHost(name) || port < 1 || port > 65535) return undefined;
  return { host: name, port };
}
