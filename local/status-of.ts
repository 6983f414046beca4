import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';

/** The status of a GET; over TLS by the one authority of `ca`, in PEM, which `fetch` can't be told. */
export function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  ca: string | undefined,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const onResponse = (response: IncomingMessage): void => {
    resolve(response.resume().statusCode ?? 0);
  };
  const request = ca === undefined ? get(url, { headers }, onResponse) : getSecurely(url, { headers, ca }, onResponse);
  request.once('error', reject);
  return promise;
}
