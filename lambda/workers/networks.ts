import { BlockList, isIP } from 'node:net';

type Family = 'ipv4' | 'ipv6';

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: Family;
}

/** No zone (`%eth0`): it means something on one machine only. */
const ADDRESS = /^[\dA-Fa-f.:]+$/;
/** In lower case, so that a network has few spellings. */
const NETWORK = /^(?<address>[\da-f.:]+)\/(?<prefix>0|[1-9]\d{0,2})$/;

const BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/** Node finds the IPv6 form of an IPv4 address (`::ffff:10.1.2.3`) in it, too. */
const ALL_IPV4 = new BlockList();
ALL_IPV4.addSubnet('0.0.0.0', 0, 'ipv4');

/**
 * Whether a text is a CIDR like `10.0.0.0/8` or `2001:db8::/32`. Not `10.1.2.3/8`: whoever writes it may mean one address. Not
 * the IPv6 form of an IPv4 network.
 */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

/**
 * The networks of a grant, parsed once. Each family has its own list, because Node finds every IPv4 address in `::/0`. Here
 * `::/0` is all of IPv6, and `0.0.0.0/0` all of IPv4.
 */
export class Networks {
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();
  readonly #isEmpty: boolean;

  /** @param networks texts that `isNetwork` accepts. */
  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0;
    for (const network of networks.map(parseNetwork)) {
      if (network === undefined) continue;
      const list = network.family === 'ipv4' ? this.#ipv4 : this.#ipv6;
      list.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /**
   * Whether a key may be used from an address: from any address if the grant names no network. Otherwise an address that is
   * missing or that cannot be parsed is in no network.
   */
  admit(address: string | undefined): boolean {
    if (this.#isEmpty) return true;
    const family = address === undefined ? undefined : findFamily(address);
    if (address === undefined || family === undefined) return false;
    const list = ALL_IPV4.check(address, family) ? this.#ipv4 : this.#ipv6;
    return list.check(address, family);
  }
}

function parseNetwork(text: string): Network | undefined {
  const { address = '', prefix = '' } = NETWORK.exec(text)?.groups ?? {};
  const family = findFamily(address);
  if (family === undefined || Number(prefix) > BITS[family]) return undefined;
  if (family === 'ipv6' && (address.includes('.') || ALL_IPV4.check(address, family))) return undefined;
  if (toBits(address, family).includes('1', Number(prefix))) return undefined;
  return { address, prefix: Number(prefix), family };
}

/** @param address a valid one; of IPv6, without an IPv4 part. */
function toBits(address: string, family: Family): string {
  if (family === 'ipv4') return toDigits(address.split('.').map(Number), 8);
  const [before = [], after = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const omitted = Array<string>(8 - before.length - after.length).fill('0');
  return toDigits(
    [...before, ...omitted, ...after].map((group) => Number.parseInt(group, 16)),
    16,
  );
}

function toDigits(numbers: readonly number[], bitsEach: number): string {
  return numbers.map((number) => number.toString(2).padStart(bitsEach, '0')).join('');
}

function findFamily(address: string): Family | undefined {
  const version = ADDRESS.test(address) ? isIP(address) : 0;
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
