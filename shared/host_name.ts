// What this machine is called, for the names of processes and sessions, where the process may know it.

/** The machine's name; "host" where the permission for it (`sys`) is missing. */
export function hostName(): string {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "host";
    throw error;
  }
}
