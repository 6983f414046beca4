/** The scheme of a server's URL. */
export type Scheme = 'http' | 'https';

/** Headers by lower-case name, as `node:http` gives them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The two host names in the URLs that the servers print. Any port matches. */
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/i;

/**
 * Whether a request to a server on 127.0.0.1 was meant for that server.
 *
 * Listening on 127.0.0.1 keeps other machines out, but not the pages in this machine's browser. A page can send
 * requests to any port; such a request has an `Origin` or a `Sec-Fetch-Site` from another site. A name server can also
 * point the page's own name at 127.0.0.1 (DNS rebinding); such a request has a foreign `Host`. This function rejects
 * both kinds. Clients other than browsers send neither.
 */
export function isLocalRequest(headers: Headers, scheme: Scheme = 'http'): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (typeof host !== 'string' || !LOCAL_HOST.test(host)) return false;
  if (origin !== undefined && origin !== `${scheme}://${host}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}
