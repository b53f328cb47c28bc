// Scripts as sqlcmd runs them: batches between lines that say GO.

/** Splits a script at its GO lines; `GO 3` repeats the batch before it. Empty batches are left out. */
export function splitBatches(script: string): string[] {
  const batches: string[] = [];
  let lines: string[] = [];
  const flush = (times: number) => {
    const batch = lines.join("\n");
    lines = [];
    if (batch.trim() !== "") { for (let i = 0; i < times; i++) batches.push(batch); }
  };
  for (const line of script.split(/\r?\n/)) {
    const go = /^\s*GO(?:\s+(\d+))?\s*(?:--.*)?$/i.exec(line);
    if (go === null) lines.push(line);
    else flush(Number(go[1] ?? "1"));
  }
  flush(1);
  return batches;
}
