import { describe, expect, it } from 'vitest';

import { toKnownKey } from '../../../lambda/workers/known-key.ts';
import { aRecord, aRecordV2, NOW } from './worker-key-records.ts';

const HOUR_MS = 3_600_000;
const LATER = NOW + HOUR_MS;

const ENDS = [
  { issuedFor: null, endsAtMs: null, expiresAtMs: null },
  { issuedFor: NOW, endsAtMs: null, expiresAtMs: NOW },
  { issuedFor: null, endsAtMs: NOW, expiresAtMs: NOW },
  { issuedFor: NOW, endsAtMs: LATER, expiresAtMs: NOW },
  { issuedFor: LATER, endsAtMs: NOW, expiresAtMs: NOW },
];

describe.each(ENDS)('a key issued until $issuedFor that an event ends at $endsAtMs', (row) => {
  const { issuedFor, endsAtMs, expiresAtMs } = row;
  const events = { isRevoked: false, endsAtMs };
  const expiresAt = issuedFor === null ? null : new Date(issuedFor).toISOString();

  it.each([
    { version: 1, record: aRecord({ expiresAtMs: issuedFor }) },
    { version: 2, record: aRecordV2({ expiresAt }) },
  ])(`expires at ${String(expiresAtMs)}, in version $version`, ({ record }) => {
    expect(toKnownKey(record, events)).toMatchObject({ status: 'active', expiresAtMs });
  });
});

it.each([
  { given: 'a version 1 record that says so', record: aRecord({ status: 'revoked' }), isRevoked: false },
  { given: 'a version 1 record and an event', record: aRecord({ status: 'revoked' }), isRevoked: true },
  { given: 'an event about a version 1 key', record: aRecord(), isRevoked: true },
  { given: 'an event about a version 2 key', record: aRecordV2(), isRevoked: true },
])('$given revokes', ({ record, isRevoked }) => {
  expect(toKnownKey(record, { isRevoked, endsAtMs: null }).status).toBe('revoked');
});
