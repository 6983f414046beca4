import { App, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';

import { assertFits } from '../../lib/limits.ts';
import { readContext } from '../../local/assembly.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { onlyResource, resourcesOf } from '../../local/template/resources.ts';
import { synthesize, synthesizeInTurn, WITHOUT_BUNDLE } from './synthesis.ts';
import { arn, roleArn, Synthesized } from './synthesized.ts';

const ENVIRONMENT_MAX_BYTES = 4_096;
const POLICY_MAX_CHARACTERS = 10_240;

/** Names of 24 characters each. */
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `domain-of-24-letters-${String(index).padStart(3, '0')}`);

const ELSEWHERE = {
  region: 'eu-central-1',
  domains: {
    orders: { region: 'us-east-1' },
    billing: { roleArn: 'arn:aws:iam::222222222222:role/relay', externalId: 'e-7' },
  },
  workerKeys: {
    tableName: 'keys',
    kmsKeyArn: `arn:aws:kms:eu-central-1:111122223333:key/mrk-${'0123456789abcdef'.repeat(2)}`,
    eventsTableName: null,
  },
  throttle: { ratePerSecond: 5, burst: 7 },
  logRetentionDays: 7,
};

const withDomains = (count: number) => ({ ...readContext(names(count).join(',')), ...WITHOUT_BUNDLE });

const [fitting, elsewhere] = await synthesizeInTurn(
  [
    { context: withDomains(100) },
    { context: { ...readContext(), ...WITHOUT_BUNDLE, stage: 'prod', stages: { prod: ELSEWHERE } } },
  ],
  'validated',
);
if (fitting === undefined || elsewhere === undefined) throw new Error('two stages were synthesized');
const exceeding = await synthesize(withDomains(140), 'unvalidated');

/** The function's role and environment as they come to be, with names as CloudFormation makes them. */
const deployed = () => {
  const place = { stackName: 'HeartbeatRelay-dev', region: 'eu-west-1', accountId: '123456789012' };
  const { resources } = loadTemplate(fitting.readTemplate(place.stackName), place);
  const role = resourcesOf(resources, 'AWS::IAM::Role').find(({ RoleName }) => RoleName.endsWith('-function'));
  const { Variables } = onlyResource(resources, 'AWS::Lambda::Function').Environment;
  const roleArns = resourcesOf(resources, 'AWS::IAM::Role').map((domainRole) => domainRole.arn);
  return {
    policyCharacters: JSON.stringify(role?.Policies.map((inline) => inline.PolicyDocument)).length - 2,
    environmentBytes: Buffer.byteLength(Object.entries(Variables).flat().join('')),
    roleArns,
  };
};

describe('100 domains with names of 24 characters', () => {
  it('can be synthesized', () => {
    expect(fitting).toMatchObject({ exitCode: 0 });
    const stack = new Synthesized(fitting.readTemplate('HeartbeatRelay-dev'));
    expect(stack.ofType('AWS::IAM::Role')).toHaveLength(101);
  });

  it('fit what Lambda and IAM allow', () => {
    const { policyCharacters, environmentBytes, roleArns } = deployed();
    expect(new Set(roleArns).size).toBe(101);
    expect(environmentBytes).toBeLessThanOrEqual(ENVIRONMENT_MAX_BYTES);
    expect(policyCharacters).toBeLessThanOrEqual(POLICY_MAX_CHARACTERS);
  });
});

describe('140 of them', () => {
  const SAYS =
    /^ {2}- domains: 140 are too many for one function; only the first (?<fit>\d+) fit \(environment (?<bytes>\d+) of 4096 bytes, policy (?<characters>\d+) of 10240 characters\)$/m;
  const { fit = '', bytes = '', characters = '' } = SAYS.exec(exceeding.stderr)?.groups ?? {};
  const perDomain = {
    bytes: JSON.stringify(names(1)[0]).length + 1,
    characters: 48 + '"arn:aws:iam::123456789012:role/",'.length,
  };

  it('are refused in one line, which says how many fit', () => {
    expect(exceeding.exitCode).toBe(1);
    const [heading, line, ...others] = exceeding.stderr
      .slice(exceeding.stderr.indexOf('The settings'))
      .trimEnd()
      .split('\n');
    expect(heading).toBe('The settings of this stage cannot be deployed:');
    expect(line).toMatch(SAYS);
    expect(others).toEqual([]);
  });

  it('leave no template behind', () => {
    expect(() => exceeding.readTemplate('HeartbeatRelay-dev')).toThrow('ENOENT');
  });

  it('are too many by the number that is said, and not by one less', () => {
    const excess = 140 - Number(fit);
    const withoutExcess = (dropped: number) => ({
      bytes: Number(bytes) - dropped * perDomain.bytes,
      characters: Number(characters) - dropped * perDomain.characters,
    });
    expect(withoutExcess(excess).bytes).toBeLessThanOrEqual(ENVIRONMENT_MAX_BYTES);
    expect(withoutExcess(excess).characters).toBeLessThanOrEqual(POLICY_MAX_CHARACTERS);
    const { bytes: tooManyBytes, characters: tooManyCharacters } = withoutExcess(excess - 1);
    expect(tooManyBytes > ENVIRONMENT_MAX_BYTES || tooManyCharacters > POLICY_MAX_CHARACTERS).toBe(true);
  });

  it('are measured as no shorter than what is deployed, and not much longer', () => {
    const { policyCharacters, environmentBytes } = deployed();
    const policyOf100 = Number(characters) - 40 * perDomain.characters;
    const environmentOf100 = Number(bytes) - 40 * perDomain.bytes;
    expect(policyOf100).toBeGreaterThanOrEqual(policyCharacters);
    expect(policyOf100).toBeLessThan(policyCharacters + 300);
    expect(environmentOf100).toBeGreaterThanOrEqual(environmentBytes);
    expect(environmentOf100).toBeLessThan(environmentBytes + 200);
  });
});

describe('a name of a log group that begins with logGroupPrefix', () => {
  /** Thirty log groups, and a policy that names them all. */
  function assertFitsWithNames(logGroupName?: string): void {
    const stack = new Stack(new App(), 'HeartbeatRelay-dev', { env: { region: 'eu-west-1' } });
    const resources = Array.from({ length: 30 }, (_none, number) => {
      const named = logGroupName === undefined ? {} : { logGroupName };
      return new LogGroup(stack, `Logs${number}`, named).logGroupArn;
    });
    const policy = new PolicyDocument({
      statements: [new PolicyStatement({ actions: ['logs:PutLogEvents'], resources })],
    });
    assertFits(stack, { environment: {}, policy, domains: ['orders'], roleArns: ['arn:aws:iam::1:role/a'] });
  }

  it('counts in the policy by its own length', () => {
    expect(() => assertFitsWithNames()).not.toThrow();
    expect(() => assertFitsWithNames('x'.repeat(400))).toThrow(/only the first 0 fit/);
  });
});

describe('domains elsewhere, in another stage', () => {
  const stack = () => new Synthesized(elsewhere.readTemplate('HeartbeatRelay-prod'));

  it('get a role of the stack’s only in its own account, for the region the domain is in', () => {
    const { Policies } = stack().get('AWS::IAM::Role', 'Domain').Properties;
    expect(stack().ofType('AWS::IAM::Role')).toHaveLength(2);
    expect(Policies).toMatchObject([
      { PolicyDocument: { Statement: [{ Resource: arn('arn:aws:swf:us-east-1:', ':/domain/orders') }] } },
    ]);
  });

  it('are assumed by ARN, and reach the function with all it must know', () => {
    const { RoleName } = stack().get('AWS::IAM::Role', 'Domain').Properties;
    const { Policies } = stack().get('AWS::IAM::Role', 'RelayRole').Properties;
    const assume = {
      Action: 'sts:AssumeRole',
      Resource: ['arn:aws:iam::222222222222:role/relay', roleArn(String(RoleName))],
    };
    expect(Policies).toMatchObject([{ PolicyDocument: { Statement: [assume, {}, {}, {}, {}, {}, {}] } }]);
    expect(stack().get('AWS::Lambda::Function').Properties).toMatchObject({
      Environment: {
        Variables: {
          RELAY_STACK_NAME: 'HeartbeatRelay-prod',
          RELAY_DOMAINS: JSON.stringify([
            { name: 'orders', region: 'us-east-1' },
            { name: 'billing', roleArn: 'arn:aws:iam::222222222222:role/relay', externalId: 'e-7' },
          ]),
        },
      },
    });
  });

  it('make a table of key events for adopted keys that have none, and no table of keys', () => {
    const tables = Object.keys(stack().resources).filter((id) => /^(?:WorkerKeys|KeyEvents)/.test(id));
    expect(tables).toEqual([stack().idOf('AWS::DynamoDB::Table', 'KeyEvents')]);
    expect(stack().resources[tables[0] ?? '']).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { DeletionProtectionEnabled: true },
    });
  });

  it('come with the stage’s own throttle and log retention', () => {
    expect(stack().get('AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 },
    });
    const retention = stack()
      .ofType('AWS::Logs::LogGroup')
      .map(({ Properties }) => Properties['RetentionInDays']);
    expect(retention).toEqual([7, 7]);
  });
});
