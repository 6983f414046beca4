import { isNetwork } from '../../lambda/workers/networks.ts';
import { UsageError } from '../../operator/usage-error.ts';

/**
 * Parses the values of `--network`.
 *
 * @throws UsageError
 */
export function parseNetworks(texts: readonly string[] = []): readonly string[] {
  const networks = texts.map((text) => text.toLowerCase());
  const wrong = networks.findIndex((network) => !isNetwork(network));
  if (wrong === -1) return networks;
  throw new UsageError(`--network ${texts[wrong]} is not a CIDR like 10.0.0.0/8, 192.0.2.7/32 or 2001:db8::/32`);
}
