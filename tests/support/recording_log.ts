// A log that keeps what happened, for a test to look at.
import type { Log } from "../../shared/log.ts";
import type { EventName, FieldsOf } from "../../shared/log_events.ts";

/** Keeps every event with its fields. */
export class RecordingLog implements Log {
  readonly events: { name: EventName; fields: object }[] = [];

  event<E extends EventName>(name: E, ...[fields]: (FieldsOf<E> | undefined)[]): void {
    this.events.push({ name, fields: fields ?? {} });
  }

  /** The names of the events so far, in order. */
  get names(): EventName[] {
    return this.events.map(({ name }) => name);
  }

  /** The fields of all events of a name. */
  of(name: EventName): object[] {
    return this.events.filter((event) => event.name === name).map(({ fields }) => fields);
  }
}
