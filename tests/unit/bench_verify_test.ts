// A round of the bench counts only when every document arrived exactly once and its row says so; and the partner's cheap counters.
import { assertEquals, assertMatch } from "@std/assert";
import { findProblem } from "../../bench/verify.ts";
import { Memory } from "../../dev/partner/memory.ts";

const row = { id: 1, code: "HD1", status: "SYNC_SUCCESS", nationalCode: "QG1", createdMs: 0, updatedMs: 1 };
const fact = { code: "HD1", national_code: "QG1", posts: 1, puts: 0 };

Deno.test("a round counts when every row has the code that the partner gave for it, once", () => {
  assertEquals(findProblem([row], [fact], 1), null);
});

Deno.test("a round does not count when anything is missing, double or different", () => {
  assertMatch(findProblem([row], [fact], 2) ?? "", /1 rows, not 2/);
  assertMatch(findProblem([row], [], 1) ?? "", /has 0 documents/);
  assertMatch(findProblem([row], [{ ...fact, code: "HD2" }], 1) ?? "", /HD1: the partner has never/);
  assertMatch(findProblem([row], [{ ...fact, puts: 1 }], 1) ?? "", /HD1: accepted 2 times/);
  assertMatch(
    findProblem([{ ...row, status: "PENDING_SYNC" }], [fact], 1) ?? "",
    /HD1: the row is PENDING_SYNC/,
  );
  assertMatch(
    findProblem([{ ...row, nationalCode: null }], [fact], 1) ?? "",
    /the row has null, the partner gave QG1/,
  );
});

Deno.test("the partner counts calls that are over, and acceptances among them", () => {
  const memory = new Memory(10);
  const open = () =>
    memory.open({ atMs: 0, method: "POST", path: "/", type: "hoa_don", login: false, body: "{}" });
  const [first, second] = [open(), open()];
  first.outcome = "accepted";
  memory.close(first, true);
  assertEquals(memory.counters(), { calls: 1, accepted: 1 });
  second.outcome = "refused";
  memory.close(second, true);
  assertEquals(memory.counters(), { calls: 2, accepted: 1 });
});
