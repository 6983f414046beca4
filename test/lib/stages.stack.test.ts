import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { loadAssembly, readContext } from '../../local/assembly.ts';
import { startLocalStack } from '../../local/local-stack.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { openOutput, synthesizeInTurn, WITHOUT_BUNDLE } from './synthesis.ts';
import { statementsIn, wildcardsIn } from './statements.ts';
import { arn, getArn, Synthesized } from './synthesized.ts';

const ADOPTED_KEY = `arn:aws:kms:eu-west-1:111122223333:key/mrk-${'0123456789abcdef'.repeat(2)}`;
const ADOPTED_TABLE = 'HeartbeatRelay-old-WorkerKeysTable-1ABC';
const ADOPTED_EVENTS = 'HeartbeatRelay-old-KeyEventsTable-2DEF';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:on-call';
const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/6f3a-1';
const PARTNER_ROLE = 'arn:aws:iam::222222222222:role/relay';

/** Every setting there is. */
const EVERYTHING = {
  region: 'eu-west-1',
  domains: {
    orders: {},
    press: { region: 'us-east-1', operations: ['heartbeat', 'complete', 'cancel'] },
    forge: { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 50, rate: { perSecond: 20, burst: 100 } },
    billing: { roleArn: PARTNER_ROLE, externalId: 'e-7' },
  },
  workerKeys: { tableName: ADOPTED_TABLE, kmsKeyArn: ADOPTED_KEY, eventsTableName: ADOPTED_EVENTS },
  customDomain: { name: 'relay.example.com', certificateArn: CERTIFICATE },
  alarmTopicArn: TOPIC,
  alarmThresholds: { requestsPerSecond: 700, clientErrorsPerSecond: 70 },
  reservedConcurrency: 50,
  throttle: { ratePerSecond: 500, burst: 700 },
  logRetentionDays: 365,
  logGroupPrefix: '/aws/vendedlogs/',
};

/** What a stage cannot do without. */
const SMALLEST = { region: 'eu-west-1', domains: { orders: {} } };

const withStages = (stage: string, settings: object) => ({
  ...readContext(),
  ...WITHOUT_BUNDLE,
  stage,
  stages: { [stage]: settings },
});

/** An output folder in which the stage `dev` of cdk.json, with orders and billing, was synthesized before. */
async function usedOutput(): Promise<string> {
  const folder = openOutput();
  const { stackName, template } = await loadAssembly();
  writeFileSync(join(folder, `${stackName}.template.json`), JSON.stringify(template));
  return folder;
}

const [everything, smallest] = await synthesizeInTurn(
  [{ context: withStages('prod', EVERYTHING) }, { context: withStages('dev', SMALLEST), before: await usedOutput() }],
  'validated',
);
if (everything === undefined || smallest === undefined) throw new Error('two stages were synthesized');

const prod = new Synthesized(everything.readTemplate('HeartbeatRelay-prod'));
const dev = new Synthesized(smallest.readTemplate('HeartbeatRelay-dev'));

/** Assets are named by a hash of what they hold. */
const masked = (template: unknown): string =>
  `${JSON.stringify(template, undefined, 2).replaceAll(/[0-9a-f]{64}/g, 'HASH')}\n`;

describe('the template, as it was when somebody last looked at it,', () => {
  it('of a stage with everything on', async () => {
    const template = masked(everything.readTemplate('HeartbeatRelay-prod'));
    await expect(template).toMatchFileSnapshot('__snapshots__/everything.template.json');
  });

  it('of the smallest stage', async () => {
    const template = masked(smallest.readTemplate('HeartbeatRelay-dev'));
    await expect(template).toMatchFileSnapshot('__snapshots__/smallest.template.json');
  });
});

describe('adopted worker keys', () => {
  const statementsOn = (resource: unknown) =>
    Object.values(prod.resources)
      .flatMap(statementsIn)
      .filter((statement) => JSON.stringify(statement['Resource']) === JSON.stringify(resource))
      .map(({ Action }) => Action);

  it('are made by no resource of this stack', () => {
    expect(prod.ofType('AWS::KMS::Key')).toEqual([]);
    expect(prod.ofType('AWS::DynamoDB::Table').map(({ Properties }) => Properties['KeySchema'])).toEqual([
      [
        { AttributeName: 'domain', KeyType: 'HASH' },
        { AttributeName: 'taskId', KeyType: 'RANGE' },
      ],
      [{ AttributeName: 'keyId', KeyType: 'HASH' }],
      [{ AttributeName: 'bucket', KeyType: 'HASH' }],
    ]);
  });

  it('are what the function and the operator may use', () => {
    expect(statementsOn(ADOPTED_KEY)).toEqual(['kms:GenerateMac', 'kms:GenerateMac']);
    const table = (name: string) => arn('arn:aws:dynamodb:eu-west-1:', `:table/${name}`);
    expect(statementsOn([table(ADOPTED_EVENTS), table(ADOPTED_TABLE)])).toEqual(['dynamodb:BatchGetItem']);
    expect(statementsOn(table(ADOPTED_TABLE))).toEqual([
      'dynamodb:GetItem',
      ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      // The viewer, and then the revoker.
      ['dynamodb:GetItem', 'dynamodb:Scan'],
      ['dynamodb:GetItem', 'dynamodb:Scan'],
      'dynamodb:UpdateItem',
    ]);
  });

  it('are what function and commands find', () => {
    expect(prod.get('AWS::Lambda::Function').Properties).toMatchObject({
      Environment: {
        Variables: {
          RELAY_WORKER_KEYS_TABLE: ADOPTED_TABLE,
          RELAY_WORKER_KEYS_MAC_KEY: ADOPTED_KEY,
          RELAY_KEY_EVENTS_TABLE: ADOPTED_EVENTS,
        },
      },
    });
    expect(prod.outputs).toMatchObject({
      WorkerKeysTable: { Value: ADOPTED_TABLE },
      WorkerKeysMacKey: { Value: ADOPTED_KEY },
      KeyEventsTable: { Value: ADOPTED_EVENTS },
    });
  });
});

describe('a custom domain', () => {
  const id = prod.idOf('AWS::ApiGatewayV2::DomainName', '');

  it('is regional, speaks TLS 1.2 at least, and has the certificate that was named', () => {
    expect(prod.get('AWS::ApiGatewayV2::DomainName').Properties).toEqual({
      DomainName: 'relay.example.com',
      DomainNameConfigurations: [{ CertificateArn: CERTIFICATE, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
    });
  });

  it('has the relay at its root', () => {
    const api = { Ref: prod.idOf('AWS::ApiGatewayV2::Api', '') };
    expect(prod.get('AWS::ApiGatewayV2::ApiMapping').Properties).toEqual({
      ApiId: api,
      DomainName: { Ref: id },
      Stage: '$default',
    });
  });

  it('is the only way in, and the address that workers are told', () => {
    expect(prod.get('AWS::ApiGatewayV2::Api').Properties).toMatchObject({ DisableExecuteApiEndpoint: true });
    expect(dev.get('AWS::ApiGatewayV2::Api').Properties).toMatchObject({ DisableExecuteApiEndpoint: false });
    expect(prod.outputs['RelayUrl']).toEqual({ Value: 'https://relay.example.com' });
  });

  it('tells what the name must stand for in the DNS', () => {
    expect(prod.outputs['CustomDomainTarget']).toMatchObject({
      Value: { 'Fn::GetAtt': [id, 'RegionalDomainName'] },
    });
    expect(Object.keys(dev.outputs)).not.toContain('CustomDomainTarget');
  });
});

describe('reserved concurrency', () => {
  const concurrencyAlarm = (stack: Synthesized) =>
    stack.get('AWS::CloudWatch::Alarm', 'AlarmsConcurrencyHigh').Properties;

  it('is the function’s, and what its alarm looks at', () => {
    const FunctionName = { Ref: prod.idOf('AWS::Lambda::Function', '') };
    expect(prod.get('AWS::Lambda::Function').Properties).toMatchObject({ ReservedConcurrentExecutions: 50 });
    expect(concurrencyAlarm(prod)).toMatchObject({
      Threshold: 40,
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
    });
  });

  it('is not set unless asked for: then the account’s limit is looked at, by the account’s own metric', () => {
    expect(Object.keys(dev.get('AWS::Lambda::Function').Properties)).not.toContain('ReservedConcurrentExecutions');
    expect(concurrencyAlarm(dev)).toMatchObject({ Threshold: 800 });
    expect(Object.keys(concurrencyAlarm(dev))).not.toContain('Dimensions');
  });
});

describe('the thresholds of the alarms on a flood', () => {
  const thresholdsOf = (stack: Synthesized) =>
    ['AlarmsRequestRateHigh', 'AlarmsClientErrorRateHigh'].map(
      (name) => stack.get('AWS::CloudWatch::Alarm', name).Properties['Threshold'],
    );

  it('are the settings, times the seconds of the period', () => {
    expect(thresholdsOf(prod)).toEqual([700 * 300, 70 * 300]);
  });

  it('have defaults', () => {
    expect(thresholdsOf(dev)).toEqual([320 * 300, 50 * 300]);
  });
});

describe('the names of the log groups', () => {
  const namesOf = (stack: Synthesized) =>
    stack.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['LogGroupName']);

  it('begin with logGroupPrefix, such as /aws/vendedlogs/', () => {
    const stackName = '/aws/vendedlogs/HeartbeatRelay-prod';
    expect(namesOf(prod)).toEqual([`${stackName}/function`, `${stackName}/access`]);
  });

  it('are CloudFormation’s without the setting, so that no log group of a deployed stack is replaced', () => {
    expect(namesOf(dev)).toEqual([undefined, undefined]);
  });
});

describe('the topic of the alarms', () => {
  const actionsOf = (stack: Synthesized) =>
    stack.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties['AlarmActions']);

  it('is told by every alarm', () => {
    expect(actionsOf(prod)).toEqual(Array.from({ length: 22 }, () => [TOPIC]));
    expect(everything.stderr).not.toContain('notify nobody');
  });

  it('is missed aloud where there is none', () => {
    expect(actionsOf(dev)).toEqual(Array.from({ length: 22 }, () => undefined));
    expect(smallest.stderr).toContain('WARNING alarmTopicArn is not set, so the alarms notify nobody');
  });
});

describe('whatever the settings', () => {
  it.each([
    { of: 'everything on', stack: prod, days: 365 },
    { of: 'the smallest', stack: dev, days: 30 },
  ])('logs end after their days, with $of', ({ stack, days }) => {
    const retention = stack.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays']);
    expect(retention).toEqual([days, days]);
  });

  it('nothing holds a wildcard but where AWS wants it', () => {
    const policies = ['OperatorPolicy', 'OperatorRevoker', 'OperatorViewer'].map((name) =>
      prod.idOf('AWS::IAM::ManagedPolicy', name),
    );
    // CloudFormation holds a stack that is asked for by name against stack/<name>/*. No key of its own, no key policy.
    const byName = policies.map(
      (id) => `${id} arn:aws:cloudformation:eu-west-1:<AWS::AccountId>:stack/HeartbeatRelay-prod/*`,
    );
    // Whatever the API's one stage and its one route, which CDK does not name.
    const [permission, api] = [prod.idOf('AWS::Lambda::Permission', ''), prod.idOf('AWS::ApiGatewayV2::Api', '')];
    const byGateway = `${permission} arn:aws:execute-api:eu-west-1:<AWS::AccountId>:<${api}>/*/*`;
    expect(wildcardsIn(prod.resources)).toEqual([byGateway, ...byName]);
  });

  it('tables are encrypted as DynamoDB does it by itself, with keys of its own', () => {
    const tables = [...prod.ofType('AWS::DynamoDB::Table'), ...dev.ofType('AWS::DynamoDB::Table')];
    expect(tables).toHaveLength(8);
    expect(tables.filter(({ Properties }) => 'SSESpecification' in Properties)).toEqual([]);
  });

  it('what outlives the stack is RetainExceptOnCreate, for a first deployment that fails half-way', () => {
    const policies = [...Object.values(dev.resources), ...Object.values(prod.resources)].map(
      ({ DeletionPolicy }) => DeletionPolicy ?? 'Delete',
    );
    expect(new Set(policies)).toEqual(new Set(['Delete', 'RetainExceptOnCreate']));
  });

  it('only what workers would be locked out without is protected from deletion, and outlives the stack', () => {
    const kept = [...Object.entries(dev.resources), ...Object.entries(prod.resources)]
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'RetainExceptOnCreate')
      .map(([id]) => id);
    const tables = ['WorkerKeys', 'KeyEvents'].map((name) => dev.idOf('AWS::DynamoDB::Table', name));
    expect(kept.sort()).toEqual([...tables, dev.idOf('AWS::KMS::Key', '')].sort());
    for (const table of tables) {
      expect(dev.resources[table]?.Properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });
});

describe('ends of tasks', () => {
  const actionsOf = (from: Synthesized, domain: string): unknown =>
    statementsIn(from.get('AWS::IAM::Role', `Domain${domain}`))
      .map(({ Action }) => Action)
      .at(-1);

  it('are allowed to the role of the domain whose settings name them, and to no other', () => {
    expect(actionsOf(prod, 'press')).toEqual([
      'swf:RecordActivityTaskHeartbeat',
      'swf:RespondActivityTaskCanceled',
      'swf:RespondActivityTaskCompleted',
    ]);
    expect(actionsOf(prod, 'forge')).toBe('swf:RecordActivityTaskHeartbeat');
    expect(actionsOf(dev, 'orders')).toBe('swf:RecordActivityTaskHeartbeat');
    expect(JSON.stringify(dev.resources)).not.toContain('RespondActivityTask');
  });

  it('are remembered in a table that can be restored, which a stage without them does not have', () => {
    const recovery = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
    expect(prod.get('AWS::DynamoDB::Table', 'TaskStates').Properties).toMatchObject(recovery);
    expect(dev.get('AWS::DynamoDB::Table', 'TaskStates').Properties).not.toHaveProperty(
      'PointInTimeRecoverySpecification',
    );
  });
});

describe('a role of another account', () => {
  const TRUST = /^In account 222222222222, (?<roleArn>\S+) needs this trust policy:\n(?<policy>\{\n[^]*?\n\})$/gm;
  const [printed, ...others] = [...everything.stderr.matchAll(TRUST)].map(({ groups }) => groups);

  it('is told whom to trust, once, in a form to paste', () => {
    expect(others).toEqual([]);
    expect(printed?.['roleArn']).toBe(PARTNER_ROLE);
    const account = 'arn:aws:iam::<account of the stack>';
    expect(JSON.parse(printed?.['policy'] ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: `${account}:root` },
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': `${account}:role/HeartbeatRelay-prod-eu-west-1-function` },
            StringEquals: { 'sts:ExternalId': 'e-7' },
          },
        },
      ],
    });
  });

  it('trusts the role that the stack makes', () => {
    expect(prod.get('AWS::IAM::Role', 'RelayRole').Properties).toMatchObject({
      RoleName: 'HeartbeatRelay-prod-eu-west-1-function',
    });
    expect(prod.outputs['FunctionRoleName']).toEqual({ Value: { Ref: prod.idOf('AWS::IAM::Role', 'RelayRole') } });
  });

  it('is the only thing that is told so', () => {
    expect(smallest.stderr).not.toContain('trust policy');
    expect([everything.stdout, smallest.stdout]).toEqual(['', '']);
  });
});

describe('a domain that the folder’s last template declares, and the settings no more,', () => {
  it('is named in a warning', () => {
    const warnings = [...smallest.stderr.matchAll(/^WARNING the domain (\S+) was removed: .*$/gm)];
    expect(warnings.map(([, name]) => name)).toEqual(['billing']);
    expect(smallest).toMatchObject({ exitCode: 0 });
  });

  it('is not missed in a folder without one', () => {
    expect(everything.stderr).not.toContain('was removed');
  });
});

describe('a validation by cdk-nag and by CloudFormation’s own rules', () => {
  it.each([
    { of: 'everything on', synthesis: everything },
    { of: 'the smallest', synthesis: smallest },
  ])('finds no error with $of', ({ synthesis }) => {
    expect(synthesis.exitCode).toBe(0);
    expect(synthesis.stderr).not.toMatch(/^ERROR/m);
  });
});

it('every command finds the same outputs, whatever the settings', () => {
  const names = Object.keys(dev.outputs).sort();
  expect(names).toEqual([
    'Domains',
    'FunctionRoleName',
    'KeyEventsTable',
    'KeyUseTable',
    'OperatorPolicyArn',
    'RelayUrl',
    'RevokerPolicyArn',
    'ViewerPolicyArn',
    'WorkerKeysMacKey',
    'WorkerKeysTable',
  ]);
  expect(Object.keys(prod.outputs).sort()).toEqual(['CustomDomainTarget', ...names]);
  expect(dev.outputs['WorkerKeysMacKey']).toEqual({ Value: getArn(dev.idOf('AWS::KMS::Key', '')) });
});

describe('a stage that names what only AWS has', () => {
  it('is not run on one machine, which is said with each setting', async () => {
    const assembly = {
      stackName: 'HeartbeatRelay-prod',
      region: 'eu-west-1',
      template: everything.readTemplate('HeartbeatRelay-prod'),
      assetFolder: () => 'no bundle is looked for',
    };
    const stateFolder = StateFolder.open(openOutput());
    const starting = startLocalStack({ assembly, stateFolder, relayPort: 0, awsPort: 0, maxContainers: 1 });
    const says = 'refers to a resource that exists only in AWS; remove it from the stage that npm start runs';
    await expect(starting).rejects.toMatchObject({ problems: [`customDomain: ${says}`, `workerKeys: ${says}`] });
  });
});
