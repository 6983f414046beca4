import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isUsable } from '../../../lambda/workers/known-key.ts';
import { toDomainSet, toMacMessage } from '../../../lambda/workers/mac-message.ts';
import { isKeyId, toKeyId, toWorkerSecret } from '../../../lambda/workers/worker-key.ts';
import { parseProof, verifyWorker } from '../../../lambda/workers/proof.ts';
import { aKeyId, aProof, aRecord, NOW, toSecret } from './worker-key-records.ts';

const keyId = toKeyId(Uint8Array.from({ length: 16 }, (_byte, index) => index * 2));
const refused = (reason: string): unknown => expect.objectContaining({ code: 'Unauthenticated', status: 401, reason });

const parseBearer = (authorization: string | undefined) => {
  const headers = authorization === undefined ? {} : { authorization };
  return parseProof({ method: 'POST', path: '/', headers, host: 'relay.example', body: new Uint8Array() }, NOW);
};

/** Every key ever issued depends on these bytes: whoever has to change this test has locked out all workers. */
describe('the derivation, frozen for ever', () => {
  it('has this message', () => {
    expect(keyId).toBe('HBRKACEGIKMOQSUWY246');
    expect(Buffer.from(toMacMessage(keyId, ['orders', 'billing'])).toString('hex')).toBe(
      '7377662d6865617274626561742d72656c61792f76310a4842524b41434547494b4d4f51535557593234360a34653363663237643032313036663562313162383962323762663036323138383362356433656639663834306631636637653466306136613266366139396362',
    );
  });

  it('has this secret under the key of these tests', () => {
    expect(toSecret({ keyId, domains: ['orders', 'billing'] })).toBe('Hlxf1Vlm41fB8nHQW3GHLdbUOsftgAiVj5NkYBE5ciA');
  });

  it('takes domains in any order, and once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (domains, seed) => {
        const turned = [
          ...domains.slice(seed % domains.length),
          ...domains,
          ...domains.slice(0, seed % domains.length),
        ];
        expect(toMacMessage(keyId, turned)).toEqual(toMacMessage(keyId, domains));
      }),
    );
    expect(toDomainSet(['b', 'a', 'B', 'b'])).toEqual(['B', 'a', 'b']);
  });

  it.each([
    { other: 'one domain more', domains: ['orders', 'billing', 'press'] },
    { other: 'one domain less', domains: ['orders'] },
    { other: 'other letters', domains: ['Orders', 'billing'] },
    { other: 'the same letters in one name', domains: ['ordersbilling'] },
  ])('gives another message for $other', ({ domains }) => {
    expect(toMacMessage(keyId, domains)).not.toEqual(toMacMessage(keyId, ['orders', 'billing']));
  });

  it('gives another message for another key', () => {
    expect(toMacMessage(aKeyId(1), ['orders'])).not.toEqual(toMacMessage(aKeyId(2), ['orders']));
  });
});

describe('a key id', () => {
  it('has its form for any 16 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(toKeyId(bytes)).toMatch(/^HBRK[A-Z2-7]{16}$/);
        expect(isKeyId(toKeyId(bytes))).toBe(true);
      }),
    );
  });

  it('favours no character', () => {
    const characters = Array.from({ length: 16 }, (_block, block) =>
      toKeyId(Uint8Array.from({ length: 16 }, (_byte, index) => block * 16 + index)).slice(4),
    ).join('');
    const counts = Map.groupBy(characters, (character) => character);
    expect([...counts.values()].map(({ length }) => length)).toEqual(Array(32).fill(8));
  });

  it.each(['', 'HBRK', `AKIA${'A'.repeat(16)}`, `HBRK${'A'.repeat(15)}`, `HBRK${'a'.repeat(16)}`, `${keyId}\n`])(
    'is not %j',
    (text) => {
      expect(isKeyId(text)).toBe(false);
    },
  );
});

describe('a proof', () => {
  const secret = toSecret({ keyId, domains: ['orders'] });

  it.each(['Bearer', 'bearer', 'BEARER'])('is read with the scheme %s', (scheme) => {
    expect(parseBearer(`${scheme} ${keyId}.${secret}`)).toEqual({ kind: 'bearer', keyId, secret });
  });

  it('is missed where there is no header', () => {
    expect(() => parseBearer(undefined)).toThrow(refused('no-proof'));
  });

  it.each([
    { given: 'an empty header', header: '' },
    { given: 'the scheme alone', header: 'Bearer' },
    { given: 'another scheme', header: `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}` },
    { given: 'no scheme', header: `${keyId}.${secret}` },
    { given: 'two headers, joined', header: `Bearer ${keyId}.${secret}, Bearer ${keyId}.${secret}` },
    { given: 'a space before', header: ` Bearer ${keyId}.${secret}` },
    { given: 'a space behind', header: `Bearer ${keyId}.${secret} ` },
    { given: 'a line break behind', header: `Bearer ${keyId}.${secret}\n` },
    { given: 'two spaces', header: `Bearer  ${keyId}.${secret}` },
    { given: 'a secret one character short', header: `Bearer ${keyId}.${secret.slice(1)}` },
    { given: 'a secret one character long', header: `Bearer ${keyId}.${secret}A` },
    { given: 'a padded secret', header: `Bearer ${keyId}.${secret}=` },
    { given: 'a secret of plain base64', header: `Bearer ${keyId}.${'+'.repeat(43)}` },
    { given: 'a key id one character short', header: `Bearer ${keyId.slice(0, -1)}.${secret}` },
    { given: 'a key id in lower case', header: `Bearer ${keyId.toLowerCase()}.${secret}` },
    { given: 'an unknown prefix', header: `Bearer AKIA${keyId.slice(4)}.${secret}` },
    { given: 'secret and key id swapped', header: `Bearer ${secret}.${keyId}` },
    { given: 'a colon between', header: `Bearer ${keyId}:${secret}` },
  ])('is refused for $given', ({ header }) => {
    expect(() => parseBearer(header)).toThrow(refused('bad-grammar'));
  });
});

describe('a worker', () => {
  const AT = { nowMs: NOW, sourceIp: undefined };
  const record = aRecord();
  const secret = toSecret(record);
  const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const flip = (text: string, index: number): string =>
    `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
  const sibling = BASE64URL.charAt(BASE64URL.indexOf(secret.slice(-1)) ^ 1);

  it('is verified by the genuine secret', () => {
    expect(verifyWorker(aProof(record), secret, record, AT)).toEqual({ keyId: record.keyId, domains: ['orders'] });
  });

  it('has a last character whose low bits say nothing', () => {
    expect(Buffer.from(`${secret.slice(0, -1)}${sibling}`, 'base64url')).toEqual(Buffer.from(secret, 'base64url'));
  });

  it.each([
    { given: 'an unknown key, whatever the comparison says', known: undefined, sent: secret },
    { given: 'a revoked key', known: aRecord({ status: 'revoked' }), sent: secret },
    { given: 'a key that expires this very moment', known: aRecord({ expiresAtMs: NOW }), sent: secret },
    { given: 'a wrong first character', known: record, sent: flip(secret, 0) },
    { given: 'a wrong character in the middle', known: record, sent: flip(secret, 21) },
    { given: 'a last character of the same bytes', known: record, sent: `${secret.slice(0, -1)}${sibling}` },
    { given: 'a shorter secret', known: record, sent: secret.slice(1) },
    { given: 'the secret of other domains', known: record, sent: toSecret({ keyId: record.keyId, domains: ['a'] }) },
  ])('is refused with $given', ({ known, sent }) => {
    expect(() => verifyWorker(aProof(record, sent), secret, known, AT)).toThrow(refused('bad-key'));
  });

  it.each([
    { given: 'no end', over: {}, usable: true },
    { given: 'an end in a millisecond', over: { expiresAtMs: NOW + 1 }, usable: true },
    { given: 'an end now', over: { expiresAtMs: NOW }, usable: false },
    { given: 'a revocation and no end', over: { status: 'revoked' as const }, usable: false },
  ])('may come in with $given: $usable', ({ over, usable }) => {
    expect(isUsable(aRecord(over), NOW)).toBe(usable);
  });

  it('has a secret of 43 characters', () => {
    expect(toWorkerSecret(new Uint8Array(32).fill(255))).toBe(`${'_'.repeat(42)}8`);
  });
});
