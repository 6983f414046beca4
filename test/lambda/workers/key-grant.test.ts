import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type KeyGrant, parseKeyGrant, toCanonicalJson } from '../../../lambda/workers/key-grant.ts';
import { toMacMessage, toMacMessageV2, toSealMessage } from '../../../lambda/workers/mac-message.ts';
import { toKeyId } from '../../../lambda/workers/worker-key.ts';
import { aGrant, aKeyId, ORDERS_ARN, toSecret } from './worker-key-records.ts';

const keyId = toKeyId(Uint8Array.from({ length: 16 }, (_byte, index) => index * 2));
const BILLING_ARN = 'arn:aws-us-gov:swf:us-gov-west-1:444455556666:/domain/billing';

const GRANT: KeyGrant = {
  domains: [ORDERS_ARN, BILLING_ARN],
  operations: ['heartbeat', 'complete'],
  networks: ['2001:db8::/32', '10.0.0.0/8'],
  rate: 40,
  expiresAt: '2027-02-20T08:00:00.000Z',
};

/** Every version 2 key ever issued depends on these bytes: whoever has to change this test has locked out all workers. */
describe('derivation version 2, frozen for ever,', () => {
  const CANONICAL =
    '{"domains":["arn:aws-us-gov:swf:us-gov-west-1:444455556666:/domain/billing",' +
    '"arn:aws:swf:eu-west-1:111122223333:/domain/orders"],"operations":["complete","heartbeat"],' +
    '"networks":["10.0.0.0/8","2001:db8::/32"],"rate":40,"expiresAt":"2027-02-20T08:00:00.000Z"}';

  it('has this canonical JSON', () => {
    expect(toCanonicalJson(GRANT)).toBe(CANONICAL);
  });

  it('has this canonical JSON of a key that never expires, for any address', () => {
    expect(toCanonicalJson(aGrant())).toBe(
      '{"domains":["arn:aws:swf:eu-west-1:111122223333:/domain/orders"],"operations":["heartbeat"],"networks":[],"rate":40,"expiresAt":null}',
    );
  });

  it('has this message of the secret, and this one of the seal', () => {
    const hash = '2a4afe13eca8a90d1c92fbe35870b18a82a9df2feb720638b1f16ae3e1fabbdd';
    expect(toText(toMacMessageV2(keyId, GRANT))).toBe(`swf-heartbeat-relay/v2\nHBRKACEGIKMOQSUWY246\n${hash}`);
    expect(toText(toSealMessage(keyId, GRANT))).toBe(`swf-heartbeat-relay/v2/record\nHBRKACEGIKMOQSUWY246\n${hash}`);
  });

  it('has this secret under the key of these tests', () => {
    expect(toSecret({ keyId, grant: GRANT })).toBe('_ooA6TYawBRb9r0jDG_8Kmw3M_Y1Q-ZjsO2-pmUgcM8');
  });
});

describe('the message of a secret', () => {
  it.each([
    { other: 'another key', message: toMacMessageV2(aKeyId(1), GRANT) },
    { other: 'the seal', message: toSealMessage(keyId, GRANT) },
    { other: 'version 1 with the same domains', message: toMacMessage(keyId, GRANT.domains) },
    {
      other: 'version 1 with the canonical JSON as its domain',
      message: toMacMessage(keyId, [toCanonicalJson(GRANT)]),
    },
  ])('is another for $other', ({ message }) => {
    expect(toText(message)).not.toBe(toText(toMacMessageV2(keyId, GRANT)));
  });

  it('is the same for lists in any order', () => {
    const { domains, operations, networks } = GRANT;
    const reversed = {
      ...GRANT,
      domains: [...domains, ...domains].toReversed(),
      operations: [...operations].toReversed(),
      networks: [...networks].toReversed(),
    };
    expect(toMacMessageV2(keyId, reversed)).toEqual(toMacMessageV2(keyId, GRANT));
  });
});

describe('the canonical JSON of a grant', () => {
  const network = fc.ipV4().map((address) => `${address}/32`);
  const grant = fc.record<KeyGrant>({
    domains: fc.array(
      fc.stringMatching(/^[A-Za-z0-9._-]{4,20}$/).map((name) => `arn:aws:swf:eu-west-1:111122223333:/domain/${name}`),
      { minLength: 1 },
    ),
    operations: fc.array(fc.constantFrom('heartbeat', 'complete', 'fail', 'cancel'), { minLength: 1 }),
    networks: fc.array(network),
    rate: fc.integer({ min: 1 }),
    expiresAt: fc.option(
      fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') })
        .map((date) => date.toISOString()),
    ),
  });

  it('is read back as the same grant, and is the only text of it', () => {
    fc.assert(
      fc.property(grant, (any) => {
        const text = toCanonicalJson(any);
        const parsed = parseKeyGrant(text);
        expect(parsed).toBeDefined();
        expect(parsed === undefined ? '' : toCanonicalJson(parsed)).toBe(text);
        expect(text).not.toMatch(/\s/);
      }),
    );
  });
});

it('a grant may be of one heartbeat a second', () => {
  expect(parseKeyGrant(toCanonicalJson(aGrant({ rate: 1 })))).toEqual(aGrant({ rate: 1 }));
});

describe('a text that is not the canonical JSON of a grant', () => {
  const canonical = toCanonicalJson(GRANT);
  const withMembers = (over: object): string => JSON.stringify({ ...members(canonical), ...over });

  it('is told from the genuine one', () => {
    expect(parseKeyGrant(canonical)).toEqual(JSON.parse(canonical));
    expect(withMembers({})).toBe(canonical);
  });

  it.each([
    { given: 'nothing', text: '' },
    { given: 'no JSON', text: canonical.slice(1) },
    { given: 'null', text: 'null' },
    { given: 'a list', text: `[${canonical}]` },
    { given: 'a text', text: JSON.stringify(canonical) },
    { given: 'a space', text: canonical.replace(',', ', ') },
    { given: 'a line break', text: `${canonical}\n` },
    { given: 'an escape that is not needed', text: canonical.replace('orders', '\\u006frders') },
    { given: 'members in another order', text: JSON.stringify({ rate: 40, ...members(canonical) }) },
    { given: 'an unknown member', text: withMembers({ label: 'press 7' }) },
    { given: 'a member twice', text: canonical.replace('"rate":40', '"rate":40,"rate":40') },
    { given: 'a prototype', text: canonical.replace('{', '{"__proto__":{},') },
    ...['domains', 'operations', 'networks', 'rate', 'expiresAt'].map((name) => ({
      given: `no ${name}`,
      text: withMembers({ [name]: undefined }),
    })),
    { given: 'domains in another order', text: withMembers({ domains: [...GRANT.domains] }) },
    { given: 'a domain twice', text: withMembers({ domains: [ORDERS_ARN, ORDERS_ARN] }) },
    { given: 'no domain at all', text: withMembers({ domains: [] }) },
    { given: 'the name of a domain', text: withMembers({ domains: ['orders'] }) },
    { given: 'a wildcard for a domain', text: withMembers({ domains: [ORDERS_ARN.replace('orders', '*')] }) },
    {
      given: 'the ARN of something else',
      text: withMembers({ domains: ['arn:aws:sqs:eu-west-1:111122223333:orders'] }),
    },
    { given: 'an ARN without an account', text: withMembers({ domains: [ORDERS_ARN.replace('111122223333', '')] }) },
    { given: 'one domain without a list', text: withMembers({ domains: ORDERS_ARN }) },
    { given: 'a number for a domain', text: withMembers({ domains: [1] }) },
    { given: 'a list for a domain', text: withMembers({ domains: [[ORDERS_ARN]] }) },
    { given: 'no operation at all', text: withMembers({ operations: [] }) },
    { given: 'an unknown operation', text: withMembers({ operations: ['heartbeat', 'poll'] }) },
    { given: 'an operation in other letters', text: withMembers({ operations: ['Heartbeat'] }) },
    { given: 'operations in another order', text: withMembers({ operations: ['heartbeat', 'complete'] }) },
    { given: 'networks in another order', text: withMembers({ networks: [...GRANT.networks] }) },
    { given: 'a bad network', text: withMembers({ networks: ['10.0.0.0/33'] }) },
    { given: 'no list of networks', text: withMembers({ networks: null }) },
    { given: 'a rate of zero', text: withMembers({ rate: 0 }) },
    { given: 'a negative rate', text: withMembers({ rate: -1 }) },
    { given: 'half a heartbeat', text: withMembers({ rate: 0.5 }) },
    { given: 'a rate in another notation', text: canonical.replace('"rate":40', '"rate":4e1') },
    { given: 'a rate that is a text', text: withMembers({ rate: '40' }) },
    { given: 'no rate', text: withMembers({ rate: null }) },
    { given: 'an end without milliseconds', text: withMembers({ expiresAt: '2027-02-20T08:00:00Z' }) },
    { given: 'an end in another zone', text: withMembers({ expiresAt: '2027-02-20T09:00:00.000+01:00' }) },
    { given: 'an end that is no date', text: withMembers({ expiresAt: '2027-02-30T25:00:00.000Z' }) },
    { given: 'an end as a number', text: withMembers({ expiresAt: 1_803_110_400_000 }) },
    { given: 'an empty end', text: withMembers({ expiresAt: '' }) },
  ])('is refused with $given', ({ text }) => {
    expect(parseKeyGrant(text)).toBeUndefined();
  });
});

function toText(message: Uint8Array): string {
  return Buffer.from(message).toString('utf8');
}

function members(text: string): object {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}
