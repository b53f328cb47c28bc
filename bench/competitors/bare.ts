// The bare loop: the least program that does the outside work. Reads ahead, keeps its calls in flight, writes batches beside them. No queue,
// no receipts, no leases: what dies with it is sent twice. It is the limit that the bench measures the others against.
import type { ComposedDocument } from "../../shared/document.ts";
import { Batches } from "./batches.ts";
import { documentPages, openWork } from "./work.ts";

/** The next page is read while so many documents are left. */
const aheadMin = 500;

const work = await openWork();
const batches = new Batches(work);
const slots = work.settings.worker.concurrency;
let ready: ComposedDocument[] = [];
let next = 0;
let calling = 0;
let open = 0;
let wakeReader = () => {};

for await (const page of documentPages(work, () => open === 0)) {
  open += page.length;
  ready = [...ready.slice(next), ...page];
  next = 0;
  fill();
  if (ready.length - next > aheadMin) await new Promise<void>((resolve) => wakeReader = resolve);
}

function fill(): void {
  while (calling < slots) {
    const document = ready[next];
    if (!document) break;
    next++;
    send(document);
  }
  if (ready.length - next <= aheadMin) wakeReader();
}

async function send(document: ComposedDocument): Promise<void> {
  calling++;
  const row = await work.post(document);
  calling--;
  batches.add(row, () => open--);
  fill();
}
