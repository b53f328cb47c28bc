// Where a process' time goes, out of a V8 profile and the bundle that it ran.
import { assertEquals, assertThrows } from "@std/assert";
import { sharesOf } from "../../bench/profile_shares.ts";

const bundle = [
  "// ../../cache/npm/some.host/undici/8.1.0/lib/client.js",
  "function send() {}",
  "// ../../cache/npm/some.host/@opentelemetry/api/1.9.0/index.mjs",
  "function span() {}",
  "// ../checkout/workers/worker.ts",
  "function pump() {}",
].join("\n");

function node(id: number, functionName: string, url = "", line = 1) {
  return { id, callFrame: { functionName, url, lineNumber: line - 1 } };
}

const nodes = [
  node(1, "(idle)"),
  node(2, "(garbage collector)"),
  node(3, "writev"),
  node(4, "send", "file:///x.js", 2),
  node(5, "span", "file:///x.js", 4),
  node(6, "pump", "file:///x.js", 6),
  node(7, "emit", "ext:deno_node/_events.mjs", 9),
];

Deno.test("time is summed up by package, of what the process was not idle", () => {
  const samples = [1, 2, 3, 4, 4, 5, 6, 7, 1];
  const timeDeltas = [900, 10, 20, 30, 10, 5, 15, 10, 900];
  assertEquals(sharesOf(JSON.stringify({ nodes, samples, timeDeltas }), bundle), [
    { name: "undici", part: 0.4 },
    { name: "system calls, other native code", part: 0.2 },
    { name: "Hermes", part: 0.15 },
    { name: "garbage collector", part: 0.1 },
    { name: "Deno's own JavaScript", part: 0.1 },
    { name: "@opentelemetry/api", part: 0.05 },
  ]);
});

Deno.test("what is no profile is refused", () => {
  assertThrows(() => sharesOf(`{"nodes": []}`, bundle));
});
