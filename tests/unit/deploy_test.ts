// deploy/ and the Dockerfile: held to the schemas of Kubernetes and KEDA, to a Dockerfile's parser, and to systemd's and kubectl's own
// judgement where they are on this machine; and to what the rest of the checkout says of programs, ports and settings.

import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { XMLValidator } from "fast-xml-parser";
import { validate as validateDockerfile } from "dockerfile-utils";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Secret } from "kubernetes-models/v1/Secret";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication";
import { parse, parseAllDocuments } from "yaml";
import { programs } from "../../dev/compile/programs.ts";
import { documentTypes } from "../../shared/document.ts";
import { isRequired } from "../../shared/settings_kinds.ts";
import { isSettingName, settingNames, settingsTable } from "../../shared/settings_table.ts";
import { streamKeys } from "../../shared/stream_keys.ts";

interface Manifest {
  readonly path: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const kubernetes = "deploy/kubernetes";
const manifests = [...yamlIn(kubernetes), ...yamlIn(`${kubernetes}/keda`)].flatMap(manifestsIn);
const models = {
  ConfigMap,
  Deployment,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledObject,
  Secret,
  TriggerAuthentication,
};
const running = programs.filter(({ permissionSet }) => permissionSet === "worker").map(({ name }) => name);

for (const { path, ...manifest } of manifests) {
  Deno.test(`Kubernetes' schema accepts ${manifest.kind} ${manifest.metadata.name} of ${path}`, () => {
    const model = Object.entries(models).find(([kind]) => kind === manifest.kind)?.[1];
    assertExists(model, `no schema is known here for ${manifest.kind}`);
    // deno-lint-ignore no-explicit-any -- The schema judges whether it is what its type says.
    new model(manifest as any).validate();
  });
}

Deno.test("the schemas refuse a Deployment without containers and a ScaledObject without a target", () => {
  const refused = [
    () => new Deployment(withTemplate({ spec: {} })).validate(),
    // deno-lint-ignore no-explicit-any -- Wrong on purpose.
    () => new ScaledObject({ metadata: { name: "a" }, spec: { triggers: [] } } as any).validate(),
  ];
  for (const validate of refused) {
    let message = "";
    try {
      validate();
    } catch (error) {
      message = String(error);
    }
    assertMatch(message, /required/);
  }
});

Deno.test("every running program has a Deployment that restricts it, probes it and lets it finish", () => {
  const deployments = manifests.filter(({ kind }) => kind === "Deployment");
  assertEquals(deployments.map(({ metadata }) => metadata.name).sort(), [...running].sort());
  for (const deployment of deployments) {
    const { name } = deployment.metadata;
    // deno-lint-ignore no-explicit-any -- The schema has judged its form.
    const { replicas, template: { spec } } = deployment.spec as any;
    assertEquals(replicas, name === "hermes-scheduler" ? 2 : undefined, name);
    assertObjectMatch(spec, { terminationGracePeriodSeconds: 45, automountServiceAccountToken: false });
    assertObjectMatch(spec.securityContext, { runAsNonRoot: true, runAsUser: 65532 });
    assertObjectMatch(spec.containers[0], {
      name,
      command: [`/opt/hermes/${name}`],
      livenessProbe: { httpGet: { path: "/healthz", port: "health" } },
      readinessProbe: { httpGet: { path: "/readyz", port: "health" } },
      securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    });
    assert(spec.containers[0].resources.limits.memory && spec.containers[0].resources.requests.cpu, name);
  }
  const budgets = manifests.filter(({ kind }) => kind === "PodDisruptionBudget");
  assertEquals(budgets.map(({ metadata }) => metadata.name).sort(), [...running].sort());
});

Deno.test("config map and secret give every required setting, and nothing that is no setting", () => {
  const data = manifests.flatMap((manifest) => [manifest["data"], manifest["stringData"]])
    .flatMap((values) => Object.keys(values ?? {}));
  assertArrayIncludes(data, settingNames.filter((name) => isRequired(settingsTable.shape[name])));
  assertEquals(data.filter((name) => !isSettingName(name)), []);
});

Deno.test("KEDA scales each worker on the pending entries and the lag of its stream", () => {
  for (const type of documentTypes) {
    const name = `hermes-worker-${type.replaceAll("_", "-")}`;
    const scaled = manifests.find(({ kind, metadata }) => kind === "ScaledObject" && metadata.name === name);
    // deno-lint-ignore no-explicit-any -- The schema has judged its form.
    const { scaleTargetRef, triggers } = scaled?.["spec"] as any;
    assertEquals(scaleTargetRef.name, name);
    // deno-lint-ignore no-explicit-any -- As above.
    const metadata = triggers.map((trigger: any) => trigger.metadata);
    const stream = streamKeys(settingsTable.shape.REDIS_KEY_PREFIX.parse(undefined), type).stream;
    assertObjectMatch({ metadata }, {
      metadata: [{ stream, consumerGroup: "workers", lagCount: "500" }, {
        stream,
        pendingEntriesCount: "500",
      }],
    });
  }
});

Deno.test({
  name: "kubectl builds both kustomizations",
  ignore: !runs("kubectl", ["version", "--client"]).success,
  fn() {
    for (const [directory, count] of [[kubernetes, 11], [`${kubernetes}/keda`, 4]] as const) {
      const { success, stdout, stderr } = runs("kubectl", ["kustomize", directory]);
      assert(success, stderr);
      assertEquals(parseAllDocuments(stdout).length, count, directory);
    }
  },
});

Deno.test("the Dockerfile is well formed, ends as no root, and brings no setting along", () => {
  const text = textAt("Dockerfile");
  assertEquals(validateDockerfile(text), []);
  const version = /^DENO_VERSION=(.*)$/m.exec(textAt(".ci/run"))?.[1];
  assertMatch(text, new RegExp(`^FROM denoland/deno:${version} AS build$`, "m"));
  assertMatch(text, /^USER 65532:65532$/m);
  assertArrayIncludes(textAt(".dockerignore").split("\n"), [".env", "**/.env", ".hermes", "dist"]);
});

Deno.test({
  name: "systemd accepts the units, and finds them well protected",
  ignore: !runs("systemd-analyze", ["--version"]).success,
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "hermes-units-" });
    try {
      const units = installUnits(directory);
      const verified = runs("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...units]);
      assert(verified.success, verified.stderr);
      assertEquals(verified.stderr, "");
      const services = units.filter((unit) => /hermes-(scheduler|worker|console)/.test(unit));
      const rated = runs("systemd-analyze", ["security", "--offline=yes", "--threshold=25", ...services]);
      assert(rated.success, rated.stdout + rated.stderr);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("the health check of systemd knows the unit of every port that a unit is given", () => {
  const check = textAt("deploy/systemd/check-health");
  for (const type of documentTypes) {
    const name = type.replaceAll("_", "-");
    const port = /^HEALTH_PORT=(\d+)$/m.exec(textAt(`deploy/systemd/worker-${name}.env`))?.[1];
    assertMatch(check, new RegExp(`^  ${port}\\) unit=hermes-worker@${name}\\.service ;;$`, "m"));
  }
  assertMatch(check, /^ {2}9464\) unit=hermes-scheduler\.service ;;$/m);
});

Deno.test({
  name: "the health check restarts a unit that runs and fails three times, and leaves every other alone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const cases = [
      { curl: 1, active: 0, code: 1, did: ["curl", "sleep", "curl", "sleep", "curl", "restart"] },
      { curl: 0, active: 0, code: 0, did: ["curl"] },
      { curl: 1, active: 3, code: 0, did: [] },
    ];
    for (const { code, did, ...stubs } of cases) assertEquals(await checkHealth(stubs), { code, did });
  },
});

Deno.test("the service file for Windows is well formed, and is for any program", () => {
  const text = textAt("deploy/windows/hermes-service.xml");
  assertEquals(XMLValidator.validate(text), true);
  assertMatch(text, /<executable>%BASE%\\PROGRAM\.exe<\/executable>/);
});

Deno.test("compose starts the servers alone with the profile services, and all of Hermes with all", () => {
  const { services } = parse(textAt("compose.yaml"), { merge: true });
  const inProfile = (profile: string) =>
    Object.keys(services).filter((name) => services[name].profiles.includes(profile)).sort();
  assertEquals(inProfile("services"), ["mongodb", "mssql", "redis", "schema"]);
  assertEquals(inProfile("all"), Object.keys(services).sort());
});

Deno.test({
  name: "docker compose accepts both profiles",
  ignore: !runs("docker", ["compose", "version"]).success,
  fn() {
    for (const [profile, count] of [["services", 4], ["all", 8]] as const) {
      const { success, stdout, stderr } = runs("docker", [
        "compose",
        "--profile",
        profile,
        "config",
        "--services",
      ]);
      assert(success, stderr);
      assertEquals(stdout.trim().split("\n").length, count, profile);
    }
  },
});

/** Runs the script with stand-ins for the commands it calls; what it did to the scheduler's unit, in order. */
async function checkHealth({ curl, active }: { curl: number; active: number }) {
  const directory = await Deno.makeTempDir({ prefix: "hermes-health-" });
  const log = join(directory, "log");
  const stubs = {
    curl: `echo curl >> ${log}; exit ${curl}`,
    sleep: `echo sleep >> ${log}`,
    systemctl: `[ "$1" = is-active ] && exit ${active}; echo "$1" >> ${log}`,
  };
  try {
    await Deno.writeTextFile(log, "");
    for (const [name, text] of Object.entries(stubs)) {
      await Deno.writeTextFile(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    const { code } = await new Deno.Command(join(root, "deploy/systemd/check-health"), {
      args: ["9464"],
      env: { PATH: `${directory}:${Deno.env.get("PATH")}` },
      stderr: "null",
    }).output();
    return { code, did: (await Deno.readTextFile(log)).split("\n").filter(Boolean) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The units as they would be installed, with a folder of this test's own for the programs: systemd looks for them. */
function installUnits(directory: string): string[] {
  const source = join(root, "deploy/systemd");
  for (const program of [...programs.map(({ name }) => name), "check-health"]) {
    Deno.writeTextFileSync(join(directory, program), "#!/bin/sh\n", { mode: 0o755 });
  }
  const names = [...Deno.readDirSync(source)].map(({ name }) => name)
    .filter((name) => /\.(service|timer|target)$/.test(name));
  for (const name of names) {
    const text = Deno.readTextFileSync(join(source, name)).replaceAll("/opt/hermes", directory)
      .replaceAll("/etc/hermes/", `-${directory}/`);
    Deno.writeTextFileSync(join(directory, name), text);
  }
  const instances: Record<string, string> = { "hermes-worker@": "hoa-don", "hermes-health@": "9464" };
  return names.map((name) =>
    join(directory, name.replace(/^(.*@)\./, (_, unit: string) => `${unit}${instances[unit]}.`))
  );
}

function withTemplate(template: Record<string, unknown>) {
  // deno-lint-ignore no-explicit-any -- Wrong on purpose.
  return { metadata: { name: "a" }, spec: { selector: { matchLabels: {} }, template } } as any;
}

function yamlIn(directory: string): string[] {
  return [...Deno.readDirSync(join(root, directory))].map(({ name }) => name)
    .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
    .map((name) => `${directory}/${name}`).sort();
}

function manifestsIn(path: string): Manifest[] {
  return parseAllDocuments(textAt(path)).map((document) => ({ path, ...document.toJS() }));
}

function textAt(path: string): string {
  return Deno.readTextFileSync(join(root, path));
}

function runs(
  command: string,
  args: readonly string[],
): { success: boolean; stdout: string; stderr: string } {
  const needed = { MSSQL_SA_PASSWORD: "a", MSSQL_PASSWORD: "a", API_BASE_URL: "http://a" };
  try {
    const ended = new Deno.Command(command, { args: [...args], cwd: root, env: needed }).outputSync();
    const words = new TextDecoder();
    return {
      success: ended.success,
      stdout: words.decode(ended.stdout),
      stderr: words.decode(ended.stderr),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, stdout: "", stderr: "not here" };
    throw error;
  }
}
