// Prints settings: `.env.example` from the table, and the settings in use with their secrets masked.

import { isSecretName, maskSecrets } from "./log_mask.ts";
import type { Settings } from "./settings.ts";
import { defaultOf, isRequired, ruleOf, userinfoFrom } from "./settings_kinds.ts";
import { aboutOf, type SettingName, settingNames, settingsTable } from "./settings_table.ts";

const HEAD =
  `# The settings of Hermes. Copy to .env and fill in what has no default; the environment wins over this file.
# A value with # or $ in it goes between single quotes. An empty value counts as none.
# Made from shared/settings_table.ts by renderEnvExample(): change it there.
`;

/** The text of `.env.example`: every setting with its help, rule and default. */
export function renderEnvExample(): string {
  const groups = Map.groupBy(settingNames, (name) => aboutOf(name).group);
  const parts = [...groups].map(([group, names]) => `# --- ${group}\n\n${names.map(example).join("\n")}`);
  return `${HEAD}\n${parts.join("\n")}`;
}

/** The settings in use, one a line (`redis.port: 6379`), with secrets masked. */
export function describeSettings(settings: Settings): string {
  return linesOf(settings, "").join("\n");
}

/** Every secret value among the settings, for the log to mask wherever it appears. */
export function secretsOf(settings: Settings): string[] {
  const mongoPassword = /:\/\/[^:@/]*:([^@/]+)@/.exec(settings.mongo.uri)?.[1] ?? "";
  const { mssql, partner, redis, console: { password, readonlyPassword } } = settings;
  const own = [mssql.password, partner.password, redis.password, password, readonlyPassword];
  return [...own, mongoPassword, userinfoFrom(mongoPassword)]
    .filter((secret): secret is string => secret !== undefined && secret !== "");
}

function example(name: SettingName): string {
  const schema = settingsTable.shape[name];
  const value = defaultOf(schema);
  const need = isRequired(schema) ? "Required" : value === undefined ? "Optional" : `Default: ${value}`;
  const assignment = isRequired(schema) ? `${name}=` : `# ${name}=${value ?? ""}`;
  return `# ${aboutOf(name).help}\n# Must be ${ruleOf(schema)}. ${need}.\n${assignment}\n`;
}

function linesOf(value: object, path: string): string[] {
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const place = path === "" ? name : `${path}.${name}`;
    if (isSecretName(name)) return [`${place}: ***`];
    if (typeof item === "object" && item !== null) return linesOf(item, place);
    return [`${place}: ${maskSecrets(String(item))}`];
  });
}
