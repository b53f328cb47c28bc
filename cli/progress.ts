// A progress bar on one line of the terminal, drawn anew at each step.
import type { Progress } from "../shared/operator/types.ts";

const width = 30;

/** Draws with `write`, which gets the whole line, beginning with a carriage return; ends the line when all is done. */
export function progressBar(write: (text: string) => void): (progress: Progress) => void {
  return (progress) => write(`\r${barOf(progress)}${progress.done === progress.total ? "\n" : ""}`);
}

/** `[######        ]  250/500`. */
export function barOf({ done, total }: Progress): string {
  const filled = total === 0 ? width : Math.round((done / total) * width);
  const count = `${String(done).padStart(String(total).length)}/${total}`;
  return `[${"#".repeat(filled)}${" ".repeat(width - filled)}]  ${count}`;
}
