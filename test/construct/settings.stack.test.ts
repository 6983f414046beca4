import { Key } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';

import { SettingsError } from '../../lib/settings.ts';
import { ALARM, type Datum, evaluate } from '../cloudwatch/alarm.ts';
import { statementsIn } from '../lib/statements.ts';
import type { Synthesized } from '../lib/synthesized.ts';
import { createApp, createRelay, ENV, synthesizeStack, synthesizeStage } from './an-app.ts';

function problemsOf(settings: object): readonly string[] {
  try {
    synthesizeStage(settings);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0123-0123-0123-0123456789ab';
const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/6f3a-1';

const plain = synthesizeStage({});

describe('encryptionKeyArn', () => {
  const stack = synthesizeStage({ encryptionKeyArn: KEY_ARN });

  it('encrypts every table and every log group', () => {
    const tables = stack.ofType('AWS::DynamoDB::Table').map(({ Properties }) => Properties['SSESpecification']);
    expect(tables).toEqual(
      Array.from({ length: 5 }, () => ({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY_ARN })),
    );
    const logs = stack.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['KmsKeyId']);
    expect(logs).toEqual([KEY_ARN, KEY_ARN]);
  });

  it('lets function and operators use it, through DynamoDB alone', () => {
    const allowed = Object.values(stack.resources)
      .flatMap(statementsIn)
      .filter(({ Resource }) => Resource === KEY_ARN);
    const viaDynamoDb = { StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' } };
    // Function, issuer, viewer, and the revoker, who reads and writes.
    expect(allowed.length).toBeGreaterThanOrEqual(4);
    for (const { Condition } of allowed) expect(Condition).toEqual(viaDynamoDb);
  });

  it('leaves a key of the app open to CloudWatch Logs', () => {
    const app = createApp();
    const owner = new Stack(app, 'Mine', { env: ENV });
    createRelay(owner, { encryptionKey: new Key(owner, 'Key') });
    const policy = JSON.stringify(synthesizeStack(app, owner).get('AWS::KMS::Key', 'Key').Properties['KeyPolicy']);
    expect(policy).toContain('logs.eu-west-1.amazonaws.com');
    expect(policy).toContain('kms:EncryptionContext:aws:logs:arn');
  });
});

it('hostedZone makes an alias record for each IP version', () => {
  const customDomain = {
    name: 'relay.example.com',
    certificateArn: CERTIFICATE,
    hostedZone: { id: 'Z1', name: 'example.com' },
  };
  const records = synthesizeStage({ customDomain }).ofType('AWS::Route53::RecordSet');
  expect(records.map(({ Properties }) => [Properties['Type'], Properties['Name'], Properties['HostedZoneId']])).toEqual(
    [
      ['A', 'relay.example.com.', 'Z1'],
      ['AAAA', 'relay.example.com.', 'Z1'],
    ],
  );
});

it('truststore makes API Gateway ask clients for a certificate', () => {
  const truststore = { bucket: 'trusted', key: 'authorities.pem', version: 'v1' };
  const customDomain = { name: 'relay.example.com', certificateArn: CERTIFICATE, truststore };
  expect(synthesizeStage({ customDomain }).get('AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
    MutualTlsAuthentication: { TruststoreUri: 's3://trusted/authorities.pem', TruststoreVersion: 'v1' },
  });
});

it('retainLogs keeps the log groups', () => {
  const policies = (stack: Synthesized) =>
    stack.ofType('AWS::Logs::LogGroup').map(({ DeletionPolicy }) => DeletionPolicy);
  expect(policies(synthesizeStage({ retainLogs: true }))).toEqual(['Retain', 'Retain']);
  expect(policies(plain)).toEqual(['Delete', 'Delete']);
});

describe('okActions and runbookUrl', () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:on-call';
  const stack = synthesizeStage({
    alarmTopicArn: topic,
    okActions: true,
    runbookUrl: 'https://wiki.example.com/relay',
  });
  const alarms = stack.ofType('AWS::CloudWatch::Alarm');

  it('notify the topic when an alarm ends', () => {
    expect(alarms.filter(({ Properties }) => !Array.isArray(Properties['OKActions']))).toEqual([]);
  });

  it('link each alarm to its section of the page, and the dashboard to the page', () => {
    const texts = alarms.map(({ Properties }) => String(Properties['AlarmDescription']));
    expect(texts[0]).toMatch(/What to do: https:\/\/wiki\.example\.com\/relay#swfthrottled$/);
    const dashboard = JSON.stringify(stack.get('AWS::CloudWatch::Dashboard').Properties);
    expect(dashboard).toContain('[Runbook](https://wiki.example.com/relay)');
  });
});

describe('roles', () => {
  const stack = synthesizeStage({ roles: { path: '/relay/', namePrefix: 'corp-' } });
  const roles = stack.ofType('AWS::IAM::Role').map(({ Properties }) => Properties);

  it('put every role under a path, with a name that begins so', () => {
    expect(roles.map(({ Path }) => Path)).toEqual(['/relay/', '/relay/']);
    expect(roles.map(({ RoleName }) => String(RoleName).slice(0, 20))).toEqual([
      'corp-HeartbeatRelay-',
      'corp-HeartbeatRelay-',
    ]);
  });

  it('are known to the function, and to the trust policies of the domains', () => {
    const { Environment } = stack.get('AWS::Lambda::Function').Properties;
    expect(Environment).toMatchObject({ Variables: { RELAY_ROLE_PREFIX: '/relay/corp-' } });
    expect(JSON.stringify(plain.get('AWS::Lambda::Function').Properties)).not.toContain('RELAY_ROLE_PREFIX');
    const trust = JSON.stringify(stack.get('AWS::IAM::Role', 'Domainorders').Properties['AssumeRolePolicyDocument']);
    expect(trust).toContain(':role/relay/corp-HeartbeatRelay-dev-eu-west-1-function');
  });
});

it('workerKeys.stream gives the two tables of keys a stream, and no other', () => {
  const withStream = synthesizeStage({ workerKeys: { stream: true } }).ofType('AWS::DynamoDB::Table');
  const streams = withStream.map(({ Properties }) => Properties['StreamSpecification']);
  const stream = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
  expect(streams).toEqual([stream, stream, undefined, undefined, undefined]);
});

describe('canary', () => {
  const stack = synthesizeStage({ canary: true });
  const alarm = ALARM.parse(stack.get('AWS::CloudWatch::Alarm', 'AlarmsCanaryFailed').Properties);
  const MINUTE_MS = 60_000;

  const checks = (value: number, fromMinute: number, toMinute: number): Datum[] =>
    Array.from({ length: (toMinute - fromMinute) / 2 }, (_none, index) => ({
      namespace: 'HeartbeatRelay/Canary',
      metricName: 'Succeeded',
      dimensions: { service: 'HeartbeatRelay-dev' },
      value,
      atMs: (fromMinute + 2 * index) * MINUTE_MS,
    }));

  it('runs every 2 minutes, and may do nothing but write its log', () => {
    expect(stack.get('AWS::Events::Rule').Properties).toMatchObject({ ScheduleExpression: 'rate(2 minutes)' });
    const actions = statementsIn(stack.get('AWS::IAM::Role', 'CanaryRole').Properties['Policies']).map(
      ({ Action }) => Action,
    );
    expect(actions).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents']]);
  });

  it('reports failing checks within 10 minutes, and not a single one', () => {
    expect(evaluate(alarm, [...checks(1, 0, 10), ...checks(0, 10, 20)], 20 * MINUTE_MS)).toBe('ALARM');
    expect(evaluate(alarm, [...checks(1, 0, 8), ...checks(0, 8, 10)], 10 * MINUTE_MS)).toBe('OK');
  });

  it('is off unless the settings ask for it', () => {
    expect(plain.ofType('AWS::Events::Rule')).toEqual([]);
  });
});

describe('a value that cannot be', () => {
  const customDomain = { name: 'relay.example.com', certificateArn: CERTIFICATE };

  it.each([
    {
      settings: { encryptionKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/0123abcd-0123-0123-0123-0123456789ab' },
      says: 'encryptionKeyArn: is not the ARN of a KMS key in the stack',
    },
    {
      settings: { customDomain: { ...customDomain, hostedZone: { id: 'Z1', name: 'example.org' } } },
      says: 'customDomain.hostedZone.name: is not a zone that the name is in',
    },
    {
      settings: { customDomain: { ...customDomain, hostedZone: { id: 'zone', name: 'example.com' } } },
      says: 'customDomain.hostedZone.id: is not the id of a hosted zone',
    },
    {
      settings: { customDomain: { ...customDomain, truststore: { bucket: 'A', key: 'a.pem' } } },
      says: 'customDomain.truststore.bucket: is not the name of an S3 bucket',
    },
    {
      settings: { customDomain: { ...customDomain, truststore: { bucket: 'trusted', key: 'a.pem' } }, canary: true },
      says: 'canary: has no client certificate',
    },
    { settings: { retainLogs: 'yes' }, says: 'retainLogs: is neither true nor false' },
    { settings: { okActions: 1 }, says: 'okActions: is neither true nor false' },
    { settings: { canary: 'on' }, says: 'canary: is neither true nor false' },
    { settings: { runbookUrl: 'http://wiki.example.com' }, says: 'runbookUrl: is not an https address' },
    { settings: { roles: { path: 'relay' } }, says: 'roles.path: is not a path like /relay/' },
    { settings: { roles: { namePrefix: 'a/b' } }, says: 'roles.namePrefix: is not the beginning of a role name' },
    { settings: { workerKeys: { stream: 'on' } }, says: 'workerKeys.stream: is neither true nor false' },
  ])('is refused: $says', ({ settings, says }) => {
    const [problem, ...others] = problemsOf(settings);
    expect(problem).toContain(`stages.dev.${says}`);
    expect(others).toEqual([]);
  });
});
