// The MongoDB stand-in as a process of its own: `main.ts --port=0 --control-port=0 --file=PATH`.
// Prints one JSON line when it listens; ends on SIGTERM or SIGINT after its data are saved.

import { parseArgs } from "node:util";
import { type MongoOptions, startMongo } from "./server.ts";

if (import.meta.main) await main(Deno.args);

async function main(args: string[]): Promise<void> {
  const server = await startMongo(parseOptions(args));
  console.log(JSON.stringify({ ready: true, port: server.port, controlPort: server.controlPort }));
  const stop = async () => {
    await server.stop();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
}

function parseOptions(args: string[]): MongoOptions {
  const { values } = parseArgs({
    args,
    options: { "port": { type: "string" }, "control-port": { type: "string" }, "file": { type: "string" } },
  });
  return {
    port: portOf("--port", values.port),
    controlPort: portOf("--control-port", values["control-port"]),
    ...(values.file ? { file: values.file } : {}),
  };
}

function portOf(option: string, text = "0"): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${option} must be a port from 0 to 65535, not ${text}`);
}
