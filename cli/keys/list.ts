import { readKeyPages } from '../../operator/key-pages.ts';
import { findLastSeenOf } from '../../operator/key-use.ts';
import { macKeyNameOf } from '../../operator/mac-keys.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import { SealChecker } from '../../operator/seal.ts';
import type { Target } from '../../operator/target.ts';
import { parseDuration } from '../expiry.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { type DescribedKey, describeKey, isListed, type KeyFacts, type KeyFilter } from './described-key.ts';
import { createListWriter } from './list-writer.ts';
import { toPrintable } from './printable.ts';

export interface ListOptions extends RelayOptions, Pick<KeyFilter, 'label' | 'domain' | 'status' | 'macKey'> {
  readonly unusedFor?: string;
  readonly expiresWithin?: string;
  readonly output: 'table' | 'json';
}

/** Prints each page of keys before it reads the next one, so that a table of any size needs the memory of a page. */
export async function list(options: ListOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const filter = toFilter(options, nowMs);
  const relay = await findRelay(options);
  const lister = new Lister(relay, filter, nowMs);
  const writer = createListWriter(options.output);
  const unknown: string[] = [];
  const altered: string[] = [];
  const derivedElsewhere: string[] = [];
  for await (const { keys, unreadable } of readKeyPages(relay)) {
    const described = await lister.describe(keys.map(({ key }) => key));
    await terminal.print(writer.toText(described));
    unknown.push(...unreadable);
    altered.push(...described.filter(({ seal }) => seal === 'altered').map(({ keyId }) => keyId));
    derivedElsewhere.push(...described.filter(({ macKey }) => macKey === 'other').map(({ keyId }) => keyId));
  }
  await terminal.print(writer.end);
  warnOf(terminal, 'altered since they were issued, so they let nobody in', altered);
  warnOf(terminal, 'of a KMS key that this relay does not have, so they let nobody in', derivedElsewhere);
  warnOf(terminal, 'records in a format that this version does not write, so they let nobody in', unknown);
}

function toFilter({ label, domain, status, macKey, unusedFor, expiresWithin }: ListOptions, nowMs: number): KeyFilter {
  return {
    label,
    domain,
    status,
    macKey,
    unusedSinceMs: unusedFor === undefined ? undefined : nowMs - parseDuration('--unused-for', unusedFor),
    expiresUntilMs: expiresWithin === undefined ? undefined : nowMs + parseDuration('--expires-within', expiresWithin),
  };
}

function warnOf(terminal: Terminal, what: string, keyIds: readonly string[]): void {
  if (keyIds.length > 0) terminal.warn(`${what}: ${keyIds.map(toPrintable).join(', ')}\n`);
}

/** How many seals are checked at once. KMS allows thousands of requests a second. */
const SEALS_AT_ONCE = 20;

class Lister {
  readonly #relay: Target;
  readonly #filter: KeyFilter;
  readonly #nowMs: number;
  readonly #seals: SealChecker;

  constructor(relay: Target, filter: KeyFilter, nowMs: number) {
    this.#relay = relay;
    this.#filter = filter;
    this.#nowMs = nowMs;
    this.#seals = new SealChecker(relay);
  }

  /** The oldest first. The days of use are read only for keys that pass the other filters, and so are seals. */
  async describe(keys: readonly ManagedKey[]): Promise<readonly DescribedKey[]> {
    const others = { ...this.#filter, unusedSinceMs: undefined };
    const wanted = keys.filter((key) => isListed(this.#describe(key), others));
    const lastSeen = await findLastSeenOf(
      this.#relay,
      wanted.map(({ keyId }) => keyId),
    );
    const used = wanted.filter((key) =>
      isListed(this.#describe(key, { lastSeenOn: lastSeen.get(key.keyId) }), this.#filter),
    );
    const described: DescribedKey[] = [];
    for (let from = 0; from < used.length; from += SEALS_AT_ONCE) {
      const some = used.slice(from, from + SEALS_AT_ONCE).map(async (key) => {
        const facts = { lastSeenOn: lastSeen.get(key.keyId), seal: await this.#seals.check(key.record) };
        return this.#describe(key, facts);
      });
      described.push(...(await Promise.all(some)));
    }
    return described.sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  }

  #describe(key: ManagedKey, facts: Omit<KeyFacts, 'macKey'> = {}): DescribedKey {
    return describeKey(key, this.#nowMs, { ...facts, macKey: macKeyNameOf(this.#relay, key.record) });
  }
}
