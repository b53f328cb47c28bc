// The programs that `deno task compile` makes: the entry of each, and what it may do. Nothing here runs anything.

/** One program: its file in `dist`, its entry from the checkout's root, and its permission set in deno.json. */
export interface Program {
  readonly name: string;
  readonly entry: string;
  readonly permissionSet: "worker" | "operator";
}

/** All six. The permission sets are those of the tasks in deno.json that run the same entries. */
export const programs: readonly Program[] = [
  { name: "hermes-scheduler", entry: "scheduler.ts", permissionSet: "worker" },
  { name: "hermes-worker-phieu-nhap", entry: "workers/phieu_nhap.ts", permissionSet: "worker" },
  { name: "hermes-worker-phieu-xuat", entry: "workers/phieu_xuat.ts", permissionSet: "worker" },
  { name: "hermes-worker-hoa-don", entry: "workers/hoa_don.ts", permissionSet: "worker" },
  { name: "hermes", entry: "hermes.ts", permissionSet: "operator" },
  { name: "hermes-console", entry: "console/main.ts", permissionSet: "operator" },
];

/**
 * How V8 keeps its heap, for every process of the product (the tasks in deno.json have the same). Left alone, V8 lets the heap grow to several times what is
 * in use, because the machine has memory left: 350 MB for a worker in full flow, of which 60 are in use. Collecting when the heap has grown by 80 %, with a
 * young generation of 4 MB, halves that, and takes no more time (bench). Neither is a limit: a process that needs more gets it.
 */
export const heapFlag = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=80";

/** What deno.json says that a program needs to know when it runs without it. */
export interface RuntimeConfig {
  readonly unstable?: readonly string[];
  readonly permissions: Readonly<Record<string, Readonly<Record<string, boolean | readonly string[]>>>>;
}

/**
 * The flags of `deno run` and `deno compile` that give a program what its permission set gives it, and no prompt for more.
 *
 * The set itself (`-P`) would not do: its paths are relative to deno.json, so that a program compiled here could read the folder that it
 * was built in, on any machine. A path of a flag is relative to where the program runs.
 * Throws an Error when deno.json has no such set.
 */
export function runtimeFlags(program: Program, { unstable = [], permissions }: RuntimeConfig): string[] {
  const set = permissions[program.permissionSet];
  if (set === undefined) {
    throw new Error(`permissions of ${program.name}: deno.json has no set ${program.permissionSet}`);
  }
  const allowed = Object.entries(set).flatMap(([name, value]) => flagFor(name, value));
  return [
    heapFlag,
    "--no-prompt",
    "--deny-import",
    ...unstable.map((feature) => `--unstable-${feature}`),
    ...allowed,
  ];
}

function flagFor(name: string, value: boolean | readonly string[]): string[] {
  if (value === false) return [];
  return [value === true ? `--allow-${name}` : `--allow-${name}=${value.join(",")}`];
}
