// Finds everything that is wrong with a set of settings: broken rules, contradictions, misspelt names.
// `settings.ts` throws them all in one error.

import { distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { SettingProblem } from "./errors.ts";
import { isLoopback, ruleOf } from "./settings_kinds.ts";
import {
  aboutOf,
  type Given,
  isSettingName,
  type SettingName,
  settingNames,
  settingsTable,
} from "./settings_table.ts";

// Further away than this, another name is another program's.
const TYPOS_MAX = 2;

const REDIS_ALONE = ["REDIS_HOST", "REDIS_PORT"] as const;
const REDIS_BESIDE_URL = [
  ...REDIS_ALONE,
  "REDIS_USERNAME",
  "REDIS_PASSWORD",
  "REDIS_TLS",
  "REDIS_CLUSTER_NODES",
  "REDIS_SENTINELS",
  "REDIS_SENTINEL_NAME",
] as const;

/** Every problem of the settings; `issues` are those that zod found in `given`, which was taken from `env`. */
export function problemsOf(
  env: Record<string, string | undefined>,
  given: Given,
  issues: readonly z.core.$ZodIssue[],
): SettingProblem[] {
  return [...brokenRules(given, issues), ...contradictions(given), ...misspelt(env, given)];
}

function brokenRules(given: Given, issues: readonly z.core.$ZodIssue[]): SettingProblem[] {
  return issues.map(({ path: [name], message }) => {
    if (!isSettingName(name)) return { name: String(name), rule: message };
    const value = given[name];
    if (value !== undefined) return { name, rule: message, shown: shownValue(name, value) };
    return { name, rule: `is required: ${ruleOf(settingsTable.shape[name])}. ${aboutOf(name).help}` };
  });
}

/** A setting's value as it may be printed. */
function shownValue(name: SettingName, value: string): string {
  switch (aboutOf(name).secret) {
    case "whole":
      return "***";
    case "userinfo":
      return value.replace(/^.*@/, "***@").replace(/\?.*$/, "?***");
    default:
      return value;
  }
}

function contradictions(given: Given): SettingProblem[] {
  return [
    ...exclusive(given, "REDIS_URL", REDIS_BESIDE_URL),
    ...exclusive(given, "REDIS_CLUSTER_NODES", ["REDIS_SENTINELS", "REDIS_SENTINEL_NAME", ...REDIS_ALONE]),
    ...exclusive(given, "REDIS_SENTINELS", REDIS_ALONE),
    ...together(given, "REDIS_SENTINELS", "REDIS_SENTINEL_NAME"),
    ...together(given, "API_USERNAME", "API_PASSWORD"),
    ...accountMissing(given),
    ...authorityUnused(given),
    ...consoleOpen(given),
  ];
}

function exclusive(given: Given, name: SettingName, others: readonly SettingName[]): SettingProblem[] {
  if (given[name] === undefined) return [];
  const both = others.filter((other) => given[other] !== undefined);
  return both.length === 0 ? [] : [{ name, rule: `cannot be set together with ${both.join(", ")}` }];
}

function together(given: Given, one: SettingName, other: SettingName): SettingProblem[] {
  if ((given[one] === undefined) === (given[other] === undefined)) return [];
  const [set, missing] = given[one] === undefined ? [other, one] : [one, other];
  return [{ name: missing, rule: `is required together with ${set}` }];
}

/** The profile `phieu` has no table of accounts, so there is nothing but the account of the settings. */
function accountMissing(given: Given): SettingProblem[] {
  const isMissing = given.API_USERNAME === undefined && given.API_PASSWORD === undefined;
  if (given.SOURCE_PROFILE?.toLowerCase() !== "phieu" || !isMissing) return [];
  return [{ name: "API_USERNAME", rule: "is required with SOURCE_PROFILE=phieu, as is API_PASSWORD" }];
}

/** An authority that nothing would check against gives a false sense of safety. */
function authorityUnused(given: Given): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const isOn = (value: string | undefined) => /^(true|yes|on|1)$/i.test(value ?? "");
  const isOff = (value: string | undefined) => /^(false|no|off|0)$/i.test(value ?? "");
  if (given.MSSQL_CA_FILE !== undefined && isOff(given.MSSQL_ENCRYPT)) {
    problems.push({ name: "MSSQL_CA_FILE", rule: "has no use while MSSQL_ENCRYPT is false" });
  }
  if (given.MSSQL_CA_FILE !== undefined && isOn(given.MSSQL_TRUST_SERVER_CERTIFICATE)) {
    problems.push({ name: "MSSQL_CA_FILE", rule: "has no use while MSSQL_TRUST_SERVER_CERTIFICATE is true" });
  }
  if (given.API_CA_FILE !== undefined && given.API_BASE_URL?.startsWith("http:")) {
    problems.push({ name: "API_CA_FILE", rule: "has no use while API_BASE_URL is not https" });
  }
  return problems;
}

/** A console that other machines reach asks for a password; two that are the same give everybody the right to act. */
function consoleOpen(given: Given): SettingProblem[] {
  const { CONSOLE_HOST: host, CONSOLE_PASSWORD: full, CONSOLE_READONLY_PASSWORD: readonly } = given;
  if (host !== undefined && !isLoopback(host) && full === undefined && readonly === undefined) {
    const rule = `is required with CONSOLE_HOST=${host}: other machines reach the console there`;
    return [{ name: "CONSOLE_PASSWORD", rule }];
  }
  if (full === undefined || full !== readonly) return [];
  return [{ name: "CONSOLE_READONLY_PASSWORD", rule: "must not be the same as CONSOLE_PASSWORD" }];
}

/** Names that are nearly a setting's, unless that setting is there too and the name can be another program's. */
function misspelt(env: Record<string, string | undefined>, given: Given): SettingProblem[] {
  const unknown = Object.keys(env).filter((name) => (env[name] ?? "") !== "" && !isSettingName(name));
  return unknown.flatMap((name) => {
    const meant = nearest(name);
    if (meant === undefined || given[meant] !== undefined) return [];
    return [{ name, rule: `is not a setting; did you mean ${meant}?` }];
  });
}

function nearest(name: string): SettingName | undefined {
  const wrong = settingNames.find((known) => aboutOf(known).mistakenFor?.includes(name));
  if (wrong !== undefined) return wrong;
  const upper = name.toUpperCase();
  const near = settingNames
    .map((known) => ({ known, typos: distance(upper, known) }))
    .filter(({ known, typos }) => typos <= TYPOS_MAX && typos * 4 <= known.length)
    .sort((a, b) => a.typos - b.typos);
  return near[0]?.known;
}
