// The driver of SQL Server throws where nobody can catch it: which errors are its fault, and which must end the process.
import { assert, assertThrows } from "@std/assert";
import { isDriverFault } from "../../shared/source_pool.ts";

Deno.test("a request that the driver calls back although it gave it up is the driver's fault", () => {
  const request: { callback(): void } = JSON.parse("[]")[0];
  const error = assertThrows(() => request.callback(), TypeError);
  assert(isDriverFault(error), error.message);
});

Deno.test("any other error is none of the driver's and ends the process", () => {
  assert(!isDriverFault(new TypeError("Cannot read properties of undefined (reading 'rows')")));
  assert(!isDriverFault(new Error("(reading 'callback')")));
  assert(!isDriverFault(undefined));
});
