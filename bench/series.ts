export type Unit = 'ms' | 'µs' | '1/s';

/** Named quantities. Each has one value per round. */
export class Series {
  readonly #all = new Map<string, { readonly unit: Unit; readonly values: number[] }>();

  add(name: string, unit: Unit, value: number): void {
    const existing = this.#all.get(name) ?? { unit, values: [] };
    existing.values.push(value);
    this.#all.set(name, existing);
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  /** @throws Error if nothing of that name was measured. */
  valuesOf(name: string): readonly number[] {
    const found = this.#all.get(name);
    if (found === undefined) throw new Error(`nothing was measured as "${name}"`);
    return found.values;
  }

  /** Divides round by round, so that both values of a ratio were measured under the same conditions. */
  ratiosOf(name: string, toName: string): readonly number[] {
    const limits = this.valuesOf(toName);
    return this.valuesOf(name).map((value, round) => value / (limits[round] ?? Number.NaN));
  }

  names(): readonly { readonly name: string; readonly unit: Unit }[] {
    return [...this.#all].map(([name, { unit }]) => ({ name, unit }));
  }

  addAll(other: Series): void {
    for (const { name, unit } of other.names()) for (const value of other.valuesOf(name)) this.add(name, unit, value);
  }
}

/** The median, and the bounds of the middle half of the values. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function toSpread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => {
    const position = (sorted.length - 1) * share;
    const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
    return below + (above - below) * (position - Math.floor(position));
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
