import { expect, it } from 'vitest';

import { isLocalRequest } from '../../../local/gateway/loopback-guard.ts';

const host = '127.0.0.1:8787';

it.each([
  { headers: { host } },
  { headers: { host: 'localhost' } },
  { headers: { host: 'LOCALHOST:1' } },
  { headers: { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } },
  { headers: { host, 'sec-fetch-site': 'none' } },
])('accepts $headers', ({ headers }) => {
  expect(isLocalRequest(headers)).toBe(true);
});

it.each([
  { origin: `https://${host}`, isLocal: true },
  { origin: `http://${host}`, isLocal: false },
  { origin: 'https://localhost:8787', isLocal: false },
])('over TLS, accepts origin $origin: $isLocal', ({ origin, isLocal }) => {
  expect(isLocalRequest({ host, origin }, 'https')).toBe(isLocal);
});

it.each([
  { headers: {} },
  { headers: { host: '' } },
  { headers: { host: 'evil.example' } },
  { headers: { host: 'localhost.evil.example' } },
  { headers: { host: '127.0.0.1.evil.example:8787' } },
  { headers: { host: '127.0.0.1:' } },
  { headers: { host: '0.0.0.0:8787' } },
  { headers: { host: 'evil@127.0.0.1' } },
  { headers: { host, origin: 'null' } },
  { headers: { host, origin: 'https://127.0.0.1:8787' } },
  { headers: { host, origin: 'http://localhost:8787' } },
  { headers: { host, origin: 'http://evil.example' } },
  { headers: { host, 'sec-fetch-site': 'cross-site' } },
  { headers: { host, 'sec-fetch-site': 'same-site' } },
  { headers: { host, 'sec-fetch-site': ['none', 'none'] } },
])('rejects $headers', ({ headers }) => {
  expect(isLocalRequest(headers)).toBe(false);
});
