import { expect, it } from 'vitest';

import { grantDomain } from '../../../lambda/workers/grant.ts';
import { aKeyId } from './worker-key-records.ts';
import { aDomain } from '../test-app.ts';

const declared = new Map(['orders', 'billing'].map((name) => [name, aDomain(name)]));
const worker = { keyId: aKeyId(), domains: ['orders', 'closed-down'] };

it('is the declared domain that the key names', () => {
  expect(grantDomain(worker, 'orders', declared)).toEqual(aDomain('orders'));
});

it.each([
  { given: 'a declared domain that the key does not name', requested: 'billing' },
  { given: 'a domain of the key that is not declared', requested: 'closed-down' },
  { given: 'a domain that nobody knows', requested: 'nowhere' },
  { given: 'other letters', requested: 'Orders' },
  { given: 'the beginning of a name', requested: 'order' },
  { given: 'a property of every object', requested: 'constructor' },
  { given: 'nothing', requested: '' },
])('refuses $given, each in the same words', ({ requested }) => {
  expect(() => grantDomain(worker, requested, declared)).toThrow(
    expect.objectContaining({
      code: 'DomainNotGranted',
      status: 403,
      detail: 'This worker key grants no access to this domain.',
      message: 'not declared, or not granted',
    }),
  );
});
