import { describe, expect, it } from 'vitest';

import { grantDomain } from '../../../lambda/workers/grant.ts';
import type { Domain } from '../../../lambda/environment/environment.ts';
import type { KeyGrant } from '../../../lambda/workers/key-grant.ts';
import { aGrant, aKeyId } from './worker-key-records.ts';
import { aDomain } from '../test-app.ts';

const declared = new Map(['orders', 'billing'].map((name) => [name, aDomain(name)]));
const worker = { keyId: aKeyId(), domains: ['orders', 'closed-down'] };

it('is the declared domain that the key names', () => {
  expect(grantDomain(worker, 'orders', declared, 'heartbeat')).toEqual(aDomain('orders'));
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
  expect(() => grantDomain(worker, requested, declared, 'heartbeat')).toThrow(
    expect.objectContaining({
      code: 'DomainNotGranted',
      status: 403,
      detail: 'This worker key may not do this in this domain.',
      message: 'not declared, or not granted',
    }),
  );
});

describe('a version 2 key', () => {
  const [orders, billing] = [aDomain('orders').arn, aDomain('billing').arn];
  const aWorker = (over: Partial<KeyGrant>) => ({ keyId: aKeyId(), grant: aGrant({ domains: [orders], ...over }) });
  const refusal: unknown = expect.objectContaining({
    code: 'DomainNotGranted',
    status: 403,
    detail: 'This worker key may not do this in this domain.',
  });

  it.each([
    { given: 'the domain’s ARN', over: {} },
    { given: 'it among others', over: { domains: [billing, orders], operations: ['cancel', 'heartbeat'] as const } },
  ])('grants the declared domain with $given', ({ over }) => {
    expect(grantDomain(aWorker(over), 'orders', declared, 'heartbeat')).toEqual(aDomain('orders'));
  });

  it.each([
    { given: 'another domain', over: { domains: [billing] } },
    { given: 'the domain of another account', over: { domains: [orders.replace('111122223333', '444455556666')] } },
    { given: 'the domain of another region', over: { domains: [orders.replace('eu-west-1', 'us-east-1')] } },
    { given: 'the domain of another partition', over: { domains: [orders.replace('aws', 'aws-cn')] } },
    { given: 'other letters', over: { domains: [orders.replace('orders', 'Orders')] } },
    { given: 'other operations', over: { operations: ['cancel', 'complete', 'fail'] as const } },
  ])('grants nothing with $given', ({ over }) => {
    expect(() => grantDomain(aWorker(over), 'orders', declared, 'heartbeat')).toThrow(refusal);
  });

  it('grants an operation that it names, and a version 1 key never one but heartbeats', () => {
    const ending: Domain = { ...aDomain('orders'), operations: ['heartbeat', 'fail'] };
    const allowing = new Map([['orders', ending]]);
    expect(grantDomain(aWorker({ operations: ['fail'] }), 'orders', allowing, 'fail')).toEqual(ending);
    expect(() => grantDomain(worker, 'orders', allowing, 'fail')).toThrow(refusal);
    expect(() => grantDomain({ keyId: aKeyId(), domains: ['orders'] }, 'orders', allowing, 'fail')).toThrow(refusal);
  });

  it('grants no operation that the settings of the domain do not name', () => {
    const everything = aWorker({ operations: ['heartbeat', 'complete', 'fail', 'cancel'] });
    expect(() => grantDomain(everything, 'orders', declared, 'fail')).toThrow(refusal);
    const allowing = new Map([['orders', { ...aDomain('orders'), operations: ['heartbeat', 'complete'] as const }]]);
    expect(() => grantDomain(everything, 'orders', allowing, 'cancel')).toThrow(refusal);
  });
});
