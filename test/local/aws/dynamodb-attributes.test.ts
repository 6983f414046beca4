import { describe, expect, it } from 'vitest';

import { attributesOf } from '../../../local/aws/dynamodb-attributes.ts';

const Key = { keyId: { S: 'a' }, event: { S: 'revoked' } };

describe('the condition key dynamodb:Attributes', () => {
  it.each([
    {
      given: 'an update',
      input: { UpdateExpression: 'SET revokedAt = :at, revokedBy=:actor' },
      has: ['revokedAt', 'revokedBy'],
    },
    { given: 'a removal', input: { UpdateExpression: 'REMOVE status' }, has: ['status'] },
    { given: 'an addition', input: { UpdateExpression: 'add uses :one delete tags :tags' }, has: ['uses', 'tags'] },
    {
      given: 'placeholders',
      input: { UpdateExpression: 'SET #0 = :0', ExpressionAttributeNames: { '#0': 'status' } },
      has: ['status'],
    },
    {
      given: 'functions and sums',
      input: { UpdateExpression: 'SET revokedAt = if_not_exists(createdAt, :now), count = size (label) + step' },
      has: ['revokedAt', 'createdAt', 'count', 'label', 'step'],
    },
    {
      given: 'a condition',
      input: {
        ConditionExpression: 'attribute_not_exists(endsAt) OR (NOT owner IN (:a, :b) AND rate BETWEEN :c AND :d)',
      },
      has: ['endsAt', 'owner', 'rate'],
    },
    {
      given: 'paths, of which the first name counts',
      input: {
        UpdateExpression: 'SET grant.#rate = :rate, domains[0] = :domain, #m.status.x[1] = :x',
        ExpressionAttributeNames: { '#rate': 'rate', '#m': 'meta' },
      },
      has: ['grant', 'domains', 'meta'],
    },
    {
      given: 'the older form',
      input: { AttributeUpdates: { status: {} }, Expected: { label: {} } },
      has: ['status', 'label'],
    },
  ])('of an update with $given', ({ input, has }) => {
    expect(attributesOf('UpdateItem', { Key, ...input }).sort()).toEqual(['keyId', 'event', ...has].sort());
  });

  it('of an item that is put has all of its names, and those of the condition', () => {
    const input = { Item: { ...Key, endsAt: { S: 'x' } }, ConditionExpression: 'attribute_exists(actor)' };
    expect(attributesOf('PutItem', input)).toEqual(['keyId', 'event', 'endsAt', 'actor']);
  });

  it('of a deletion has those of the primary key', () => {
    expect(attributesOf('DeleteItem', { Key })).toEqual(['keyId', 'event']);
  });

  it.each(['GetItem', 'Query', 'Scan', 'BatchGetItem'])('is not there for %s', (operation) => {
    expect(attributesOf(operation, { Key, ProjectionExpression: 'label' })).toEqual([]);
  });
});
