// The stand-in as a process of its own. Prints one JSON line when it listens; ends on SIGTERM or SIGINT.
//   deno run -A dev/sqlserver/main.ts --port=0 --control-port=0 --user=sa --password=… --database=hermes --file=:memory:
import { parseArgs } from "node:util";
import { startSqlServer } from "./server.ts";

if (import.meta.main) await main(Deno.args);

async function main(args: string[]): Promise<void> {
  const server = await startSqlServer(readOptions(args));
  console.log(JSON.stringify({ ready: true, port: server.port, controlPort: server.controlPort }));
  const stop = async () => {
    await server.stop();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "0" },
      "control-port": { type: "string", default: "0" },
      user: { type: "string", default: "sa" },
      password: { type: "string" },
      database: { type: "string", default: "hermes" },
      file: { type: "string", default: ":memory:" },
      collation: { type: "string", default: "SQL_Latin1_General_CP1_CI_AS" },
    },
  });
  const { user, password, database, file, collation } = values;
  if (password === undefined) {
    throw new Error("--password is missing: the stand-in checks logins like a real server");
  }
  return {
    port: portOf("port", values.port),
    controlPort: portOf("control-port", values["control-port"]),
    user,
    password,
    database,
    file,
    collation,
  };
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--${name}: a port is a whole number from 0 to 65535, not "${text}"`);
}
