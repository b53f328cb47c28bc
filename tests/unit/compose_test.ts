// compose.yaml: that it says what the parts of Hermes need of their servers. Docker itself judges it where it is there.

import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "yaml";
import { isRequired } from "../../shared/settings_kinds.ts";
import { isSettingName, settingNames, settingsTable } from "../../shared/settings_table.ts";

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
  stop_grace_period?: string;
}

const ROOT = new URL("../../", import.meta.url);
const { services }: { services: Record<string, Service> } = parse(textAt("compose.yaml"), { merge: true });
const hermes = Object.entries(services).filter(([, { image }]) => image === "hermes");

function textAt(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

Deno.test("compose runs the scheduler and a worker of each type by tasks that exist", () => {
  const tasks = hermes.map(([, { command }]) => command?.join(" ").replace(/^deno task /, ""));
  assertEquals(tasks, ["scheduler", "worker:phieu_nhap", "worker:phieu_xuat", "worker:hoa_don"]);
  assertArrayIncludes(Object.keys(JSON.parse(textAt("deno.json")).tasks), tasks);
});

Deno.test("compose gives Hermes every required setting, and nothing that is no setting", () => {
  for (const [name, { environment = {} }] of hermes) {
    const required = settingNames.filter((setting) => isRequired(settingsTable.shape[setting]));
    assertArrayIncludes(Object.keys(environment), required, name);
    assertEquals(Object.keys(environment).filter((setting) => !isSettingName(setting)), [], name);
  }
});

Deno.test("compose starts Hermes after its servers and the schema, and lets it finish what is in call", () => {
  for (const [name, service] of hermes) {
    assertObjectMatch({ ...service }, {
      restart: "unless-stopped",
      stop_grace_period: "40s",
      depends_on: {
        schema: { condition: "service_completed_successfully" },
        redis: { condition: "service_healthy" },
        mongodb: { condition: "service_healthy" },
      },
    }, name);
  }
});

Deno.test("compose checks the health of every server and keeps its data", () => {
  for (const name of ["mssql", "redis", "mongodb"]) {
    const { healthcheck, volumes = [] } = services[name] ?? {};
    assert(healthcheck !== undefined && volumes.length === 1, name);
  }
});

Deno.test("compose runs Redis so that it keeps what it was told", () => {
  assertStringIncludes(services.redis!.command!.join(" "), "--appendonly yes --maxmemory-policy noeviction");
});

Deno.test("compose uses the Deno that the gate tests", () => {
  const version = /^DENO_VERSION=(.*)$/m.exec(textAt(".ci/run"))?.[1];
  assertStringIncludes(textAt("compose.yaml"), `FROM denoland/deno:${version}\n`);
});

Deno.test("compose mounts files that are there", () => {
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes)
    .filter((volume) => volume.startsWith("./")).map((volume) => volume.split(":")[0] ?? "");
  assertEquals(mounted, ["./deploy/compose.sql", "./shared/sql/schema.national.sql"]);
  for (const path of mounted) assert(textAt(path).length > 0, path);
});

Deno.test({
  name: "docker compose accepts compose.yaml",
  ignore: !runs(["compose", "version"]).success,
  fn() {
    const { success, stderr } = runs(["compose", "config", "--quiet"]);
    assert(success, new TextDecoder().decode(stderr));
  },
});

function runs(args: string[]): { success: boolean; stderr: Uint8Array } {
  const needed = { MSSQL_SA_PASSWORD: "a", MSSQL_PASSWORD: "a", API_BASE_URL: "http://a" };
  try {
    return new Deno.Command("docker", { args, cwd: ROOT, env: needed }).outputSync();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, stderr: new Uint8Array() };
    throw error;
  }
}
