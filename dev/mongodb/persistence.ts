// The data file of the stand-in: BSON documents one after another. First a header, then for each collection
// a document with its name and indexes, followed by its documents, each as `{d: document}`.

import { CommandFailure } from "./errors.ts";
import { decode } from "./decode.ts";
import { describeIndex, parseIndex } from "./index_spec.ts";
import type { Store } from "./store.ts";
import { type Doc, encode, isPlain } from "./values.ts";

const header = { format: "hermes-mongodb-stand-in", version: 1 };
const saveEveryMs = 1_000;
/** Saving takes at most this part of the time, however large the data are. */
const pauseFactor = 10;
/** So many documents are encoded and written at once. */
const documentsPerTurn = 1_000;

/**
 * Fills an empty store from the file; a file that is not there yet is an empty one.
 * @throws Error when the file is not a data file of this version, or is cut short.
 */
export async function load(store: Store, path: string): Promise<void> {
  const bytes = await readIfThere(path);
  if (!bytes) return;
  try {
    let collection;
    const [first, ...rest] = documentsIn(bytes);
    if (first?.["format"] !== header.format || first["version"] !== header.version) {
      throw new Error(
        `it does not begin with the header of format ${header.format}, version ${header.version}`,
      );
    }
    for (const doc of rest) {
      if (isPlain(doc["d"])) collection?.insert(doc["d"]);
      else collection = openCollection(store, doc);
    }
  } catch (cause) {
    throw new Error(`loading the data file ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Saves the store whenever it has changed, until stopped. */
export class Saver {
  readonly #store: Store;
  readonly #path: string;
  #savedChanges: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(store: Store, path: string) {
    this.#store = store;
    this.#path = path;
    this.#savedChanges = store.changes;
    this.#schedule(saveEveryMs);
  }

  /** Saves what is not saved yet, and saves no more after that. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    clearTimeout(this.#timer);
    await this.#save();
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      const startedAtMs = Date.now();
      this.#saving = this.#save()
        .catch((error) => console.error(`saving the data file: ${messageOf(error)}`))
        .then(() => this.#schedule(Math.max(saveEveryMs, (Date.now() - startedAtMs) * pauseFactor)));
    }, delayMs);
  }

  async #save(): Promise<void> {
    const { changes } = this.#store;
    if (changes === this.#savedChanges) return;
    await writeAll(this.#store, `${this.#path}.new`);
    await Deno.rename(`${this.#path}.new`, this.#path);
    this.#savedChanges = changes;
  }
}

async function writeAll(store: Store, path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  let block: Uint8Array[] = [];
  for (const doc of everything(store)) {
    block.push(encode(doc));
    if (block.length < documentsPerTurn) continue;
    await writeBlock(file, block);
    block = [];
  }
  await writeBlock(file, block);
  await file.sync();
}

/** Writes some documents at once; while it waits for the disk, other work gets its turn. */
async function writeBlock(file: Deno.FsFile, documents: readonly Uint8Array[]): Promise<void> {
  const bytes = new Uint8Array(await new Blob(documents.map((each) => new Uint8Array(each))).arrayBuffer());
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

/** All there is at this moment: documents are replaced, not changed, so the list stays true while it is written. */
function everything(store: Store): Doc[] {
  const documents: Doc[] = [header];
  for (const database of store.databaseNames()) {
    for (const [name, collection] of store.collections(database)) {
      const indexes = collection.indexes.filter((index) => index.name !== "_id_").map(describeIndex);
      documents.push({ database, name, indexes });
      for (const stored of collection.all()) documents.push({ d: stored.doc });
    }
  }
  return documents;
}

function openCollection(store: Store, doc: Doc) {
  const { database, name, indexes } = doc;
  if (typeof database !== "string" || typeof name !== "string" || !Array.isArray(indexes)) {
    throw new CommandFailure(2, "a collection needs a database, a name and indexes");
  }
  const collection = store.open(database, name);
  for (const index of indexes) if (isPlain(index)) collection.addIndex(parseIndex(index));
  return collection;
}

function* documentsIn(bytes: Uint8Array): Iterable<Doc> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const size = at + 4 <= bytes.length ? view.getInt32(at, true) : 0;
    if (size < 5 || at + size > bytes.length) throw new Error(`it is cut short or damaged at byte ${at}`);
    yield decode(bytes.subarray(at, at + size));
    at += size;
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
