import { describe, expect, it } from 'vitest';
import { partsOf, statementsOf, withoutPart, type PolicyPart } from '../../../../local/aws/iam/parts.ts';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import { evaluate } from '../../../../local/aws/iam/evaluate.ts';
import { HEARTBEAT, aRequest, allow, deny, domain } from './policy-case.ts';

const policy = parsePolicy('identity', 'p', {
  Version: '2012-10-17',
  Statement: [
    allow({ Sid: 'Count', Action: 'swf:Count*' }),
    allow({ Resource: [domain('orders'), domain('billing')], Condition: { StringEquals: { 'swf:tier': 'gold' } } }),
    { Effect: 'Deny', NotAction: 'swf:*', NotResource: domain('orders') },
  ],
});
const request = aRequest({ context: { 'swf:tier': 'gold' } });
const isAllowed = (part: PolicyPart, over: Parameters<typeof aRequest>[0] = {}): boolean =>
  evaluate({ ...request, ...over }, { identity: [withoutPart(policy, part)] }).allowed;

describe('withoutPart', () => {
  it.each<{ given: string; part: PolicyPart; allowed: boolean }>([
    { given: 'the statement that allows', part: { kind: 'statement', statement: 'p#1' }, allowed: false },
    { given: 'another statement', part: { kind: 'statement', statement: 'Count' }, allowed: true },
    { given: 'its only action', part: { kind: 'action', statement: 'p#1', action: HEARTBEAT }, allowed: false },
    { given: 'the resource', part: { kind: 'resource', statement: 'p#1', resource: domain('orders') }, allowed: false },
    {
      given: 'another resource',
      part: { kind: 'resource', statement: 'p#1', resource: domain('billing') },
      allowed: true,
    },
  ])('removes $given', ({ part, allowed }) => {
    expect(isAllowed(part)).toBe(allowed);
  });

  it('removes a condition, and thus its restriction', () => {
    const part: PolicyPart = { kind: 'condition', statement: 'p#1', operator: 'StringEquals', key: 'swf:tier' };
    expect(evaluate(aRequest(), { identity: [policy] }).allowed).toBe(false);
    expect(isAllowed(part, { context: {} })).toBe(true);
  });

  it('does not change the given policy or the ids of the other statements', () => {
    const left = withoutPart(policy, { kind: 'statement', statement: 'Count' });
    expect(statementsOf(left).map(({ id }) => id)).toEqual(['p#1', 'p#2']);
    expect(statementsOf(policy)).toHaveLength(3);
    expect(Object.isFrozen(left)).toBe(true);
  });

  it.each<{ given: string; part: PolicyPart }>([
    { given: 'a statement', part: { kind: 'statement', statement: 'p#0' } },
    { given: 'an action', part: { kind: 'action', statement: 'p#1', action: 'swf:Count*' } },
    {
      given: 'an exception, whose removal would grant more',
      part: { kind: 'action', statement: 'p#2', action: 'swf:*' },
    },
    { given: 'an excepted resource', part: { kind: 'resource', statement: 'p#2', resource: domain('orders') } },
    { given: 'a condition', part: { kind: 'condition', statement: 'p#1', operator: 'StringLike', key: 'swf:tier' } },
  ])('refuses to remove $given that does not exist', ({ part }) => {
    expect(() => withoutPart(policy, part)).toThrow(RangeError);
  });
});

describe('partsOf', () => {
  it('lists statements, actions, resources and conditions, but no exceptions', () => {
    expect(partsOf(policy)).toEqual([
      { kind: 'statement', statement: 'Count' },
      { kind: 'action', statement: 'Count', action: 'swf:Count*' },
      { kind: 'resource', statement: 'Count', resource: '*' },
      { kind: 'statement', statement: 'p#1' },
      { kind: 'action', statement: 'p#1', action: HEARTBEAT },
      { kind: 'resource', statement: 'p#1', resource: domain('orders') },
      { kind: 'resource', statement: 'p#1', resource: domain('billing') },
      { kind: 'condition', statement: 'p#1', operator: 'StringEquals', key: 'swf:tier' },
      { kind: 'statement', statement: 'p#2' },
    ]);
  });

  it('also removes every part of a Deny', () => {
    const denying = parsePolicy('identity', 'd', { Statement: [allow(), deny()] });
    const lifted = withoutPart(denying, { kind: 'resource', statement: 'd#1', resource: '*' });
    expect(evaluate(aRequest(), { identity: [denying] }).allowed).toBe(false);
    expect(evaluate(aRequest(), { identity: [lifted] }).allowed).toBe(true);
  });
});
