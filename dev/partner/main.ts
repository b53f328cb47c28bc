// The simulated partner as a process: `deno task partner`. Prints one line when it is ready, ends on SIGTERM.
import { samplePasswords } from "../samples/accounts.ts";
import { type CommandLine, HELP, readCommandLine } from "./options.ts";
import { type Partner, startPartner } from "./partner.ts";

const DEFAULT_PORT = 8088;

async function main(): Promise<void> {
  const { help, log, partner: options } = commandLine();
  if (help) return console.log(HELP);
  const partner = await startPartner({ port: DEFAULT_PORT, accounts: samplePasswords(), ...options })
    .catch((error) => refuse(`listen at port ${options.port ?? DEFAULT_PORT}: ${describe(error)}`, 1));
  const { port, url } = partner;
  const dialect = options.dialect ?? "national";
  console.log(
    log
      ? `The simulated partner (${dialect}) listens at ${url}; its control API is at ${url}/_control`
      : JSON.stringify({ ready: true, port, url, dialect }),
  );
  stopOnSignal(partner);
}

function commandLine(): CommandLine {
  try {
    return readCommandLine(Deno.args);
  } catch (error) {
    return refuse(describe(error), 2);
  }
}

function refuse(message: string, exitCode: number): never {
  console.error(message);
  Deno.exit(exitCode);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stopOnSignal(partner: Partner): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, async () => {
      await partner.stop();
      Deno.exit(0);
    });
  }
}

if (import.meta.main) await main();
