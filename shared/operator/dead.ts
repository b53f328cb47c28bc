// The dead-letter streams for an operator: list, show, drop. redrive.ts sends their documents again.
import type { Clock } from "../clock.ts";
import { type DocumentType, documentTypes } from "../document.ts";
import deadPageLua from "../lua/dead_page.lua" with { type: "text" };
import { type RedisClient, Script } from "../script.ts";
import { streamKeys } from "../stream_keys.ts";
import { bodyWithoutPeople } from "./people.ts";
import type { DeadDetail, DeadFilter, DeadLetter, DeadList } from "./types.ts";

/** Letters looked at in one call: some ms of the server's time. */
const pageLetters = 500;
/** Letters deleted in one call. */
const deleteBatch = 500;

const deadPage = new Script(deadPageLua);

/** Methods throw when Redis cannot be reached. */
export class DeadStreams {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(redis: RedisClient, options: { prefix: string; clock: Clock }) {
    this.#redis = redis;
    this.#prefix = options.prefix;
    this.#clock = options.clock;
  }

  /** Newest first. */
  async list(filter: DeadFilter, limit: number): Promise<DeadList> {
    const types = filter.type === undefined ? documentTypes : [filter.type];
    const found = await Promise.all(types.map((type) => this.#ofType(type, filter, limit + 1)));
    const letters = found.flat().sort((a, b) => b.diedAtMs - a.diedAtMs);
    return { letters: letters.slice(0, limit), more: letters.length > limit };
  }

  /** With its body, without people's names; null when there is no such letter. */
  async show(id: string, type?: DocumentType): Promise<DeadDetail | null> {
    if (!/^\d+(-\d+)?$/.test(id)) return null;
    for (const each of type === undefined ? documentTypes : [type]) {
      const key = streamKeys(this.#prefix, each).dead;
      const [found] = await this.#redis.xrange(key, id, id);
      if (!found) continue;
      const fields = fieldsOf(found[1]);
      return {
        ...letterOf(each, found[0], fields),
        body: fields.body === undefined ? null : bodyWithoutPeople(each, fields.body),
      };
    }
    return null;
  }

  /** Returns how many there were. */
  async remove(type: DocumentType, ids: string[]): Promise<number> {
    const key = streamKeys(this.#prefix, type).dead;
    let removed = 0;
    for (let at = 0; at < ids.length; at += deleteBatch) {
      removed += await this.#redis.xdel(key, ...ids.slice(at, at + deleteBatch));
    }
    return removed;
  }

  async #ofType(type: DocumentType, filter: DeadFilter, most: number): Promise<DeadLetter[]> {
    const { from, oldest } = range(filter, this.#clock.now());
    const key = streamKeys(this.#prefix, type).dead;
    const wanted = [filter.code ?? "", filter.shop ?? "", filter.reason ?? ""];
    const letters: DeadLetter[] = [];
    for (let at = from; at !== "" && letters.length < most;) {
      const [next, page] = readPage(
        await deadPage.run(this.#redis, [key], [at, oldest, pageLetters, ...wanted]),
      );
      letters.push(...page.map(({ id, fields }) => letterOf(type, id, fields)));
      at = next === "" ? "" : `(${next}`;
    }
    return letters.slice(0, most);
  }
}

/** The ids of a stream begin with the time: an age is a range of ids. */
function range(filter: DeadFilter, nowMs: number): { from: string; oldest: string } {
  if (filter.id !== undefined) return { from: filter.id, oldest: filter.id };
  const { olderThanMs, youngerThanMs } = filter;
  return {
    from: olderThanMs === undefined ? "+" : String(Math.max(0, nowMs - olderThanMs)),
    oldest: youngerThanMs === undefined ? "-" : String(Math.max(0, nowMs - youngerThanMs)),
  };
}

function letterOf(type: DocumentType, id: string, fields: Record<string, string>): DeadLetter {
  const scanned = Number(fields.first_scanned_at);
  return {
    id,
    type,
    key: fields.key ?? "",
    code: fields.code ?? "",
    shop: fields.shop ?? "",
    entryId: fields.entry_id ?? "",
    reason: fields.reason ?? "",
    detail: fields.detail ?? "",
    deliveries: Number(fields.deliveries ?? 0),
    firstScannedAtMs: Number.isFinite(scanned) && scanned > 0 ? scanned : null,
    diedAtMs: Number(fields.died_at ?? id.split("-")[0]),
  };
}

function readPage(reply: unknown): [string, { id: string; fields: Record<string, string> }[]] {
  const [next, letters] = list(reply);
  return [
    String(next ?? ""),
    list(letters).map((letter) => {
      const [id, flat] = list(letter);
      return { id: String(id), fields: fieldsOf(list(flat).map(String)) };
    }),
  ];
}

function fieldsOf(flat: string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at] ?? ""] = flat[at + 1] ?? "";
  return fields;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
