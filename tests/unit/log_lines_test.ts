// Log lines that are written together: in order, at once where one is urgent, and none left over at a process's end.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { joinedLines, takenOneByOne } from "../../shared/log_lines.ts";

Deno.test("every line is written once and in order, whatever is urgent, and none of them late", async () => {
  const lines = fc.array(fc.record({ text: fc.string({ minLength: 1 }), urgent: fc.boolean() }), {
    maxLength: 600,
  });
  const property = fc.asyncProperty(lines, async (given) => {
    const written: string[] = [];
    const write = joinedLines((text) => written.push(text));
    for (const [index, { text, urgent }] of given.entries()) {
      write(text, urgent);
      if (urgent) {
        assertEquals(written.join("\n"), given.slice(0, index + 1).map((each) => each.text).join("\n"));
      }
    }
    const all = given.map(({ text }) => text).join("\n");
    const deadline = Date.now() + 5_000;
    while (written.join("\n") !== all && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(written.join("\n"), all);
  });
  await fc.assert(property, { numRuns: 30 });
});

Deno.test("lines that come in one turn are written in one go, but never more than 256", async () => {
  const written: string[] = [];
  const done = Promise.withResolvers<void>();
  const write = joinedLines((text) => {
    written.push(text);
    if (written.length === 2) done.resolve();
  });
  for (let index = 0; index < 300; index++) write(`line ${index}`, false);
  await done.promise;
  assertEquals(written.map((text) => text.split("\n").length), [256, 44]);
});

const ends = {
  "ends by itself": "",
  "calls Deno.exit": "Deno.exit(0)",
  "ends by an error": "setTimeout(() => { throw new Error('an end') })",
  "ends by a rejected promise": "Promise.reject(new Error('an end'))",
};
for (const [end, code] of Object.entries(ends)) {
  Deno.test(`a process that ${end} has written all its lines`, async () => {
    const module = new URL("../../shared/log_lines.ts", import.meta.url).href;
    const script = `const { joinedLines } = await import("${module}");
      const write = joinedLines(console.log);
      write("one", false); write("two", false); ${code}`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
    assertEquals(new TextDecoder().decode(stdout), "one\ntwo\n");
  });
}

Deno.test("where Deno's telemetry or Deno Deploy takes lines, each is written by itself", () => {
  assertEquals(takenOneByOne(() => undefined), false);
  assertEquals(takenOneByOne((name) => name === "OTEL_DENO" ? "true" : undefined), true);
  assertEquals(takenOneByOne((name) => name === "DENO_DEPLOYMENT_ID" ? "abc" : undefined), true);
});
