// The operator's command. Entry; cli/ has the commands, shared/operator/ what they do.
import { main } from "./cli/main.ts";

const stopping = new AbortController();
// The first Ctrl-C lets what is under way come to a stop that can be taken up again; a second one ends at once.
Deno.addSignalListener("SIGINT", () => {
  if (stopping.signal.aborted) Deno.exit(130);
  stopping.abort();
});

const isTerminal = Deno.stdout.isTerminal();
const encoder = new TextEncoder();

const code = await main(Deno.args, {
  write: (text) => console.log(text),
  writeError: (text) => console.error(text),
  writeProgress: Deno.stderr.isTerminal() ? (text) => void Deno.stderr.writeSync(encoder.encode(text)) : null,
  colour: isTerminal && !Deno.env.get("NO_COLOR"),
  width: isTerminal ? Deno.consoleSize().columns : null,
  signal: stopping.signal,
});
Deno.exit(code);
