import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Context, parseSettings, SettingsError, toDomainEntries } from '../../lib/settings.ts';
import { ANY_CHARACTER } from '../any-character.ts';

const ROLE_ARN = 'arn:aws:iam::222222222222:role/relay';

const KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/mrk-${'0123456789abcdef'.repeat(2)}`;
const CERTIFICATE_ARN = 'arn:aws:acm:eu-west-1:111122223333:certificate/6f3a-1';
const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:on-call';

const INHERITING: unknown = Object.create({ dev: {} });

/** What cdk.json holds where its stage `dev` says the least it can, and this. */
function aContext(stage: object = {}, over: Partial<Context> = {}): Context {
  const dev = { region: 'eu-west-1', domains: { orders: {} }, ...stage };
  return { stage: undefined, stages: { dev }, domains: undefined, ...over };
}

function problemsOf(context: Context): readonly string[] {
  try {
    parseSettings(context);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const withDomain = (settings: unknown): Context => aContext({ domains: { orders: settings } });
const withDomainNamed = (name: string): Context => aContext({ domains: Object.fromEntries([[name, {}]]) });

describe('parseSettings', () => {
  it('fills in whatever but region and domains', () => {
    expect(parseSettings(aContext())).toEqual({
      stage: 'dev',
      region: 'eu-west-1',
      domains: { orders: {} },
      alarmThresholds: { requestsPerSecond: 320, clientErrorsPerSecond: 50 },
      throttle: { ratePerSecond: 1000, burst: 2000 },
      logRetentionDays: 30,
    });
  });

  it('takes every setting there is', () => {
    const settings = {
      region: 'us-gov-west-1',
      domains: {
        orders: {},
        forge: { heartbeatTimeoutSeconds: 99_999_999, nextHeartbeatSeconds: 1, rate: { perSecond: 1, burst: 1 } },
        press: { rate: { perSecond: 1 }, operations: ['heartbeat', 'complete', 'fail', 'cancel'] },
        billing: {
          region: 'us-gov-east-1',
          roleArn: ROLE_ARN.replace('arn:aws:', 'arn:aws-us-gov:'),
          externalId: 'a-1',
        },
      },
      workerKeys: {
        tableName: 'keys',
        kmsKeyArn: KEY_ARN.replace('arn:aws:kms:eu-west', 'arn:aws-us-gov:kms:us-gov-west'),
        eventsTableName: 'events',
      },
      customDomain: {
        name: 'relay.example.com',
        certificateArn: CERTIFICATE_ARN.replace('arn:aws:acm:eu-west', 'arn:aws-us-gov:acm:us-gov-west'),
        hostedZone: { id: 'Z0123', name: 'example.com' },
        truststore: { bucket: 'trusted', key: 'a.pem', version: '1' },
      },
      alarmTopicArn: TOPIC_ARN.replace('arn:aws:sns:eu-west', 'arn:aws-us-gov:sns:us-gov-west'),
      alarmThresholds: { requestsPerSecond: 1, clientErrorsPerSecond: 1 },
      reservedConcurrency: 1,
      throttle: { ratePerSecond: 1, burst: 1 },
      logRetentionDays: 3653,
      logGroupPrefix: '/aws/vendedlogs/',
      retainLogs: true,
      encryptionKeyArn: 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123abcd-0123-0123-0123-0123456789ab',
      okActions: true,
      runbookUrl: 'https://wiki.example.com/relay?v=2',
      canary: false,
      roles: { path: '/relay/', namePrefix: 'corp-' },
    };
    const context = aContext({}, { stage: 'prod', stages: { prod: settings } });
    expect(parseSettings(context)).toEqual({ stage: 'prod', ...settings });
  });

  it('reports every problem at once, each with its place', () => {
    const context = aContext({
      region: 'nowhere',
      domains: {
        'a*': {},
        'b c': {},
        orders: { region: 'x', roleArn: 'arn', tier: 1 },
        billing: { externalId: 'abc' },
        forge: { heartbeatTimeoutSeconds: 0, nextHeartbeatSeconds: '50', rate: { perSecond: 0, burst: 0.5, per: 1 } },
        press: { rate: {}, operations: ['complete'] },
      },
      throttle: { ratePerSecond: 0, burst: -1, window: 1 },
      workerKeys: { tableName: 'a b', kmsKeyArn: 'mrk-1', region: 'eu-west-1' },
      customDomain: { name: '*.example.com' },
      alarmTopicArn: 'on-call',
      alarmThresholds: { requestsPerSecond: 0, clientErrorsPerSecond: '1', perMinute: 1 },
      reservedConcurrency: 0,
      logRetentionDays: 31,
      logGroupPrefix: 'aws/relay/',
      colour: 'red',
    });
    const places = problemsOf(context).map((problem) => problem.split(': ')[0] ?? '');
    expect(places.sort()).toEqual([
      'stages.dev.alarmThresholds.clientErrorsPerSecond',
      'stages.dev.alarmThresholds.perMinute',
      'stages.dev.alarmThresholds.requestsPerSecond',
      'stages.dev.alarmTopicArn',
      'stages.dev.colour',
      'stages.dev.customDomain.certificateArn',
      'stages.dev.customDomain.name',
      'stages.dev.domains.a*',
      'stages.dev.domains.b c',
      'stages.dev.domains.billing',
      'stages.dev.domains.forge.heartbeatTimeoutSeconds',
      'stages.dev.domains.forge.nextHeartbeatSeconds',
      'stages.dev.domains.forge.rate.burst',
      'stages.dev.domains.forge.rate.per',
      'stages.dev.domains.forge.rate.perSecond',
      'stages.dev.domains.orders.region',
      'stages.dev.domains.orders.roleArn',
      'stages.dev.domains.orders.tier',
      'stages.dev.domains.press.operations',
      'stages.dev.domains.press.rate.perSecond',
      'stages.dev.logGroupPrefix',
      'stages.dev.logRetentionDays',
      'stages.dev.region',
      'stages.dev.reservedConcurrency',
      'stages.dev.throttle.burst',
      'stages.dev.throttle.ratePerSecond',
      'stages.dev.throttle.window',
      'stages.dev.workerKeys.eventsTableName',
      'stages.dev.workerKeys.kmsKeyArn',
      'stages.dev.workerKeys.region',
      'stages.dev.workerKeys.tableName',
    ]);
  });

  it('puts each problem on a line of its message', () => {
    const problems = ['stages.dev.colour: is not a known setting', 'stages.dev.size: is not a known setting'];
    const message = `The settings of this stage cannot be deployed:\n  - ${problems.join('\n  - ')}`;
    expect(() => parseSettings(aContext({ colour: 1, size: 1 }))).toThrow(
      expect.objectContaining({ message, problems }),
    );
  });

  it.each([
    { level: 'of the stage', context: aContext({ domain: {} }), place: 'stages.dev.domain' },
    { level: 'of a domain', context: withDomain({ role: ROLE_ARN }), place: 'stages.dev.domains.orders.role' },
    {
      level: 'of a domain, not built yet',
      context: withDomain({ coalesceSeconds: 5 }),
      place: 'stages.dev.domains.orders.coalesceSeconds',
    },
    {
      level: 'of the throttle',
      context: aContext({ throttle: { ratePerSecond: 1, burst: 1, rate: 1 } }),
      place: 'stages.dev.throttle.rate',
    },
    {
      level: 'of the stage, not built yet',
      context: aContext({ shortestHeartbeatTimeoutSeconds: 60 }),
      place: 'stages.dev.shortestHeartbeatTimeoutSeconds',
    },
    {
      level: 'of the custom domain',
      context: aContext({ customDomain: { name: 'a.example', certificateArn: CERTIFICATE_ARN, path: 'swf' } }),
      place: 'stages.dev.customDomain.path',
    },
  ])('refuses an unknown name $level', ({ context, place }) => {
    expect(problemsOf(context)).toEqual([`${place}: is not a known setting`]);
  });
});

describe('P2: a domain name that IAM reads as more than itself reaches no policy', () => {
  it.each([
    '*',
    '?',
    'a*',
    'a?',
    '${aws:username}',
    '$',
    '{a}',
    'arn',
    '.',
    '..',
    'a b',
    ' orders',
    'orders\n',
    '',
    'x'.repeat(257),
    'a/b',
    'a:b',
    'a,b',
    'a"b',
    'a\\b',
    'a%2Ab',
    'órdenes',
    '注文',
    'a\u0000b',
  ])('refuses %j', (name) => {
    const [problem, ...others] = problemsOf(withDomainNamed(name));
    expect(problem).toMatch('is not a domain name that the relay accepts');
    expect(others).toEqual([]);
  });

  it.each(['orders', 'ORDERS', 'a', '0', '-', '_', '...', 'arn.', 'Arn', 'a.b-c_d', 'x'.repeat(256)])(
    'takes %j',
    (name) => {
      expect(Object.keys(parseSettings(withDomainNamed(name)).domains)).toEqual([name]);
    },
  );

  it('takes no name with any other character in it', () => {
    const likely = fc.stringMatching(/^[a-z*?${}:/., \n-]{0,6}$/);
    const name = fc
      .oneof(likely, fc.string(), fc.string({ unit: ANY_CHARACTER }))
      .filter((tried) => !/^[A-Za-z0-9._-]+$/.test(tried));
    // Ten at once, because a schema is made for every stage.
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 10 }), (names) => {
        const problems = problemsOf(aContext({ domains: Object.fromEntries(names.map((tried) => [tried, {}])) }));
        for (const tried of names) {
          expect(problems.some((problem) => problem.startsWith(`stages.dev.domains.${tried}: `))).toBe(true);
        }
      }),
    );
  });

  it('holds for domains on the command line, too', () => {
    const names = fc.array(fc.stringMatching(/^[a-z*?$]{0,3}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, (tried) => {
        const isAccepted = problemsOf(aContext({}, { domains: tried.join(',') })).length === 0;
        expect(isAccepted).toBe(tried.every((name) => /^[a-z]+$/.test(name)) && new Set(tried).size === tried.length);
      }),
      { numRuns: 200, examples: [[['orders', '']], [['orders', 'orders']]] },
    );
  });
});

describe('-c domains', () => {
  it('replaces the domains of the stage dev', () => {
    const { domains } = parseSettings(aContext({}, { domains: 'billing,press' }));
    expect(domains).toEqual({ billing: {}, press: {} });
  });

  it.each([
    { given: 'another stage', over: { stage: 'prod', stages: { prod: {} }, domains: 'orders' }, says: /stage dev/ },
    { given: 'a name twice', over: { domains: 'orders,billing,orders' }, says: /twice/ },
    { given: 'an empty part', over: { domains: 'orders,' }, says: /domains\.: is not a domain name/ },
    { given: 'nothing', over: { domains: '' }, says: /domains\.: is not a domain name/ },
    { given: 'a space after the comma', over: { domains: 'orders, billing' }, says: /domains\. billing: is not/ },
    { given: 'a list', over: { domains: ['orders'] }, says: /is not a list like/ },
  ])('refuses $given', ({ over, says }) => {
    const [problem, ...others] = problemsOf(aContext({}, over));
    expect(problem).toMatch(says);
    expect(others).toEqual([]);
  });
});

describe('the stage', () => {
  const stages = (name: string) => ({ [name]: { region: 'eu-west-1', domains: { orders: {} } } });

  it.each(['prod', 'a', 'eu-2', 'x'.repeat(16)])('may be called %j', (stage) => {
    expect(parseSettings(aContext({}, { stage, stages: stages(stage) })).stage).toBe(stage);
  });

  it.each(['', 'Prod', '2nd', '-a', 'a_b', 'a b', 'a*', 'x'.repeat(17), 7, null])('may not be called %j', (stage) => {
    const [problem] = problemsOf(aContext({}, { stage, stages: stages(String(stage)) }));
    expect(problem).toMatch(stage === null ? 'has no stages.dev' : 'is not a name of 1 to 16');
  });

  it.each([
    { given: 'no stages', stages: undefined },
    { given: 'no such stage', stages: { prod: {} } },
    { given: 'a stage that is only inherited', stages: INHERITING },
    { given: 'null for the stage', stages: { dev: null } },
    { given: 'a text for the stage', stages: { dev: 'eu-west-1' } },
  ])('is refused with $given', ({ stages: given }) => {
    expect(problemsOf(aContext({}, { stages: given }))).toEqual(['stage: cdk.json has no stages.dev']);
  });

  it('is not found among the names that every object has', () => {
    const context = aContext({}, { stage: 'constructor' });
    expect(problemsOf(context)).toEqual(['stage: cdk.json has no stages.constructor']);
  });
});

describe('the values of a stage', () => {
  it.each([
    'eu-west-1',
    'ap-southeast-4',
    'us-gov-east-1',
    'cn-north-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'us-isof-south-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
  ])('take the region %j, for the stage and for a domain', (region) => {
    expect(problemsOf(aContext({ region }))).toEqual([]);
    expect(problemsOf(aContext({ region, domains: { orders: { region } } }))).toEqual([]);
  });

  it.each([
    { region: 'eu-west1', suggestion: ': did you mean eu-west-1?' },
    { region: 'us-gov-west1', suggestion: ': did you mean us-gov-west-1?' },
    { region: 'eusc-de-east-2', suggestion: ': did you mean eusc-de-east-1?' },
    { region: 'Frankfurt', suggestion: '' },
  ])('suggest a region for $region, if one has a similar name', ({ region, suggestion }) => {
    expect(problemsOf(aContext({ region }))).toEqual([`stages.dev.region: is not an AWS region${suggestion}`]);
  });

  it.each([
    { what: 'domain', domain: { region: 'cn-north-1' }, at: 'region', partition: 'aws-cn' },
    {
      what: 'role',
      domain: { roleArn: 'arn:aws-us-gov:iam::222222222222:role/relay' },
      at: 'roleArn',
      partition: 'aws-us-gov',
    },
  ])('take no $what of another partition', ({ domain, at, partition }) => {
    expect(problemsOf(withDomain(domain))).toEqual([
      `stages.dev.domains.orders.${at}: is in the partition ${partition}, but the stage is in aws: a session cannot cross partitions`,
    ]);
  });

  it('take no key, certificate or topic of another partition', () => {
    const other = (arn: string): string => arn.replace('arn:aws:', 'arn:aws-us-gov:');
    const settings = {
      workerKeys: { tableName: 'keys', kmsKeyArn: other(KEY_ARN), eventsTableName: 'events' },
      customDomain: { name: 'relay.example.com', certificateArn: other(CERTIFICATE_ARN) },
      alarmTopicArn: other(TOPIC_ARN),
    };
    expect(problemsOf(aContext(settings)).map((problem) => problem.replace(/: .*/, ''))).toEqual([
      'stages.dev.workerKeys.kmsKeyArn',
      'stages.dev.customDomain.certificateArn',
      'stages.dev.alarmTopicArn',
    ]);
  });

  it.each(['', 'eu-west', 'EU-WEST-1', 'eu-west-1a', 'eu-west-*', ' eu-west-1', 'eu-west-1\n', 'eu_west_1', 1, null])(
    'take no region like %j',
    (region) => {
      expect(problemsOf(aContext({ region }))).toEqual([expect.stringMatching(/^stages\.dev\.region: /)]);
      expect(problemsOf(withDomain({ region }))).toEqual([
        expect.stringMatching(/^stages\.dev\.domains\.orders\.region: /),
      ]);
    },
  );

  it.each([1, 30, 365, 3653])('keep logs %j days', (logRetentionDays) => {
    expect(parseSettings(aContext({ logRetentionDays })).logRetentionDays).toBe(logRetentionDays);
  });

  it.each([0, 2, 31, 10_000, -1, '30', null, Infinity])('do not keep logs %j days', (logRetentionDays) => {
    expect(problemsOf(aContext({ logRetentionDays }))).toEqual([expect.stringMatching(/logRetentionDays: /)]);
  });

  it.each(['/aws/vendedlogs/', '/aws/vendedlogs/relay-', 'relay/', 'a.b_c#', 'x'.repeat(256)])(
    'take %j before the names of the log groups',
    (logGroupPrefix) => {
      expect(parseSettings(aContext({ logGroupPrefix })).logGroupPrefix).toBe(logGroupPrefix);
    },
  );

  it.each(['', 'aws/vendedlogs/', 'a b', '/aws/*', 'a:b', '/größe/', 'a\n', 'x'.repeat(257), 1, null])(
    'do not take %j before the names of the log groups',
    (logGroupPrefix) => {
      expect(problemsOf(aContext({ logGroupPrefix }))).toEqual([
        expect.stringMatching(/^stages\.dev\.logGroupPrefix: /),
      ]);
    },
  );

  it('fill in the threshold that is not set', () => {
    expect(parseSettings(aContext({ alarmThresholds: { requestsPerSecond: 900 } })).alarmThresholds).toEqual({
      requestsPerSecond: 900,
      clientErrorsPerSecond: 50,
    });
  });

  it.each([
    { throttle: { ratePerSecond: 0, burst: 1 }, at: 'ratePerSecond' },
    { throttle: { ratePerSecond: -1, burst: 1 }, at: 'ratePerSecond' },
    { throttle: { ratePerSecond: 1.5, burst: 1 }, at: 'ratePerSecond' },
    { throttle: { ratePerSecond: 1, burst: 0 }, at: 'burst' },
    { throttle: { ratePerSecond: 1, burst: '2' }, at: 'burst' },
    { throttle: { ratePerSecond: 1 }, at: 'burst' },
  ])('refuse the throttle $throttle', ({ throttle, at }) => {
    expect(problemsOf(aContext({ throttle }))).toEqual([
      expect.stringMatching(new RegExp(`^stages\\.dev\\.throttle\\.${at}: `)),
    ]);
  });

  it.each([
    { given: 'no region', stage: { region: undefined }, at: 'region' },
    { given: 'no domains', stage: { domains: undefined }, at: 'domains' },
    { given: 'domains without one', stage: { domains: {} }, at: 'domains' },
    { given: 'a list of domains', stage: { domains: ['orders'] }, at: 'domains' },
    { given: 'null for a domain', stage: { domains: { orders: null } }, at: 'domains.orders' },
  ])('refuse $given', ({ stage, at }) => {
    const [problem, ...others] = problemsOf(aContext(stage));
    expect(problem?.split(': ')[0]).toBe(`stages.dev.${at}`);
    expect(others).toEqual([]);
  });
});

describe('what a stage takes over from elsewhere', () => {
  const keys = (over: object) => ({
    workerKeys: { tableName: 'keys', kmsKeyArn: KEY_ARN, eventsTableName: 'events', ...over },
  });
  const domain = (over: object) => ({
    customDomain: { name: 'relay.example.com', certificateArn: CERTIFICATE_ARN, ...over },
  });

  it.each([
    { stage: keys({}) },
    { stage: keys({ eventsTableName: null }) },
    { stage: keys({ tableName: 'HeartbeatRelay-prod-WorkerKeysTable3F4A-1XY_2.z' }) },
    { stage: domain({}) },
    { stage: domain({ name: 'a-1.b.co' }) },
    { stage: { alarmTopicArn: TOPIC_ARN } },
    { stage: { reservedConcurrency: 1000 } },
  ])('may be $stage', ({ stage }) => {
    expect(parseSettings(aContext(stage))).toMatchObject(stage);
  });

  it.each([
    {
      given: 'a table’s ARN for its name',
      stage: keys({ tableName: 'arn:aws:dynamodb:::table/keys' }),
      at: 'workerKeys.tableName',
    },
    { given: 'a table name of two letters', stage: keys({ tableName: 'ab' }), at: 'workerKeys.tableName' },
    { given: 'no table', stage: keys({ tableName: undefined }), at: 'workerKeys.tableName' },
    { given: 'no events', stage: keys({ eventsTableName: undefined }), at: 'workerKeys.eventsTableName' },
    {
      given: 'an events table of two letters',
      stage: keys({ eventsTableName: 'ab' }),
      at: 'workerKeys.eventsTableName',
    },
    {
      given: 'the table of the keys for that of their events',
      stage: keys({ eventsTableName: 'keys' }),
      at: 'workerKeys.eventsTableName',
    },
    { given: 'no KMS key', stage: keys({ kmsKeyArn: undefined }), at: 'workerKeys.kmsKeyArn' },
    {
      given: 'a KMS key of another region',
      stage: keys({ kmsKeyArn: KEY_ARN.replace('eu-west-1', 'eu-west-2') }),
      at: 'workerKeys.kmsKeyArn',
    },
    {
      given: 'a KMS key of one region alone',
      stage: keys({ kmsKeyArn: KEY_ARN.replace(/mrk-.*/, '01234567-89ab-cdef-0123-456789abcdef') }),
      at: 'workerKeys.kmsKeyArn',
    },
    {
      given: 'an alias for the KMS key',
      stage: keys({ kmsKeyArn: KEY_ARN.replace(/key\/.*/, 'alias/relay') }),
      at: 'workerKeys.kmsKeyArn',
    },
    { given: 'a wildcard for a name', stage: domain({ name: '*.example.com' }), at: 'customDomain.name' },
    { given: 'a URL for a name', stage: domain({ name: 'https://relay.example.com' }), at: 'customDomain.name' },
    { given: 'a name in upper case', stage: domain({ name: 'Relay.example.com' }), at: 'customDomain.name' },
    { given: 'a name of one label', stage: domain({ name: 'relay' }), at: 'customDomain.name' },
    { given: 'a name of 254 characters', stage: domain({ name: `${'a.'.repeat(126)}aa` }), at: 'customDomain.name' },
    {
      given: 'a certificate of another region',
      stage: domain({ certificateArn: CERTIFICATE_ARN.replace('eu-west-1', 'us-east-1') }),
      at: 'customDomain.certificateArn',
    },
    {
      given: 'a certificate that is IAM’s',
      stage: domain({ certificateArn: 'arn:aws:iam::111122223333:server-certificate/relay' }),
      at: 'customDomain.certificateArn',
    },
    {
      given: 'a topic of another region',
      stage: { alarmTopicArn: TOPIC_ARN.replace('eu-west-1', 'us-east-1') },
      at: 'alarmTopicArn',
    },
    { given: 'a subscription for a topic', stage: { alarmTopicArn: `${TOPIC_ARN}:6f3a` }, at: 'alarmTopicArn' },
    { given: 'no reserved concurrency at all', stage: { reservedConcurrency: 0 }, at: 'reservedConcurrency' },
    { given: 'half a container', stage: { reservedConcurrency: 1.5 }, at: 'reservedConcurrency' },
  ])('may not be $given', ({ stage, at }) => {
    const [problem, ...others] = problemsOf(aContext(stage));
    expect(problem?.split(': ')[0]).toBe(`stages.dev.${at}`);
    expect(others).toEqual([]);
  });

  it('says what kind of ARN it wants, and where', () => {
    expect(problemsOf(aContext({ alarmTopicArn: 'on-call' }))).toEqual([
      "stages.dev.alarmTopicArn: is not the ARN of an SNS topic in the stack's region, which begins with arn:aws:sns:eu-west-1:",
    ]);
    const inGovCloud = { region: 'us-gov-west-1', alarmTopicArn: TOPIC_ARN.replace('eu-west-1', 'us-gov-west-1') };
    expect(problemsOf(aContext(inGovCloud))).toEqual([
      "stages.dev.alarmTopicArn: is not the ARN of an SNS topic in the stack's region, which begins with arn:aws-us-gov:sns:us-gov-west-1:",
    ]);
    expect(problemsOf(aContext(keys({ kmsKeyArn: '1' })))).toEqual([
      "stages.dev.workerKeys.kmsKeyArn: is not the ARN of a multi-Region KMS key in the stack's region, which begins with arn:aws:kms:eu-west-1:",
    ]);
    expect(problemsOf(aContext(keys({ eventsTableName: 'KeyEventsTable…' })))).toEqual([
      'stages.dev.workerKeys.eventsTableName: is not a valid DynamoDB table name',
    ]);
  });

  it('is held against the region only where that is one', () => {
    expect(problemsOf(aContext({ region: '.*', alarmTopicArn: TOPIC_ARN }))).toEqual([
      expect.stringMatching(/^stages\.dev\.region: /),
    ]);
  });
});

describe('who may issue keys of the stack’s own', () => {
  const issuers = (...issuerArns: unknown[]) => ({ workerKeys: { issuerArns } });
  const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
  const SSO = role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_x');

  it.each([
    { stage: issuers(ROLE_ARN) },
    { stage: issuers(SSO, role('ci/issuer')) },
    { stage: issuers(role('aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Issuer_*'), role('issuer-?')) },
  ])('may be $stage.workerKeys.issuerArns', ({ stage }) => {
    expect(parseSettings(aContext(stage))).toMatchObject(stage);
  });

  it.each([
    { given: 'a name', arn: 'issuer' },
    { given: 'every role', arn: role('*') },
    { given: 'every role in any folder', arn: role('*/*') },
    { given: 'every role of every account', arn: 'arn:aws:iam::*:role/issuer' },
    { given: 'a session', arn: 'arn:aws:sts::111122223333:assumed-role/issuer/ada' },
    { given: 'a user', arn: 'arn:aws:iam::111122223333:user/ada' },
    { given: 'an account', arn: 'arn:aws:iam::111122223333:root' },
    { given: 'two lines', arn: `${ROLE_ARN}\n` },
    { given: 'a number', arn: 7 },
  ])('may not be $given', ({ arn }) => {
    expect(problemsOf(aContext(issuers(ROLE_ARN, arn)))).toEqual([
      'stages.dev.workerKeys.issuerArns.1: is not the ARN of an IAM role, with its path; * and ? may stand for a part of path and name, but not for all of both',
    ]);
  });

  it.each([[[]], ['issuer'], [null], [Array.from({ length: 41 }, () => ROLE_ARN)]])(
    'is no list like %j',
    (issuerArns) => {
      expect(problemsOf(aContext({ workerKeys: { issuerArns } }))).toEqual([
        'stages.dev.workerKeys.issuerArns: is not a list of 1 to 40 ARNs of IAM roles',
      ]);
    },
  );

  it('are roles of the stage’s partition', () => {
    expect(problemsOf(aContext(issuers(SSO.replace('arn:aws:', 'arn:aws-us-gov:'))))).toEqual([
      'stages.dev.workerKeys.issuerArns.0: is in the partition aws-us-gov, but the stage is in aws: a session cannot cross partitions',
    ]);
  });

  it('cannot be said of adopted keys, whose KMS key another stack made', () => {
    const adopted = { tableName: 'keys', kmsKeyArn: KEY_ARN, eventsTableName: 'events' };
    expect(problemsOf(aContext({ workerKeys: { ...adopted, issuerArns: [ROLE_ARN] } }))).toEqual([
      'stages.dev.workerKeys.issuerArns: limits only a KMS key that the stack makes: set it in the stage that made the adopted one, or edit its key policy',
    ]);
  });
});

describe('the generations of the KMS key', () => {
  const generations = (given: unknown): Context => aContext({ workerKeys: { macKeyGenerations: given } });

  it.each([
    { given: 1, are: [1] },
    { given: 2, are: [1, 2] },
    { given: [1], are: [1] },
    { given: [1, 2], are: [1, 2] },
    { given: [2], are: [2] },
    { given: [2, 3], are: [2, 3] },
  ])('$given means $are', ({ given, are }) => {
    expect(parseSettings(generations(given)).workerKeys).toEqual({ macKeyGenerations: are });
  });

  it.each(
    [
      0,
      3,
      -1,
      1.5,
      '2',
      true,
      null,
      [],
      [0],
      [1.5],
      ['1'],
      [1, 3],
      [2, 1],
      [1, 1],
      [1, 2, 3],
      [null],
      { first: 1 },
    ].map((given) => ({ given })),
  )('are refused as $given', ({ given }) => {
    expect(problemsOf(generations(given))).toEqual([
      'stages.dev.workerKeys.macKeyGenerations: is neither 1, nor 2 for both of the first two, nor a list of one generation or two successive ones: [2] or [2, 3]',
    ]);
  });

  it('do not go with adopted keys, and the problem says why', () => {
    const adopted = { tableName: 'keys', kmsKeyArn: KEY_ARN, eventsTableName: 'events', macKeyGenerations: 2 };
    expect(problemsOf(aContext({ workerKeys: adopted }))).toEqual([
      'stages.dev.workerKeys.macKeyGenerations: does not go with an adopted KMS key: another stack with the same keys would refuse those that a second KMS key derives',
    ]);
    expect(problemsOf(aContext({ workerKeys: { kmsKeyArn: KEY_ARN, macKeyGenerations: 2 } }))).toHaveLength(3);
  });

  it('stand beside no other setting of worker keys', () => {
    expect(problemsOf(aContext({ workerKeys: { macKeyGenerations: 2, size: 1 } }))).toEqual([
      'stages.dev.workerKeys.size: is not a known setting',
    ]);
  });
});

describe('what fair share knows of a domain', () => {
  it.each(['heartbeatTimeoutSeconds', 'nextHeartbeatSeconds'])('%s is refused with the range', (name) => {
    for (const value of [0, -1, 1.5, 100_000_000, '300', null, 'NONE', [300]]) {
      expect(problemsOf(withDomain({ [name]: value }))).toEqual([
        `stages.dev.domains.orders.${name}: is not a whole number of seconds from 1 to 99999999`,
      ]);
    }
  });

  it.each([
    { rate: 20, at: 'rate' },
    { rate: {}, at: 'rate.perSecond' },
    { rate: { burst: 5 }, at: 'rate.perSecond' },
    { rate: { perSecond: 0 }, at: 'rate.perSecond' },
    { rate: { perSecond: 1.5 }, at: 'rate.perSecond' },
    { rate: { perSecond: 5, burst: 0 }, at: 'rate.burst' },
    { rate: { perSecond: 5, minutes: 1 }, at: 'rate.minutes' },
  ])('a rate of $rate is refused at $at', ({ rate, at }) => {
    const [problem, ...others] = problemsOf(withDomain({ rate }));
    expect(problem).toMatch(`stages.dev.domains.orders.${at}: `);
    expect(others).toEqual([]);
  });
});

describe('what workers may do in a domain', () => {
  it.each([
    { operations: ['complete'], given: 'no heartbeats' },
    { operations: [], given: 'nothing' },
    { operations: ['heartbeat', 'complete', 'complete'], given: 'something twice' },
    { operations: 'heartbeat', given: 'a text' },
    { operations: null, given: 'null' },
  ])('is refused if it is $given', ({ operations }) => {
    expect(problemsOf(withDomain({ operations }))).toEqual([
      'stages.dev.domains.orders.operations: is not a list of heartbeat, complete, fail, cancel, each at most once, with heartbeat among them',
    ]);
  });

  it('is refused at the place of what is unknown', () => {
    expect(problemsOf(withDomain({ operations: ['heartbeat', 'poll'] }))[0]).toMatch(
      'stages.dev.domains.orders.operations.1: is not a list of',
    );
  });

  it.each([[['heartbeat']], [['fail', 'heartbeat']], [['heartbeat', 'complete', 'fail', 'cancel']]])(
    'may be %j',
    (operations) => {
      expect(problemsOf(withDomain({ operations }))).toEqual([]);
    },
  );
});

describe('a domain whose role is another account’s', () => {
  it.each([
    { given: 'an external id without a role', settings: { externalId: 'abc' }, at: 'orders: externalId requires' },
    { given: 'a short external id', settings: { roleArn: ROLE_ARN, externalId: 'a' }, at: 'orders.externalId' },
    { given: 'a space in it', settings: { roleArn: ROLE_ARN, externalId: 'a b' }, at: 'orders.externalId' },
    { given: 'a wildcard in the role', settings: { roleArn: `${ROLE_ARN}*` }, at: 'orders.roleArn' },
    { given: 'a user for a role', settings: { roleArn: 'arn:aws:iam::222222222222:user/a' }, at: 'orders.roleArn' },
    {
      given: 'an account of 11 digits',
      settings: { roleArn: 'arn:aws:iam::22222222222:role/a' },
      at: 'orders.roleArn',
    },
    { given: 'a role by its name', settings: { roleArn: 'relay' }, at: 'orders.roleArn' },
  ])('is refused with $given', ({ settings, at }) => {
    const [problem, ...others] = problemsOf(withDomain(settings));
    expect(problem).toMatch(`stages.dev.domains.${at}`);
    expect(others).toEqual([]);
  });

  it.each([ROLE_ARN, 'arn:aws:iam::222222222222:role/team/a+b=c,d.e@f_g-h'])('may be %s', (roleArn) => {
    expect(problemsOf(withDomain({ roleArn }))).toEqual([]);
  });
});

describe('toDomainEntries', () => {
  it('gives a name alone where there is nothing else to say', () => {
    expect(toDomainEntries({ orders: {}, billing: { region: 'us-east-1' }, press: { roleArn: ROLE_ARN } })).toEqual([
      'orders',
      { name: 'billing', region: 'us-east-1' },
      { name: 'press', roleArn: ROLE_ARN },
    ]);
    const forge = { heartbeatTimeoutSeconds: 300, rate: { perSecond: 20 } };
    expect(toDomainEntries({ forge })).toEqual([{ name: 'forge', ...forge }]);
  });

  it('leaves the settings as they were', () => {
    const billing = { region: 'us-east-1' };
    toDomainEntries({ billing });
    expect(billing).toEqual({ region: 'us-east-1' });
  });
});
