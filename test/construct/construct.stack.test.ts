import { NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AccountRootPrincipal, ManagedPolicy, PermissionsBoundary, Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';

import { HeartbeatRelayStack, SettingsError } from '../../lib/index.ts';
import type { HeartbeatRelayProps } from '../../lib/index.ts';
import { statementsIn } from '../lib/statements.ts';
import { Synthesized } from '../lib/synthesized.ts';
import { createApp, createRelay, ENV, synthesizeStack } from './an-app.ts';

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const problemsWith = (props: object, env: object = ENV): readonly string[] => {
  const all: HeartbeatRelayProps = { domains: { orders: {} }, ...props };
  return problemsOf(() => createRelay(new Stack(createApp(), 'Mine', { env }), all));
};

describe('two relays in one stack', () => {
  const app = createApp();
  const stack = new Stack(app, 'Mine', { env: ENV });
  const east = createRelay(stack, { name: 'east' }, 'East');
  createRelay(stack, { name: 'west' }, 'West');
  const mine = synthesizeStack(app, stack);
  const east1 = east.relayName;

  it('have names of their own wherever a name is fixed', () => {
    const others = Object.values(mine.resources).filter(({ Type }) => Type !== 'AWS::Lambda::Alias');
    const named = others.flatMap(({ Type, Properties }) =>
      ['RoleName', 'AlarmName', 'DashboardName', 'QueryDefinitionName', 'Name']
        .map((property) => Properties[property])
        .filter((name) => typeof name === 'string')
        .map((name) => `${Type} ${name}`),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(new Set(named).size).toBe(named.length);
    expect(east1).toBe('Mine-east');
  });

  it('have outputs that begin with their names', () => {
    const names = Object.keys(mine.outputs);
    expect(names).toContain('eastRelayUrl');
    expect(names).toContain('westRelayUrl');
    expect(names).not.toContain('RelayUrl');
  });

  it('are told apart by the function, too, which finds its roles by this name', () => {
    const variables = JSON.stringify(
      mine.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties['Environment']),
    );
    expect(variables).toContain('"RELAY_STACK_NAME":"Mine-east"');
    expect(variables).toContain('"RELAY_STACK_NAME":"Mine-west"');
  });
});

describe('a relay with objects of the app', () => {
  const app = createApp();
  const shared = new Stack(app, 'Shared', { env: ENV });
  const alarmTopic = new Topic(shared, 'OnCall');
  const certificate = new Certificate(shared, 'Certificate', { domainName: 'relay.example.com' });
  const issuer = Role.fromRoleName(shared, 'Issuer', 'issuer');
  const stack = new Stack(app, 'Mine', { env: ENV });
  const relay = createRelay(stack, {
    alarmTopic,
    customDomain: { name: 'relay.example.com', certificate },
    workerKeys: { issuers: [issuer] },
  });
  const user = new Stack(app, 'User', { env: ENV });
  const reader = new Topic(user, 'Reader', { displayName: relay.function.functionName });
  const mine = synthesizeStack(app, stack);

  it('refers to them across stacks, and is referred to', () => {
    const [alarm] = mine.ofType('AWS::CloudWatch::Alarm');
    expect(JSON.stringify(alarm?.Properties['AlarmActions'])).toContain('Shared:');
    const [topic] = synthesizeStack(app, user).ofType('AWS::SNS::Topic');
    expect(reader.stack).toBe(user);
    expect(JSON.stringify(topic?.Properties)).toContain('Mine:');
  });

  it('names the issuers in the key policy', () => {
    const policy = JSON.stringify(mine.get('AWS::KMS::Key').Properties['KeyPolicy']);
    expect(policy).toContain(':role/issuer');
  });
});

describe('what the CDK applies to a whole app', () => {
  const app = createApp({
    context: {
      '@aws-cdk/core:permissionsBoundary': { name: 'boundary' },
      '@aws-cdk/core:bootstrapQualifier': 'mine1',
    },
  });
  const stack = new HeartbeatRelayStack(app, 'Mine', {
    env: ENV,
    domains: { orders: {} },
  });
  Tags.of(app).add('team', 'orders');
  const mine = synthesizeStack(app, stack);

  it('a permission boundary is on every role', () => {
    const boundaries = mine.ofType('AWS::IAM::Role').map(({ Properties }) => Properties['PermissionsBoundary']);
    expect(boundaries.length).toBeGreaterThan(1);
    expect(boundaries.every((boundary) => JSON.stringify(boundary)?.includes(':policy/boundary'))).toBe(true);
  });

  it('a tag is on every resource that costs money or holds something', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::IAM::Role',
    ]) {
      for (const { Properties } of mine.ofType(type)) {
        expect(Properties['Tags']).toContainEqual({ Key: 'team', Value: 'orders' });
      }
    }
  });

  it('a bootstrap qualifier is in the place of the bundle', () => {
    expect(JSON.stringify(mine.get('AWS::Lambda::Function').Properties['Code'])).toContain('cdk-mine1-assets');
  });
});

it('a permission boundary that is an object of the app is on every role, too', () => {
  const app = createApp();
  const stack = new Stack(app, 'Mine', { env: ENV });
  createRelay(stack);
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'));
  const roles = synthesizeStack(app, stack).ofType('AWS::IAM::Role');
  expect(roles.filter(({ Properties }) => !('PermissionsBoundary' in Properties))).toEqual([]);
});

it('in a stage, as CDK Pipelines deploy them, a relay is named after stage and stack', () => {
  const app = createApp();
  const stage = new Stage(app, 'Prod', { env: ENV });
  const stack = new HeartbeatRelayStack(stage, 'HeartbeatRelay', { domains: { orders: {} } });
  const assembly = app.synth({ validateOnSynthesis: false });
  const template: unknown = assembly.getNestedAssembly(stage.artifactId).getStackArtifact(stack.artifactId).template;
  const names = new Synthesized(template).ofType('AWS::IAM::Role').map(({ Properties }) => Properties['RoleName']);
  expect(names).toContain('Prod-HeartbeatRelay-eu-west-1-function');
});

describe('what a relay lets people do with worker keys', () => {
  const app = createApp();
  const stack = new Stack(app, 'Mine', { env: ENV });
  const relay = createRelay(stack);
  const roleOf = (id: string) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() });
  const grants = {
    Viewer: relay.grantViewKeys(roleOf('View')),
    Revoker: relay.grantRevokeKeys(roleOf('Revoke')),
    Policy: relay.grantIssueKeys(roleOf('Issue')),
  };
  const mine = synthesizeStack(app, stack);
  const oneByOne = (resource: unknown): string[] =>
    statementsIn(resource).flatMap((statement) =>
      [statement['Action']]
        .flat()
        .flatMap((action) =>
          [statement['Resource']].flat().map((on) => JSON.stringify([action, on, statement['Condition']])),
        ),
    );

  it.each([
    { role: 'View', policy: 'Viewer' },
    { role: 'Revoke', policy: 'Revoker' },
    { role: 'Issue', policy: 'Policy' },
  ] as const)(
    '$role is granted what the managed policy $policy allows, whose minimum is proven, and nothing else',
    ({ role, policy }) => {
      const granted = oneByOne(mine.get('AWS::IAM::Policy', role));
      const allowed = oneByOne(mine.get('AWS::IAM::ManagedPolicy', `RelayOperator${policy}`));
      expect([...new Set(granted)].sort()).toEqual([...new Set(allowed)].sort());
      expect(granted.length).toBeGreaterThan(3);
      expect(grants[policy].success).toBe(true);
    },
  );
});

describe('a relay that cannot be deployed', () => {
  it('says why: the stack has no region', () => {
    const [problem, ...others] = problemsWith({}, {});
    expect(problem).toMatch(/^stack: has no region, but role names contain it: create the stack with env:/);
    expect(others).toEqual([]);
  });

  it('says why: the stack is nested', () => {
    const parent = new Stack(createApp(), 'Mine', { env: ENV });
    const problems = problemsOf(() => createRelay(new NestedStack(parent, 'Inner')));
    expect(problems).toEqual([expect.stringMatching(/^stack: is nested, so its name is unknown at synthesis/)]);
  });

  it('says why: no such region', () => {
    expect(problemsWith({}, { region: 'eu-wst-1' })).toEqual([
      'region: eu-wst-1 is not an AWS region: did you mean eu-west-1?',
    ]);
  });

  it('names every problem of its props at once', () => {
    const other = new Stack(createApp(), 'Other', { env: { ...ENV, region: 'eu-central-1' } });
    const problems = problemsWith({
      name: 'my relay',
      domains: { 'a*': {}, orders: { tier: 1 } },
      reservedConcurrency: 0,
      logRetentionDays: 31,
      workerKeys: { macKeyGenerations: 3, issuers: ['arn:aws:iam::111122223333:user/me'] },
      customDomain: { name: 'Relay', certificate: new Certificate(other, 'Certificate', { domainName: 'a.example' }) },
      alarmTopic: new Topic(other, 'Topic'),
    });
    const places = problems.map((problem) => problem.split(': ')[0] ?? '');
    expect(places.sort()).toEqual([
      'props.alarmTopic',
      'props.customDomain.certificate',
      'props.customDomain.name',
      'props.domains.a*',
      'props.domains.orders.tier',
      'props.logRetentionDays',
      'props.name',
      'props.reservedConcurrency',
      'props.workerKeys.issuers.0',
      'props.workerKeys.macKeyGenerations',
    ]);
  });
});
