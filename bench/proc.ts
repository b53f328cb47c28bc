// What Linux says of a process: time on the processor, memory. Linux only, as the bench is.

/** Linux counts processor time in hundredths of a second, on every machine that Deno runs on. */
const msPerTick = 10;

/** Memory of a process, MB (10^6 bytes). */
export interface Memory {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** Time on the processor so far, all threads, user and system, ms. Throws when there is no such process. */
export function cpuMsOf(pid: number): number {
  return readCpuMs(Deno.readTextFileSync(`/proc/${pid}/stat`));
}

/** Reads the text of /proc/PID/stat. The name in brackets may hold anything, so that counting begins behind it. */
export function readCpuMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Fields 14 and 15 of the whole line; the state behind the bracket is field 3.
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** Throws when there is no such process. */
export function memoryOf(pid: number): Memory {
  return readMemory(Deno.readTextFileSync(`/proc/${pid}/status`));
}

/** Reads the text of /proc/PID/status. */
export function readMemory(status: string): Memory {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  return { residentMb: kilobytes("VmRSS") * 1.024e-3, peakMb: kilobytes("VmHWM") * 1.024e-3 };
}

/** Keeps a process, its threads and those it makes later on one processor. Throws an Error where there is no taskset. */
export async function pinTo(pid: number, processor: number): Promise<void> {
  const args = ["-a", "-p", "-c", String(processor), String(pid)];
  const { success, stderr } = await new Deno.Command("taskset", { args, stdout: "null" }).output();
  if (!success) throw new Error(`pinning ${pid}: ${new TextDecoder().decode(stderr)}`);
}
