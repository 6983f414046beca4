import { setImmediate as settle } from 'node:timers/promises';

interface Due {
  readonly at: number;
  readonly act: () => unknown;
}

/** Acts one after another in the order of their times, however long each really takes; the first planned first. */
export class Timeline {
  now = 0;
  readonly #due: Due[] = [];

  plan(at: number, act: () => unknown): void {
    const index = this.#due.findIndex((due) => due.at > at);
    this.#due.splice(index === -1 ? this.#due.length : index, 0, { at, act });
  }

  /** Runs until nothing is planned. Between two acts, whatever the first set going goes on until it must wait. */
  async run(): Promise<void> {
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) {
      this.now = Math.max(this.now, next.at);
      await next.act();
      await settle();
    }
  }
}
