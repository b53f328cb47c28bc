// Which of SQL Server's errors pass by themselves, and what an error tells of its cause.
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { describeError, SourceError } from "../../shared/errors.ts";

function thrownWith(fields: object): SourceError {
  return SourceError.from("writing results of hoa_don", Object.assign(new Error("m"), fields));
}

Deno.test("a deadlock, a timeout, a failover and a lost connection pass by themselves", () => {
  for (const number of [1205, 1222, 3960, 4060, 18456, 40613, 9002]) {
    assert(thrownWith({ number }).passing, String(number));
  }
  for (const code of ["ECONNRESET", "ETIMEOUT", "ESOCKET", "ECONNCLOSED"]) {
    assert(thrownWith({ code }).passing, code);
  }
});

Deno.test("what the server or the driver will never take does not pass", () => {
  for (const number of [208, 207, 2627, 8152, 2628, 547, 102, 229]) {
    assert(!thrownWith({ number }).passing, String(number));
  }
  assert(!thrownWith({ code: "EPARAM" }).passing && !thrownWith({ code: "EARGS" }).passing);
});

Deno.test("a source error keeps number and cause, and tells both", () => {
  const cause = Object.assign(new Error("Transaction was deadlocked"), { number: 1205 });
  const error = SourceError.from("writing results of hoa_don", cause);
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.number], ["SourceError", 1205]);
  assertStrictEquals(error.cause, cause);
  assertEquals(describeError(error), {
    name: "SourceError",
    message: "SQL Server, writing results of hoa_don: Transaction was deadlocked",
    code: "1205",
  });
});

Deno.test("a number that is no error number of SQL Server counts as none", () => {
  for (const number of [0, -1, "1205", null]) assertEquals(thrownWith({ number }).number, undefined);
  assert(SourceError.from("x", "text").passing);
});
