import { CREDENTIALS, PARTS, SCHEMES, SIGNATURES } from './forged-headers.rows.ts';
import { BODIES, HEADERS, HOSTS, PATHS, REQUESTS, SIGNED_HEADERS } from './forged-requests.rows.ts';
import { DATES, KEYS, SCOPES } from './forged-scopes.rows.ts';

/** What is refused, and by which part of it. */
export const FORGERIES = [
  { part: 'an Authorization header', rows: SCHEMES },
  { part: 'an Authorization header, of three parts', rows: PARTS },
  { part: 'a credential', rows: CREDENTIALS },
  { part: 'a scope', rows: SCOPES },
  { part: 'a key', rows: KEYS },
  { part: 'a date', rows: DATES },
  { part: 'signed headers', rows: SIGNED_HEADERS },
  { part: 'headers', rows: HEADERS },
  { part: 'a host', rows: HOSTS },
  { part: 'a body', rows: BODIES },
  { part: 'a path, signed for', rows: PATHS },
  { part: 'a request', rows: REQUESTS },
  { part: 'a signature', rows: SIGNATURES },
];
