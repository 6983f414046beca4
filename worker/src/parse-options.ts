import { HeartbeatOptionsError, type HeartbeatOptions, type Settings } from './options.ts';
import { isLoopback } from './loopback.ts';
import { findProxy } from './proxy.ts';
import { isKey, stripped } from './text.ts';

const DOMAIN = /^[A-Za-z0-9._-]{1,256}$/;
/** SWF refuses these as names, or URLs resolve them. */
const NO_DOMAINS: ReadonlySet<string> = new Set(['arn', '.', '..']);
const MAX_TOKEN_CHARACTERS = 1_024;
const MAX_TIMEOUT_SECONDS = 99_999_999;

/** @throws HeartbeatOptionsError for the first option that cannot be used. */
export function parseOptions(options: HeartbeatOptions): Settings {
  const url = parseRelayUrl(options.relayUrl);
  const domain = parseDomain(options.domain);
  return {
    domainUrl: `${url.href.replace(/\/+$/, '')}/domains/${domain}`,
    ...parseKey(options),
    taskToken: parseToken(options.taskToken),
    timeoutSeconds: parseTimeout(options.heartbeatTimeoutSeconds),
    caFile: options.caFile,
    detailsFile: options.detailsFile,
    proxyUrl: findProxy(url, options.environment ?? process.env)?.href,
  };
}

function parseRelayUrl(text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(stripped(text)) ? new URL(stripped(text)) : undefined;
  if (url === undefined) throw new HeartbeatOptionsError('relayUrl', 'must be the URL of the relay');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new HeartbeatOptionsError('relayUrl', 'must have no user, query or fragment');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new HeartbeatOptionsError('relayUrl', 'must begin with https: (http: only to this machine)');
  return url;
}

function parseDomain(text: unknown): string {
  const domain = typeof text === 'string' ? stripped(text) : '';
  if (DOMAIN.test(domain) && !NO_DOMAINS.has(domain)) return domain;
  throw new HeartbeatOptionsError('domain', 'must be 1 to 256 letters, digits, dots, underscores or hyphens');
}

function parseKey({ key, keyFile }: HeartbeatOptions): Pick<Settings, 'key' | 'keyFile'> {
  if (keyFile !== undefined && keyFile !== '') return { key: undefined, keyFile };
  if (key === undefined || key === '') throw new HeartbeatOptionsError('keyFile', 'or key is required');
  if (!isKey(stripped(key))) throw new HeartbeatOptionsError('key', 'is not a worker key');
  return { key: stripped(key), keyFile: undefined };
}

function parseToken(text: unknown): string {
  const token = typeof text === 'string' ? stripped(text) : '';
  if (token.length >= 1 && token.length <= MAX_TOKEN_CHARACTERS) return token;
  throw new HeartbeatOptionsError('taskToken', `must be 1 to ${MAX_TOKEN_CHARACTERS} characters`);
}

function parseTimeout(seconds: unknown): number {
  if (Number.isInteger(seconds) && typeof seconds === 'number' && seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS)
    return seconds;
  throw new HeartbeatOptionsError('heartbeatTimeoutSeconds', `must be a whole number from 1 to ${MAX_TIMEOUT_SECONDS}`);
}
