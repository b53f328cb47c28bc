// The command line of the simulated partner.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { HELP, readCommandLine } from "../../dev/partner/options.ts";

Deno.test("the partner's options are read with = and with a blank", () => {
  const { partner, log, help } = readCommandLine([
    "--port=0",
    "--dialect",
    "gateway",
    "--accounts=a:x,b:y:z",
    "--latency-ms=20",
    "--seed=3",
    "--fault=kind=500,rate=0.5",
    "--fault",
    "kind=hang",
    "--form=cycle",
    "--wrong-login-status=401",
    "--log",
  ]);
  assertEquals(partner, {
    port: 0,
    dialect: "gateway",
    accounts: { a: "x", b: "y:z" },
    latencyMs: 20,
    seed: 3,
    form: "cycle",
    wrongLoginStatus: 401,
    faults: [{ kind: "status", status: 500, rate: 0.5 }, { kind: "hang" }],
  });
  assertEquals({ log, help }, { log: true, help: false });
});

Deno.test("a wrong option of the partner is named, with the nearest right one", () => {
  const cases: [string[], string][] = [
    [["--latncy-ms=3"], "did you mean --latency-ms?"],
    [["--dialect=gatway"], "did you mean gateway?"],
    [["--port=99999"], '"99999"'],
    [["--port=http"], '"http"'],
    [["--seed"], "--seed needs a value"],
    [["port"], '"port" is no option'],
    [["--fault=kind=nothing"], "kind"],
  ];
  for (const [args, said] of cases) {
    assertStringIncludes(assertThrows(() => readCommandLine(args), Error).message, said);
  }
});

Deno.test("a wrong --accounts does not show the passwords", () => {
  const { message } = assertThrows(() => readCommandLine(["--accounts=a:secret,bsecret"]), Error);
  assertEquals(message.includes("secret"), false);
});

Deno.test("the partner's help names every option that is read", () => {
  for (const name of ["port", "accounts", "latency-ms", "fault", "token-calls", "remember", "form"]) {
    assertStringIncludes(HELP, `--${name}`);
  }
});
