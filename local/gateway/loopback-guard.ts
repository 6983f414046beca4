/** How a server is spoken to, as its URL begins. */
export type Scheme = 'http' | 'https';

/** Headers by lower-case name, as `node:http` gives them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The two names of this machine that the servers are announced under; the port is whatever the client connected to. */
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i;

/**
 * Whether a request to a server on 127.0.0.1 was meant for it.
 *
 * Listening on 127.0.0.1 keeps other machines out, but not the pages in this one's browser: a page can send requests to
 * any port, and a name server can point the page's own name at 127.0.0.1. The first kind carries an `Origin` or
 * `Sec-Fetch-Site` of its own, the second a foreign `Host`. Both are refused; clients that are no browsers send neither.
 */
export function isLocalRequest(headers: Headers, scheme: Scheme = 'http'): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (typeof host !== 'string' || !LOCAL_HOST.test(host)) return false;
  if (origin !== undefined && origin !== `${scheme}://${host}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}
