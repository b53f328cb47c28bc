// What a V8 profile says, summed up by package: where a process was while it worked. Pure.
import { z } from "zod";

/** What of a `.cpuprofile` is looked at. */
const profileSchema = z.object({
  nodes: z.array(z.object({
    id: z.int(),
    callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
  })),
  samples: z.array(z.int()),
  /** Before each sample, µs. */
  timeDeltas: z.array(z.number()),
});

/** A package, and its part of the time in which the process was not idle. */
export interface Share {
  readonly name: string;
  readonly part: number;
}

/** Native functions: most of them wait for the kernel to take or give bytes. */
const native = "system calls, other native code";
const layers: Readonly<Record<string, string>> = {
  "(garbage collector)": "garbage collector",
  "(program)": "V8 itself",
};

/** The largest shares first. `text` is a `.cpuprofile`, `bundle` the program that it was made of, not minified. Throws ZodError or SyntaxError. */
export function sharesOf(text: string, bundle: string): Share[] {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(text));
  const nameOf = packages(bundle);
  const names = new Map(nodes.map(({ id, callFrame }) => {
    const { functionName, url, lineNumber } = callFrame;
    return [id, url === "" ? layers[functionName] ?? native : nameOf(url, lineNumber + 1)];
  }));
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id),
  );
  const times = new Map<string, number>();
  let total = 0;
  samples.forEach((id, at) => {
    if (idle.has(id)) return;
    const name = names.get(id) ?? native;
    const took = timeDeltas[at] ?? 0;
    times.set(name, (times.get(name) ?? 0) + took);
    total += took;
  });
  return [...times].map(([name, took]) => ({ name, part: took / total })).sort((a, b) => b.part - a.part);
}

/** By line of the bundle, which names each file before its text: `// …/npm/HOST/undici/8.1.0/index.js`. */
function packages(bundle: string): (url: string, line: number) => string {
  const byLine: string[] = [];
  let name = "Hermes";
  for (const text of bundle.split("\n")) {
    const file = /^\/\/ (\S+\.(?:[cm]?[jt]s|json|sql|lua))$/.exec(text)?.[1];
    if (file) name = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? "Hermes";
    byLine.push(name);
  }
  return (url, line) => url.startsWith("file:") ? byLine[line - 1] ?? "Hermes" : "Deno's own JavaScript";
}
