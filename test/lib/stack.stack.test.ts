import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { findBundleFolder } from './bundle-folder.ts';
import { statementsIn, STATEMENTS, wildcardsIn } from './statements.ts';
import { arn, getArn, roleArn, root, theStack } from './synthesized.ts';

const stack = await theStack();

const STACK = 'HeartbeatRelay-dev';
const FUNCTION_ROLE = `${STACK}-eu-west-1-function`;
const ORDERS_ROLE = `${STACK}-orders-b462aa18`;
const BILLING_ROLE = `${STACK}-billing-588380cb`;

const ids = {
  workerKeys: stack.idOf('AWS::DynamoDB::Table', 'WorkerKeys'),
  taskStates: stack.idOf('AWS::DynamoDB::Table', 'TaskStates'),
  keyUse: stack.idOf('AWS::DynamoDB::Table', 'KeyUse'),
  rateLimits: stack.idOf('AWS::DynamoDB::Table', 'RateLimits'),
  keyEvents: stack.idOf('AWS::DynamoDB::Table', 'KeyEvents'),
  issuerPolicy: stack.idOf('AWS::IAM::ManagedPolicy', 'OperatorPolicy'),
  viewerPolicy: stack.idOf('AWS::IAM::ManagedPolicy', 'OperatorViewer'),
  revokerPolicy: stack.idOf('AWS::IAM::ManagedPolicy', 'OperatorRevoker'),
  macKey: stack.idOf('AWS::KMS::Key', 'WorkerKeysMacKey'),
  function: stack.idOf('AWS::Lambda::Function', 'RelayFunction'),
  functionRole: stack.idOf('AWS::IAM::Role', 'RelayRole'),
  logs: stack.idOf('AWS::Logs::LogGroup', 'RelayLogs'),
  accessLogs: stack.idOf('AWS::Logs::LogGroup', 'HttpAccessLogs'),
  api: stack.idOf('AWS::ApiGatewayV2::Api', ''),
  integration: stack.idOf('AWS::ApiGatewayV2::Integration', ''),
  permission: stack.idOf('AWS::Lambda::Permission', ''),
  alias: stack.idOf('AWS::Lambda::Alias', ''),
};

const policyOf = (...statements: object[]): object => ({ Version: '2012-10-17', Statement: statements });

const DOMAINS = JSON.stringify([
  { name: 'orders', operations: ['heartbeat', 'complete', 'fail', 'cancel'] },
  'billing',
]);

describe('the stack', () => {
  it('is made of these resources, and no other', () => {
    const types = Object.values(stack.resources).map(({ Type }) => Type);
    expect(types.sort()).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      ...Array.from({ length: 22 }, () => 'AWS::CloudWatch::Alarm'),
      'AWS::CloudWatch::Dashboard',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::KMS::Key',
      'AWS::Lambda::Alias',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
      'AWS::Logs::QueryDefinition',
      'AWS::Logs::QueryDefinition',
      'AWS::Logs::QueryDefinition',
      'AWS::Logs::QueryDefinition',
    ]);
  });

  it('tells where to call it, and what its operator works with', () => {
    expect(stack.outputs).toEqual({
      RelayUrl: { Value: { 'Fn::GetAtt': [ids.api, 'ApiEndpoint'] } },
      WorkerKeysTable: { Value: { Ref: ids.workerKeys } },
      WorkerKeysMacKey: { Value: getArn(ids.macKey) },
      KeyUseTable: { Value: { Ref: ids.keyUse } },
      KeyEventsTable: { Value: { Ref: ids.keyEvents } },
      FunctionName: { Value: { Ref: ids.function } },
      FunctionRoleName: { Value: { Ref: ids.functionRole } },
      ViewerPolicyArn: { Value: { Ref: ids.viewerPolicy } },
      RevokerPolicyArn: { Value: { Ref: ids.revokerPolicy } },
      OperatorPolicyArn: { Value: { Ref: ids.issuerPolicy } },
      Domains: { Value: DOMAINS },
    });
  });
});

describe('P2: who may do what, word for word', () => {
  it('lets the function assume the domains’ roles, and do what one heartbeat takes', () => {
    expect(stack.get('AWS::IAM::Role', 'RelayRole').Properties).toEqual({
      RoleName: FUNCTION_ROLE,
      Description: 'Role of the heartbeat relay function',
      AssumeRolePolicyDocument: policyOf({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'lambda.amazonaws.com' },
      }),
      Policies: [
        {
          PolicyName: 'Relay',
          PolicyDocument: policyOf(
            { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: [roleArn(BILLING_ROLE), roleArn(ORDERS_ROLE)] },
            {
              Effect: 'Allow',
              Action: 'dynamodb:BatchGetItem',
              Resource: [getArn(ids.keyEvents), getArn(ids.workerKeys)],
            },
            { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: getArn(ids.macKey) },
            {
              Effect: 'Allow',
              Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
              Resource: getArn(ids.taskStates),
            },
            {
              Effect: 'Allow',
              Action: 'dynamodb:UpdateItem',
              Resource: [getArn(ids.keyUse), getArn(ids.rateLimits)],
            },
            { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: getArn(ids.logs) },
            { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: getArn(ids.workerKeys) },
          ),
        },
      ],
    });
  });

  it.each([
    {
      domain: 'orders',
      name: ORDERS_ROLE,
      actions: [
        'swf:RecordActivityTaskHeartbeat',
        'swf:RespondActivityTaskCanceled',
        'swf:RespondActivityTaskCompleted',
        'swf:RespondActivityTaskFailed',
      ],
    },
    { domain: 'billing', name: BILLING_ROLE, actions: 'swf:RecordActivityTaskHeartbeat' },
  ])('lets one role do in $domain alone what the settings name, and only the function have it', (given) => {
    const { domain, name, actions } = given;
    expect(stack.get('AWS::IAM::Role', `Domain${domain}`).Properties).toEqual({
      RoleName: name,
      Description: `Records heartbeats in the SWF domain ${domain} for the heartbeat relay`,
      AssumeRolePolicyDocument: policyOf({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: root },
        Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn(FUNCTION_ROLE) } },
      }),
      Policies: [
        {
          PolicyName: 'Heartbeat',
          PolicyDocument: policyOf({
            Effect: 'Allow',
            Action: actions,
            Resource: arn('arn:aws:swf:eu-west-1:', `:/domain/${domain}`),
          }),
        },
      ],
    });
  });

  it('lets nobody derive secrets by the key’s policy alone, and its administrators not at all', () => {
    const key = stack.get('AWS::KMS::Key');
    const [administer, derive, ...others] = STATEMENTS.parse(key.Properties['KeyPolicy']).Statement;
    expect(administer).toEqual({
      Sid: 'Administer',
      Effect: 'Allow',
      Principal: { AWS: root },
      Action: [
        'kms:CancelKeyDeletion',
        'kms:DescribeKey',
        'kms:DisableKey',
        'kms:EnableKey',
        'kms:GetKeyPolicy',
        'kms:GetKeyRotationStatus',
        'kms:ListResourceTags',
        'kms:PutKeyPolicy',
        'kms:ReplicateKey',
        'kms:ScheduleKeyDeletion',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:UpdateKeyDescription',
      ],
      Resource: '*',
    });
    expect(derive).toEqual({
      Sid: 'Derive',
      Effect: 'Allow',
      Principal: { AWS: root },
      Action: 'kms:GenerateMac',
      Resource: '*',
    });
    expect(others).toEqual([]);
  });

  it('lets the gateway invoke the function by this one API, and nobody else', () => {
    expect(stack.ofType('AWS::Lambda::Permission')).toEqual([
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: ids.alias },
          Principal: 'apigateway.amazonaws.com',
          SourceArn: {
            'Fn::Join': [
              '',
              ['arn:aws:execute-api:eu-west-1:', { Ref: 'AWS::AccountId' }, ':', { Ref: ids.api }, '/*/*'],
            ],
          },
        },
      },
    ]);
  });

  it('lets its issuer manage worker keys, and nothing else, and gives the policy to nobody', () => {
    expect(stack.get('AWS::IAM::ManagedPolicy', 'OperatorPolicy').Properties).toEqual({
      Description: `Manages the worker keys of ${STACK}`,
      Path: '/',
      PolicyDocument: policyOf(
        {
          Effect: 'Allow',
          Action: 'cloudformation:DescribeStacks',
          Resource: arn('arn:aws:cloudformation:eu-west-1:', `:stack/${STACK}/*`),
        },
        { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: getArn(ids.macKey) },
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:DeleteItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:Scan',
            'dynamodb:UpdateItem',
          ],
          Resource: getArn(ids.workerKeys),
        },
        {
          Effect: 'Allow',
          Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
          Resource: getArn(ids.keyUse),
        },
        {
          Effect: 'Allow',
          Action: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
          Resource: getArn(ids.keyEvents),
        },
      ),
    });
  });

  const VIEWING = [
    {
      Effect: 'Allow',
      Action: 'cloudformation:DescribeStacks',
      Resource: arn('arn:aws:cloudformation:eu-west-1:', `:stack/${STACK}/*`),
    },
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Scan'], Resource: getArn(ids.workerKeys) },
    { Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], Resource: getArn(ids.keyUse) },
    { Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:Query'], Resource: getArn(ids.keyEvents) },
  ];

  it('lets a viewer read worker keys, and nothing else', () => {
    expect(stack.get('AWS::IAM::ManagedPolicy', 'OperatorViewer').Properties).toEqual({
      Description: `Views the worker keys of ${STACK}`,
      Path: '/',
      PolicyDocument: policyOf(...VIEWING),
    });
  });

  it('lets a revoker write the two attributes of a revocation as well, and the status of version 1 keys', () => {
    const update = (table: string, attributes: readonly string[]) => ({
      Effect: 'Allow',
      Action: 'dynamodb:UpdateItem',
      Resource: getArn(table),
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes } },
    });
    expect(stack.get('AWS::IAM::ManagedPolicy', 'OperatorRevoker').Properties).toEqual({
      Description: `Views and revokes the worker keys of ${STACK}`,
      Path: '/',
      PolicyDocument: policyOf(
        ...VIEWING,
        update(ids.keyEvents, ['keyId', 'event', 'revokedAt', 'revokedBy']),
        update(ids.workerKeys, ['keyId', 'status', 'revokedAt']),
      ),
    });
  });

  it('says * nowhere but where AWS wants it', () => {
    expect(wildcardsIn(stack.resources)).toEqual([
      // Whatever the API's one stage and its one route, which CDK does not name.
      `${ids.permission} arn:aws:execute-api:eu-west-1:<AWS::AccountId>:<${ids.api}>/*/*`,
      // CloudFormation holds a stack that is asked for by name against stack/<name>/*.
      ...[ids.issuerPolicy, ids.revokerPolicy, ids.viewerPolicy].map(
        (id) => `${id} arn:aws:cloudformation:eu-west-1:<AWS::AccountId>:stack/${STACK}/*`,
      ),
      // In a KMS key's own policy it means the key.
      `${ids.macKey} *`,
      `${ids.macKey} *`,
    ]);
    expect(Object.values(stack.resources).flatMap(statementsIn)).toHaveLength(29);
  });

  it('gives no role a policy managed by AWS, or one from elsewhere in the stack', () => {
    const roles = stack.ofType('AWS::IAM::Role').map(({ Properties }) => Properties['ManagedPolicyArns']);
    expect(roles).toEqual([undefined, undefined, undefined]);
    expect(stack.ofType('AWS::IAM::Policy')).toEqual([]);
  });

  it('names no SWF action in anything of the function’s', () => {
    const own = [ids.functionRole, ids.function].map((id) => stack.resources[id]);
    expect(JSON.stringify(own)).not.toMatch(/swf:/i);
  });
});

describe('the table of worker keys', () => {
  it('outlives mistakes, and the stack', () => {
    expect(stack.get('AWS::DynamoDB::Table', 'WorkerKeys')).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'keyId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'keyId', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });
});

describe('the table of key events', () => {
  it('outlives mistakes, and the stack, like the worker keys', () => {
    expect(stack.get('AWS::DynamoDB::Table', 'KeyEvents')).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'keyId', AttributeType: 'S' },
          { AttributeName: 'event', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'keyId', KeyType: 'HASH' },
          { AttributeName: 'event', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });
});

describe('the cancel cache', () => {
  it('forgets by itself, and goes with the stack', () => {
    expect(stack.get('AWS::DynamoDB::Table', 'TaskStates')).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'domain', AttributeType: 'S' },
          { AttributeName: 'taskId', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'domain', KeyType: 'HASH' },
          { AttributeName: 'taskId', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        // A domain of this stage lets workers end tasks, so the rows hold how they ended.
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });
});

describe('the days of use of worker keys', () => {
  it('are forgotten by themselves, and go with the stack', () => {
    expect(stack.get('AWS::DynamoDB::Table', 'KeyUse')).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'keyId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'keyId', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  it('shares rate limits among containers, in a table that goes with the stack', () => {
    expect(stack.get('AWS::DynamoDB::Table', 'RateLimits')).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'bucket', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'bucket', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });
});

describe('the key that worker secrets are derived with', () => {
  it('is an HMAC key for several regions, hard to lose', () => {
    const { Properties, ...resource } = stack.get('AWS::KMS::Key');
    const { KeyPolicy: _asserted, ...properties } = Properties;
    expect(resource).toEqual({
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(properties).toEqual({
      Description: 'Derives the secrets of worker keys of the heartbeat relay',
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
      MultiRegion: true,
      PendingWindowInDays: 30,
    });
  });

  it('can be handed on by nobody: neither its policy nor another grants grants', () => {
    expect(JSON.stringify(stack.resources)).not.toMatch(/CreateGrant|kms:\*/i);
  });
});

describe('the function', () => {
  const { Properties } = stack.get('AWS::Lambda::Function');

  it('runs as it was measured', () => {
    const { Code: _bundle, Environment: _variables, Description: _words, ...settings } = Properties;
    expect(settings).toEqual({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 6,
      Role: getArn(ids.functionRole),
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
        LogGroup: { Ref: ids.logs },
      },
    });
  });

  it('finds this in its environment, and nothing else', () => {
    expect(Properties['Environment']).toEqual({
      Variables: {
        RELAY_STACK_NAME: STACK,
        RELAY_PARTITION: 'aws',
        RELAY_ACCOUNT_ID: { Ref: 'AWS::AccountId' },
        RELAY_DOMAINS: DOMAINS,
        RELAY_WORKER_KEYS_TABLE: { Ref: ids.workerKeys },
        RELAY_WORKER_KEYS_MAC_KEY: getArn(ids.macKey),
        RELAY_TASK_STATES_TABLE: { Ref: ids.taskStates },
        RELAY_KEY_USE_TABLE: { Ref: ids.keyUse },
        RELAY_KEY_EVENTS_TABLE: { Ref: ids.keyEvents },
        RELAY_RATE_LIMITS_TABLE: { Ref: ids.rateLimits },
      },
    });
  });

  it.each(['RelayLogs', 'HttpAccessLogs'])('keeps %s 30 days, and no longer than the stack', (name) => {
    expect(stack.get('AWS::Logs::LogGroup', name)).toEqual({
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });
});

describe('the gateway', () => {
  it('hands everything to the function by one route', () => {
    expect(stack.ofType('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties)).toEqual([
      {
        ApiId: { Ref: ids.api },
        AuthorizationType: 'NONE',
        RouteKey: '$default',
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: ids.integration }]] },
      },
    ]);
  });

  it('waits 5 s for it, past the function’s own 4.5 s and short of its 6 s', () => {
    expect(stack.get('AWS::ApiGatewayV2::Integration').Properties).toEqual({
      ApiId: { Ref: ids.api },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { Ref: ids.alias },
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 5_000,
    });
  });

  it('is connected only once it may invoke the alias: a deployment in another order would answer 500 for a while', () => {
    expect(stack.get('AWS::ApiGatewayV2::Integration')['DependsOn']).toEqual([ids.permission]);
    expect(stack.get('AWS::Lambda::Permission').Properties['FunctionName']).toEqual({ Ref: ids.alias });
  });

  it('answers no browser’s preflight', () => {
    expect(stack.get('AWS::ApiGatewayV2::Api').Properties).toEqual({
      Name: STACK,
      Description: 'Receives heartbeats from activity workers without IAM credentials',
      DisableExecuteApiEndpoint: false,
      ProtocolType: 'HTTP',
    });
  });

  it('throttles, and P6: logs no path, query or user agent', () => {
    const { AccessLogSettings, ...settings } = stack.get('AWS::ApiGatewayV2::Stage').Properties;
    expect(settings).toEqual({
      ApiId: { Ref: ids.api },
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
    const { DestinationArn, Format } = z
      .strictObject({ DestinationArn: z.unknown(), Format: z.string() })
      .parse(AccessLogSettings);
    expect(DestinationArn).toEqual(getArn(ids.accessLogs));
    expect(JSON.parse(Format)).toEqual({
      service: STACK,
      requestId: '$context.requestId',
      status: '$context.status',
      functionStatus: '$context.integration.status',
      latencyMs: '$context.responseLatency',
      integrationError: '$context.integrationErrorMessage',
      sourceIp: '$context.identity.sourceIp',
    });
  });
});

describe('the bundle', async () => {
  const folder = await findBundleFolder();
  const bundle = readFileSync(join(folder, 'index.mjs'), 'utf8');

  it('is one file', () => {
    expect(readdirSync(folder)).toEqual(['index.mjs']);
  });

  it('holds the function, with whatever it needs but Node’s own modules', () => {
    const asked = [...bundle.matchAll(/\bfrom"([^"]+)"/g)].map(([, from = '']) => from);
    expect(bundle.includes('RELAY_DOMAINS')).toBe(true);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((specifier) => !isBuiltin(specifier))).toEqual([]);
    // An ES module has none.
    expect(/\brequire\(/.exec(bundle)).toBeNull();
  });

  it.each([
    { of: 'aws-cdk-lib', file: 'node_modules/aws-cdk-lib/cx-api/lib/cxapi.js', text: 'CDK_OUTDIR' },
    { of: 'zod', file: 'node_modules/zod/v4/classic/errors.js', text: 'ZodError' },
    { of: 'lib/', file: 'lib/regions.ts', text: 'is not an AWS region' },
    { of: 'cli/', file: 'cli/expiry.ts', text: 'is not a duration like' },
    { of: 'local/', file: 'local/template/intrinsics.ts', text: 'unknown reference: ' },
    {
      of: 'the SDK’s chain of credential providers',
      file: 'node_modules/@aws-sdk/credential-provider-node/dist-es/defaultProvider.js',
      text: 'Skipping SSO provider in default chain',
    },
    {
      of: 'the SDK’s event streams',
      file: 'node_modules/@smithy/core/dist-es/submodules/event-streams/EventStreamSerde.js',
      text: 'non-struct member not supported in event stream union',
    },
    {
      of: 'DynamoDB’s client',
      file: 'node_modules/@aws-sdk/client-dynamodb/dist-es/models/errors.js',
      text: 'ItemCollectionSizeLimitExceededException',
    },
    {
      of: 'KMS’s client',
      file: 'node_modules/@aws-sdk/client-kms/dist-es/models/errors.js',
      text: 'KMSInvalidMacException',
    },
    {
      of: 'STS’s client',
      file: 'node_modules/@aws-sdk/client-sts/dist-es/models/errors.js',
      text: 'PackedPolicyTooLargeException',
    },
    { of: 'the policies on one machine', file: 'local/aws/iam/denial.ts', text: 'is not authorized to perform' },
    { of: 'the SWF on one machine', file: 'local/aws/swf/faults.ts', text: 'The requested operation is not known' },
  ])('holds nothing of $of', ({ file, text }) => {
    const source = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
    // Not `toContain`, which would print the whole bundle.
    expect({ inSource: source.includes(text), inBundle: bundle.includes(text) }).toEqual({
      inSource: true,
      inBundle: false,
    });
  });
});
