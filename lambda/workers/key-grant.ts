import { DOMAIN_ARN, type Operation, OPERATIONS } from '../environment/environment.ts';
import { isNetwork } from './networks.ts';

/** Everything that a version 2 key may do. Its secret is bound to all of it. */
export interface KeyGrant {
  /** ARNs of SWF domains. Two stages that share keys so never share a grant by accident. */
  readonly domains: readonly string[];
  readonly operations: readonly Operation[];
  /** The networks that the key may be used from, as CIDRs. If empty, it may be used from any address. */
  readonly networks: readonly string[];
  /** Heartbeats per second. */
  readonly rate: number;
  /** ISO 8601 in UTC, as `toISOString` writes it. The relay refuses the key from then on; null means never. */
  readonly expiresAt: string | null;
}

/**
 * The only text of a grant: members in this order, lists sorted by UTF-16 code units and without repetition, no spaces.
 * Every version 2 key depends on this format, so it must never change.
 */
export function toCanonicalJson({ domains, operations, networks, rate, expiresAt }: KeyGrant): string {
  return JSON.stringify({
    domains: toSet(domains),
    operations: toSet(operations),
    networks: toSet(networks),
    rate,
    expiresAt,
  });
}

/** @returns undefined unless the text is the canonical JSON of a grant that names a domain and an operation. */
export function parseKeyGrant(text: string): KeyGrant | undefined {
  const value = parseJson(text);
  return isKeyGrant(value) && toCanonicalJson(value) === text ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The comparison with the canonical JSON finds unknown members, other orders and repetitions. */
function isKeyGrant(value: unknown): value is KeyGrant {
  if (typeof value !== 'object' || value === null) return false;
  if (!('domains' in value) || !isListOf(isDomainArn, value.domains) || value.domains.length === 0) return false;
  if (!('operations' in value) || !isListOf(isOperation, value.operations) || value.operations.length === 0)
    return false;
  if (!('networks' in value) || !isListOf(isNetwork, value.networks)) return false;
  if (!('rate' in value) || !Number.isSafeInteger(value.rate) || Number(value.rate) < 1) return false;
  return 'expiresAt' in value && (value.expiresAt === null || isTime(value.expiresAt));
}

function isListOf(isMember: (member: string) => boolean, value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string' && isMember(member));
}

function isDomainArn(text: string): boolean {
  return DOMAIN_ARN.test(text);
}

function isOperation(text: string): boolean {
  return OPERATIONS.some((operation) => operation === text);
}

function isTime(value: unknown): boolean {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(atMs) && new Date(atMs).toISOString() === value;
}

function toSet<Text extends string>(texts: readonly Text[]): Text[] {
  return [...new Set(texts)].sort();
}
