import { describe, expect, it } from 'vitest';

import { findMacKey, markOtherMacKey, toMacKey } from '../../../lambda/workers/mac-keys.ts';
import { NO_EVENTS, toKnownKey } from '../../../lambda/workers/known-key.ts';
import { aKeyId, aRecordV2 } from './worker-key-records.ts';

const ID = `mrk-${'0123456789abcdef'.repeat(2)}`;
const OTHER_ID = `mrk-${'fedcba9876543210'.repeat(2)}`;
const arnOf = (id: string, region = 'eu-west-1'): string => `arn:aws:kms:${region}:111122223333:key/${id}`;
const macKeys = { newest: arnOf(OTHER_ID), earlier: arnOf(ID) };

describe('the KMS key that a record names', () => {
  it.each([
    { given: 'the newest', named: arnOf(OTHER_ID), found: macKeys.newest },
    { given: 'the earlier one', named: arnOf(ID), found: macKeys.earlier },
    { given: 'a replica in another region, asked in its own', named: arnOf(ID, 'us-east-1'), found: macKeys.earlier },
    { given: 'another one', named: arnOf(`mrk-${'0'.repeat(32)}`), found: undefined },
    { given: 'one whose id only begins so', named: `${arnOf(ID)}0`, found: undefined },
    { given: 'one whose id only ends so', named: `x:key/x${ID}`, found: undefined },
    { given: 'no ARN', named: ID, found: undefined },
    { given: 'nothing', named: '', found: undefined },
  ])('is found among those of the stack: $given', ({ named, found }) => {
    expect(findMacKey(macKeys, named)).toBe(found);
  });

  it('is not found once the stack has given it up', () => {
    expect(findMacKey({ newest: macKeys.newest, earlier: undefined }, arnOf(ID))).toBeUndefined();
  });
});

describe('a key of another KMS key', () => {
  const record = { ...aRecordV2(), derivation: { version: 2, kmsKeyArn: 'arn:aws:kms:::key/x' } } as const;
  const known = toKnownKey(record, NO_EVENTS);

  it('is marked, and an own one is not', () => {
    expect(markOtherMacKey(macKeys, known)).toEqual({ ...known, hasOtherMacKey: true });
    const own = { ...known, derivation: { version: 2, kmsKeyArn: arnOf(ID) } } as const;
    expect(markOtherMacKey(macKeys, own)).toBe(own);
    expect(markOtherMacKey(macKeys, undefined)).toBeUndefined();
  });

  it('is derived like an unknown one, with the newest: KMS is never asked for what a record names', () => {
    expect(toMacKey(macKeys, known)).toBe(macKeys.newest);
    expect(toMacKey(macKeys, { keyId: aKeyId(), domains: [] })).toBe(macKeys.newest);
  });
});
