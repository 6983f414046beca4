import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { synthesizeGenerations, templateOf } from './mac-key-stages.ts';
import { statementsIn } from './statements.ts';
import { getArn, Synthesized, theStack } from './synthesized.ts';

const stages = await synthesizeGenerations();
const [first, both, second] = [stages.first, stages.both, stages.second].map(
  (synthesis) => new Synthesized(templateOf(synthesis)),
);
if (first === undefined || both === undefined || second === undefined) throw new Error('no template');

const idsOf = (stack: Synthesized): string[] =>
  Object.entries(stack.resources).flatMap(([id, { Type }]) => (Type === 'AWS::KMS::Key' ? [id] : []));

const ENVIRONMENT = z.object({ Variables: z.object({ RELAY_WORKER_KEYS_MAC_KEY: z.unknown() }) });

const variableOf = (stack: Synthesized): unknown =>
  ENVIRONMENT.parse(stack.get('AWS::Lambda::Function').Properties['Environment']).Variables.RELAY_WORKER_KEYS_MAC_KEY;

/** The KMS keys that function and operator may derive with, each statement's in an order of CDK's own. */
const derivableIn = (stack: Synthesized): unknown[] =>
  ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => stack.ofType(type))
    .flatMap(({ Properties }) => statementsIn(Properties))
    .filter(({ Action }) => Action === 'kms:GenerateMac')
    .map(({ Resource }) => new Set([Resource].flat()));

const [firstId = ''] = idsOf(first);
const [secondId = ''] = idsOf(second);

describe('the KMS keys of a stage', () => {
  it('with one generation are the one that the stack has always had', async () => {
    const today = await theStack();
    expect(idsOf(first)).toEqual(idsOf(today));
    expect(first.resources[firstId]).toEqual(today.resources[firstId]);
    expect(first.outputs).toEqual(today.outputs);
    expect(variableOf(first)).toEqual(variableOf(today));
  });

  it('with two are the same one and another one like it', () => {
    expect(idsOf(both).sort()).toEqual([firstId, secondId].sort());
    expect(firstId).not.toBe(secondId);
    expect(both.resources[firstId]).toEqual(first.resources[firstId]);
    const description = 'Derives the secrets of worker keys of the heartbeat relay, generation 2';
    const { Properties, ...others } = first.get('AWS::KMS::Key');
    expect(both.resources[secondId]).toEqual({ ...others, Properties: { ...Properties, Description: description } });
    expect(others).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  it('with the second alone are that very one', () => {
    expect(idsOf(second)).toEqual([secondId]);
    expect(second.resources[secondId]).toEqual(both.resources[secondId]);
  });
});

describe('function, operator and commands', () => {
  it.each([
    { given: 'one generation', stack: first, ids: [firstId] },
    { given: 'two', stack: both, ids: [firstId, secondId] },
    { given: 'the second alone', stack: second, ids: [secondId] },
  ])('may derive with exactly those keys: $given', ({ stack, ids }) => {
    const resources = new Set(ids.map(getArn));
    expect(derivableIn(stack)).toEqual([resources, resources]);
  });

  it('find them, the newest first', () => {
    const [firstArn, secondArn] = [getArn(firstId), getArn(secondId)];
    expect(variableOf(both)).toEqual({ 'Fn::Join': ['', [secondArn, ',', firstArn]] });
    expect(both.outputs).toMatchObject({
      WorkerKeysMacKey: { Value: secondArn },
      WorkerKeysEarlierMacKey: { Value: firstArn },
    });
    expect(variableOf(second)).toEqual(secondArn);
    expect(second.outputs).toMatchObject({ WorkerKeysMacKey: { Value: secondArn } });
    expect(Object.keys(second.outputs)).not.toContain('WorkerKeysEarlierMacKey');
  });
});

it('cdk-nag and CloudFormation’s own rules find no error with two', () => {
  expect(stages.both.exitCode).toBe(0);
  expect(stages.both.stderr).not.toMatch(/^ERROR/m);
});
