/** Whoever does something at a time. It returns when it acts next; undefined if never again. */
export interface Actor {
  act(nowMs: number): number | undefined;
}

interface Entry {
  readonly atMs: number;
  /** Keeps the order of entries for the same time, so that a seed gives the same run everywhere. */
  readonly order: number;
  readonly actor: Actor;
}

/** The virtual clock: a binary heap of what happens next. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #order = 0;

  add(atMs: number, actor: Actor): void {
    this.#order += 1;
    const entry = { atMs, order: this.#order, actor };
    let index = this.#heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !isEarlier(entry, above)) break;
      this.#heap[index] = above;
      index = parent;
    }
    this.#heap[index] = entry;
  }

  /** Lets everybody act in turn until the clock reaches `endMs`. */
  run(endMs: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.atMs < endMs; first = this.#heap[0]) {
      this.#removeFirst();
      const nextMs = first.actor.act(first.atMs);
      if (nextMs !== undefined) this.add(nextMs, first.actor);
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.#earlierChild(index);
      const below = this.#heap[child];
      if (below === undefined || !isEarlier(below, last)) break;
      this.#heap[index] = below;
      index = child;
    }
    this.#heap[index] = last;
  }

  #earlierChild(index: number): number {
    const left = 2 * index + 1;
    const [one, other] = [this.#heap[left], this.#heap[left + 1]];
    return one !== undefined && other !== undefined && isEarlier(other, one) ? left + 1 : left;
  }
}

function isEarlier(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
