import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { describe, expect, it } from 'vitest';

import { readContext } from '../../local/assembly.ts';
import { statementsIn } from './statements.ts';
import { synthesize, WITHOUT_BUNDLE } from './synthesis.ts';
import { Synthesized } from './synthesized.ts';

const SMALLEST = { region: 'eu-west-1', domains: { orders: {} } };

/**
 * Properties whose change makes CloudFormation replace a resource ("Update requires: Replacement" in its resource
 * reference).
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::ApiGatewayV2::Stage': ['ApiId', 'StageName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema', 'AttributeDefinitions', 'ImportSourceSpecification'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path', 'Description'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
};

const context = { ...readContext(), ...WITHOUT_BUNDLE, stage: 'dev', stages: { dev: SMALLEST } };
const synthesis = await synthesize(context, 'unvalidated');
const after = new Synthesized(synthesis.readTemplate('HeartbeatRelay-dev'));

/** A template as an earlier version deployed it, of the smallest stage. */
const readTemplate = (name: string): Synthesized =>
  new Synthesized(JSON.parse(readFileSync(new URL(`upgrades/${name}.template.json`, import.meta.url), 'utf8')));

describe.each(['before-key-events', 'before-construct'])('an upgrade of a stack that was deployed %s', (name) => {
  const before = readTemplate(name);
  const resources = Object.entries(before.resources);

  it('keeps every resource, under its own logical id', () => {
    const types = Object.fromEntries(resources.map(([id, { Type }]) => [id, Type]));
    const kept = resources.flatMap(([id]) => {
      const resource = after.resources[id];
      return resource === undefined ? [] : [[id, resource.Type]];
    });
    expect(Object.fromEntries(kept)).toEqual(types);
  });

  it('replaces none', () => {
    const fixedOf = (stack: Synthesized) =>
      resources.map(([id, { Type }]) => {
        const properties = stack.resources[id]?.Properties ?? {};
        return [id, ...(REPLACING[Type] ?? []).map((property) => properties[property])];
      });
    expect(fixedOf(after)).toEqual(fixedOf(before));
  });

  it('changes nothing of the worker keys, the other tables and the KMS key', () => {
    const stored = resources.filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table' || Type === 'AWS::KMS::Key');
    expect(stored.length).toBeGreaterThanOrEqual(4);
    for (const [id, resource] of stored) expect(after.resources[id]).toEqual(resource);
  });

  it('takes no output, no variable and no permission of the function away, which earlier code may still use', () => {
    expect(after.outputs).toMatchObject(before.outputs);
    const environment = (stack: Synthesized) => stack.get('AWS::Lambda::Function').Properties['Environment'];
    expect(environment(after)).toMatchObject({ ...toObject(environment(before)) });
    const permissions = permissionsOf(after);
    expect(permissionsOf(before).filter((permission) => !permissions.includes(permission))).toEqual([]);
  });
});

/** Parts that issue 17 changes on purpose: the gateway invokes the alias, and the dashboard has more to show. */
const CHANGED = [
  'AWS::ApiGatewayV2::Integration',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
];
const ADDED = ['AWS::Lambda::Alias', 'AWS::Lambda::Version'];

it('the construct leaves the rest of the template as it was, character for character', () => {
  const before = readTemplate('before-construct');
  const typesOf = (entries: [string, { Type: string }][]) => [...new Set(entries.map(([, { Type }]) => Type))].sort();
  const [own, old] = [Object.entries(after.resources), before.resources];
  expect(typesOf(own.filter(([id]) => !(id in old)))).toEqual(ADDED);
  const changed = own.filter(([id, resource]) => id in old && !isDeepStrictEqual(resource, old[id]));
  expect(typesOf(changed)).toEqual(CHANGED);
  const added = Object.keys(after.outputs).filter((name) => !(name in before.outputs));
  expect(added).toEqual(['FunctionName']);
});

const toObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/** CDK merges statements about the same actions, so each resource is looked at by itself. */
const permissionsOf = (stack: Synthesized): string[] =>
  statementsIn(stack.get('AWS::IAM::Role', 'RelayRole').Properties['Policies']).flatMap((statement) =>
    [statement['Resource']].flat().map((resource) => JSON.stringify({ ...statement, Resource: resource })),
  );
