// The services of a bench run, the same for all competitors: a real Redis, the stand-ins and the partner, each a process. Before ground.ts.
import { plainEnvironment } from "../dev/stack/env_file.ts";
import type { Processes } from "../dev/stack/processes.ts";
import { type Service, startServices } from "../dev/stack/services.ts";
import { z } from "zod";

const readyWithinMs = 20_000;
const readySchema = z.object({ port: z.int(), controlPort: z.int() });

/** All four, each with its process and its settings. */
export interface BenchServices {
  readonly redis: Service;
  readonly sqlserver: Service;
  readonly mongodb: Service;
  readonly partner: Service;
}

/** Starts them on free ports, with their data in `directory`. */
export async function startBenchServices(processes: Processes, directory: string): Promise<BenchServices> {
  const [{ redis, sqlserver, partner }, mongodb] = await Promise.all([
    startServices({
      embedded: { sqlserver: true, redis: true, mongodb: false, partner: true },
      processes,
      dataDirectory: directory,
      env: plainEnvironment(),
      dialect: "national",
      partner: { latencyMs: 0, faults: [], args: ["--remember=1000"] },
    }),
    startMongodb(processes),
  ]);
  if (!redis || !sqlserver || !partner) throw new Error("starting the bench: a service was not started");
  return { redis, sqlserver, mongodb, partner };
}

/** Without a file: saving all its data every second would be work that a real MongoDB does not do. */
async function startMongodb(processes: Processes): Promise<Service> {
  const child = processes.start({
    name: "mongodb",
    rank: "service",
    command: Deno.execPath(),
    args: ["run", "-A", import.meta.resolve("../dev/mongodb/main.ts")],
    env: plainEnvironment(),
  });
  const { port, controlPort } = readySchema.parse(JSON.parse(await child.firstLine(readyWithinMs)));
  const settings = { MONGO_URI: `mongodb://127.0.0.1:${port}` };
  return { child, port, settings, controlUrl: `http://127.0.0.1:${controlPort}` };
}
