// All databases of the stand-in, and its cursors. Commands reach the data only through this.

import { Collection } from "./collection.ts";
import { CommandFailure } from "./errors.ts";
import { Cursors } from "./cursors.ts";

export class Store {
  readonly cursors = new Cursors();
  readonly #databases = new Map<string, Map<string, Collection>>();
  #changes = 0;

  /** Grows with every change of data, indexes or names: what `persistence.ts` compares. */
  get changes(): number {
    return this.#changes;
  }

  databaseNames(): string[] {
    return [...this.#databases.keys()].sort();
  }

  /** The collections of a database by name, in the order of their names. */
  collections(database: string): [string, Collection][] {
    return [...this.#databases.get(database) ?? []].sort(([a], [b]) => a < b ? -1 : 1);
  }

  find(database: string, name: string): Collection | undefined {
    return this.#databases.get(database)?.get(name);
  }

  /** The collection, made now if it does not exist yet. */
  open(database: string, name: string): Collection {
    const there = this.find(database, name);
    if (there) return there;
    const made = new Collection(`${database}.${name}`, () => this.#changes++);
    const collections = this.#databases.get(database) ?? new Map<string, Collection>();
    this.#databases.set(database, collections.set(name, made));
    this.#changes++;
    return made;
  }

  /** @throws CommandFailure 26 */
  existing(database: string, name: string): Collection {
    const there = this.find(database, name);
    if (there) return there;
    throw new CommandFailure(26, `ns does not exist: ${database}.${name}`);
  }

  /** Removes a collection; true if there was one. */
  drop(database: string, name: string): boolean {
    const collections = this.#databases.get(database);
    const dropped = collections?.delete(name) ?? false;
    if (collections?.size === 0) this.#databases.delete(database);
    if (dropped) this.#changes++;
    return dropped;
  }

  dropDatabase(database: string): boolean {
    this.#changes++;
    return this.#databases.delete(database);
  }
}
