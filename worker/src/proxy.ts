import { isLoopback } from './loopback.ts';
import { HeartbeatOptionsError } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns the proxy for this relay, from `HTTPS_PROXY` and `NO_PROXY`; lower case wins. Undefined: connect directly.
 * @throws HeartbeatOptionsError, which does not name the proxy: it may contain a password.
 */
export function findProxy(relay: URL, environment: Environment): URL | undefined {
  if (relay.protocol !== 'https:' || isLoopback(relay.hostname)) return undefined;
  const text = environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '';
  if (text === '' || isExempt(relay, environment['no_proxy'] ?? environment['NO_PROXY'] ?? '')) return undefined;
  const address = text.includes('://') ? text : `http://${text}`;
  // The parser would take white space away. The other kits refuse it.
  const proxy = !/\s/.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol === 'http:' && isDecodable(proxy)) return proxy;
  throw new HeartbeatOptionsError('environment', 'must name a proxy as http://host:port');
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}

/** As curl reads it: names with or without a dot in front cover their subdomains, `*` covers everything. */
function isExempt({ hostname, port }: URL, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => {
    const [, name = '', entryPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (entry === '*') return true;
    if (name === '' || (entryPort !== undefined && entryPort !== (port || '443'))) return false;
    return hostname === name || hostname.endsWith(`.${name}`);
  });
}
