// What the server has done, for `GET /stats`.

export class Stats {
  #statements = 0;
  #connectionsTotal = 0;
  #connectionsOpen = 0;
  readonly #roundTrips = new Map<string, number>();
  readonly #errors = new Map<number, number>();

  statement(): void {
    this.#statements++;
  }

  /** `kind`: prelogin, login, batch, sp_executesql, transaction, attention … */
  roundTrip(kind: string): void {
    this.#roundTrips.set(kind, (this.#roundTrips.get(kind) ?? 0) + 1);
  }

  error(number: number): void {
    this.#errors.set(number, (this.#errors.get(number) ?? 0) + 1);
  }

  opened(): void {
    this.#connectionsTotal++;
    this.#connectionsOpen++;
  }

  closed(): void {
    this.#connectionsOpen--;
  }

  snapshot() {
    return {
      statements: this.#statements,
      roundTrips: Object.fromEntries(this.#roundTrips),
      connections: { open: this.#connectionsOpen, total: this.#connectionsTotal },
      errors: Object.fromEntries(this.#errors),
    };
  }
}
