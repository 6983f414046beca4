/** Whoever does something at a time. It returns when it acts next; `Infinity` if never again. */
export interface Actor {
  act(nowMs: number): number;
}

/** Children of a node. A wide heap is flat, and a node's children are in one cache line. */
const WIDTH = 4;

/**
 * The virtual clock: a heap of what happens next. Nearly all the time of a simulation is spent here, so it is made of two typed
 * arrays and allocates nothing for an event.
 */
export class Agenda {
  readonly #actors: Actor[] = [];
  #timesMs = new Float64Array(1_024);
  /** The actor of each time, as an index into `#actors`. */
  #indexes = new Int32Array(1_024);
  #size = 0;

  /** @param atMs not before now. */
  add(atMs: number, actor: Actor): void {
    if (this.#size === this.#timesMs.length) this.#grow();
    this.#actors.push(actor);
    let place = this.#size;
    this.#size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (this.#timeOf(parent) <= atMs) break;
      this.#copy(parent, place);
      place = parent;
    }
    this.#set(place, atMs, this.#actors.length - 1);
  }

  /** Lets everybody act in turn until the clock reaches `endMs`. */
  run(endMs: number): void {
    while (this.#size > 0 && this.#timeOf(0) < endMs) {
      const index = this.#indexes[0] ?? 0;
      const nextMs = this.#actors[index]?.act(this.#timeOf(0)) ?? Infinity;
      if (nextMs === Infinity) this.#removeFirst();
      else this.#sink(nextMs, index);
    }
  }

  #removeFirst(): void {
    this.#size -= 1;
    if (this.#size > 0) this.#sink(this.#timeOf(this.#size), this.#indexes[this.#size] ?? 0);
  }

  /** Puts an entry where the first one was, and then below everything that is earlier. */
  #sink(atMs: number, index: number): void {
    const times = this.#timesMs;
    let place = 0;
    for (;;) {
      let child = place * WIDTH + 1;
      if (child >= this.#size) break;
      let earliestMs = times[child] ?? Infinity;
      const end = Math.min(child + WIDTH, this.#size);
      for (let other = child + 1; other < end; other += 1) {
        const otherMs = times[other] ?? Infinity;
        if (otherMs < earliestMs) [child, earliestMs] = [other, otherMs];
      }
      if (earliestMs >= atMs) break;
      this.#copy(child, place);
      place = child;
    }
    this.#set(place, atMs, index);
  }

  #timeOf(place: number): number {
    return this.#timesMs[place] ?? Infinity;
  }

  #copy(from: number, to: number): void {
    this.#set(to, this.#timeOf(from), this.#indexes[from] ?? 0);
  }

  #set(place: number, atMs: number, index: number): void {
    this.#timesMs[place] = atMs;
    this.#indexes[place] = index;
  }

  #grow(): void {
    const [times, indexes] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    times.set(this.#timesMs);
    indexes.set(this.#indexes);
    [this.#timesMs, this.#indexes] = [times, indexes];
  }
}
