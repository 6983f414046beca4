import type { Denial } from '../aws/access.ts';
import type { AnsweredExchange } from '../gateway/settings.ts';
import { toSeenHeartbeat } from '../seen-heartbeats.ts';
import type { FeedEntry } from './messages.ts';

/** A page that connects late gets this many. */
const MAX_ENTRIES = 200;

/** What happened at the relay lately, the oldest first. */
export class Feed {
  readonly #entries: FeedEntry[] = [];
  readonly #clock: () => number;
  #domains: ReadonlySet<string> = new Set();
  #count = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Only these names are shown: a caller can put anything into a path. */
  declare(domains: readonly string[]): void {
    this.#domains = new Set(domains);
  }

  readonly onAnswered = (exchange: AnsweredExchange): void => {
    const seen = toSeenHeartbeat(exchange, this.#domains);
    if (seen !== undefined) this.#add({ kind: 'heartbeat', ...seen, ...this.#next() });
  };

  readonly onDenial = ({ sentence }: Denial): void => {
    this.#add({ kind: 'denial', sentence, ...this.#next() });
  };

  /** @param number of the last entry that the caller has; 0 at first. */
  after(number: number): readonly FeedEntry[] {
    return this.#entries.filter((entry) => entry.number > number);
  }

  #next(): { number: number; atMs: number } {
    this.#count += 1;
    return { number: this.#count, atMs: this.#clock() };
  }

  #add(entry: FeedEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }
}
