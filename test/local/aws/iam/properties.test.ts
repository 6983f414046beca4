import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type PoliciesInForce } from '../../../../local/aws/iam/evaluate.ts';
import { partsOf, withoutPart } from '../../../../local/aws/iam/parts.ts';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { Policy, PolicyKind } from '../../../../local/aws/iam/policy.ts';
import { ROLE, ROOT, SESSION, USER, aRequest, domain, theSession, theUser, type StatementJson } from './policy-case.ts';

const some = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const actions = some(['swf:Record*', 'swf:*', 'sts:AssumeRole', 'sts:*', 'kms:GenerateMac', 'kms:?enerateMac']);
const resources = some(['*', domain('orders'), domain('*'), domain('billing'), domain('${aws:username}')]);
const condition = fc.option(
  fc.constantFrom(
    { StringEquals: { 'swf:tier': ['gold', 'tin'] } },
    { StringNotEquals: { 'swf:tier': 'gold' } },
    { ArnLike: { 'aws:PrincipalArn': ROLE } },
    { Null: { 'swf:tier': 'true' } },
  ),
  { nil: undefined },
);
const effect = fc.oneof({ weight: 3, arbitrary: fc.constant('Allow') }, { weight: 1, arbitrary: fc.constant('Deny') });

interface Ingredients {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: unknown;
  readonly AWS: readonly string[];
}

/** Removes what a policy of this kind must not contain. */
function toStatement(kind: PolicyKind, { Effect, Action, Resource, Condition, AWS }: Ingredients): StatementJson {
  return {
    Effect,
    Action,
    ...(kind === 'trust' ? {} : { Resource }),
    ...(Condition === undefined ? {} : { Condition }),
    ...(kind === 'identity' || kind === 'session' ? {} : { Principal: { AWS } }),
  };
}

const statement = (kind: PolicyKind): fc.Arbitrary<StatementJson> =>
  fc
    .record({
      Effect: effect,
      Action: kind === 'trust' ? some(['sts:*', 'sts:AssumeRole']) : actions,
      Resource: resources,
      Condition: condition,
      AWS: some(['*', ROOT, ROLE, SESSION, USER]),
    })
    .map((ingredients) => toStatement(kind, ingredients));

const requests = fc.record({
  principal: fc.constantFrom(theUser, theSession),
  action: fc.constantFrom('swf:RecordActivityTaskHeartbeat', 'sts:AssumeRole', 'kms:GenerateMac'),
  resource: fc.constantFrom('*', domain('orders'), domain('ada')),
  context: fc.constantFrom({}, { 'swf:tier': 'gold' }, { 'swf:tier': 'tin' }),
});

const resourceKind = fc.constantFrom('trust' as const, 'key' as const, 'function' as const);

/** A request, and up to three policies for it. */
const scene = resourceKind.chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    identity: fc.array(statement('identity'), { minLength: 1, maxLength: 3 }),
    session: fc.option(fc.array(statement('session'), { minLength: 1, maxLength: 2 }), { nil: undefined }),
    resource: fc.option(fc.array(statement(kind), { minLength: 1, maxLength: 2 }), { nil: undefined }),
    request: requests,
  }),
);

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

const policies = ({ kind, identity, session, resource }: Scene): PoliciesInForce => {
  const parse = (as: PolicyKind, Statement: readonly StatementJson[]) =>
    parsePolicy(as, as, { Version: '2012-10-17', Statement });
  return {
    identity: [parse('identity', identity)],
    ...(session === undefined ? {} : { session: parse('session', session) }),
    ...(resource === undefined ? {} : { resource: parse(kind, resource) }),
  };
};
const isAllowed = (given: Scene): boolean => evaluate(aRequest(given.request), policies(given)).allowed;

/** Variants of the scene: each adds a copy of a policy's first statement, with the given effect, to that policy. */
function withOneMore(given: Scene, Effect: 'Allow' | 'Deny'): readonly Scene[] {
  const more = (list: readonly StatementJson[]): StatementJson[] => [...list, { ...list[0], Effect }];
  return [
    { ...given, identity: more(given.identity) },
    ...(given.session === undefined ? [] : [{ ...given, session: more(given.session) }]),
    ...(given.resource === undefined ? [] : [{ ...given, resource: more(given.resource) }]),
  ];
}

/** Each way to remove one part of an Allow from one policy, with the policies that remain. */
function withOneLess({ identity, session, resource }: PoliciesInForce): readonly PoliciesInForce[] {
  const less = (policy: Policy | undefined): readonly Policy[] =>
    policy === undefined
      ? []
      : partsOf(policy)
          .filter(({ kind, statement: id }) => kind !== 'condition' && isAllow(policy, id))
          .map((part) => withoutPart(policy, part));
  const rest = { ...(session === undefined ? {} : { session }), ...(resource === undefined ? {} : { resource }) };
  return [
    ...less(identity[0]).map((one) => Object.assign({}, rest, { identity: [one] })),
    ...less(session).map((one) => Object.assign({}, rest, { identity, session: one })),
    ...less(resource).map((one) => Object.assign({}, rest, { identity, resource: one })),
  ];
}

const isAllow = (policy: Policy, id: string): boolean =>
  policy.statements.some((one) => one.id === id && one.effect === 'Allow');

/** Checks a property on 60 scenes with one outcome. A scene that violates it is the `counterexample`. */
const check = (allowed: boolean, holds: (given: Scene) => boolean) =>
  fc.check(
    fc.property(
      scene.filter((given) => isAllowed(given) === allowed),
      holds,
    ),
    { numRuns: 60 },
  );
const NO_FAILURE = { failed: false, counterexample: null, numRuns: 60 };

describe('evaluate', () => {
  it('never allows more with an additional Deny', () => {
    const isDenied = (other: Scene): boolean => !isAllowed(other);
    expect(check(false, (given) => withOneMore(given, 'Deny').every(isDenied))).toMatchObject(NO_FAILURE);
  });

  it('never denies more with an additional Allow', () => {
    expect(check(true, (given) => withOneMore(given, 'Allow').every(isAllowed))).toMatchObject(NO_FAILURE);
  });

  it('never allows more without a statement, action or resource of an Allow', () => {
    const result = check(false, (given) => {
      const request = aRequest(given.request);
      return withOneLess(policies(given)).every((inForce) => !evaluate(request, inForce).allowed);
    });
    expect(result).toMatchObject(NO_FAILURE);
  });

  it('justifies an allowed request with at least one statement, and with none that denies', () => {
    const result = check(true, (given) => {
      const { identity, session, resource } = policies(given);
      const decision = evaluate(aRequest(given.request), policies(given));
      const inForce = [...identity, session, resource].filter((policy) => policy !== undefined);
      const by = decision.allowed ? decision.by : [];
      return by.length > 0 && by.every((id) => inForce.some((policy) => isAllow(policy, id)));
    });
    expect(result).toMatchObject(NO_FAILURE);
  });
});
