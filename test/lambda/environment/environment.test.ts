import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  DOMAIN_NAME,
  domainArn,
  domainRoleName,
  ENVIRONMENT_NAMES,
  functionRoleName,
  ROLE_ARN,
} from '../../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../../lambda/environment/parse-environment.ts';

const variables = (over: Record<string, string | undefined> = {}) => ({
  AWS_REGION: 'eu-west-1',
  RELAY_STACK_NAME: 'HeartbeatRelay-prod',
  RELAY_PARTITION: 'aws',
  RELAY_ACCOUNT_ID: '111122223333',
  RELAY_DOMAINS: '["orders"]',
  RELAY_WORKER_KEYS_TABLE: 'keys',
  RELAY_WORKER_KEYS_MAC_KEY: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1',
  RELAY_TASK_STATES_TABLE: 'states',
  RELAY_KEY_USE_TABLE: 'use',
  RELAY_KEY_EVENTS_TABLE: 'events',
  RELAY_RATE_LIMITS_TABLE: 'rates',
  ...over,
});
const withDomains = (...entries: unknown[]) => variables({ RELAY_DOMAINS: JSON.stringify(entries) });
const ROLE = 'arn:aws:iam::222222222222:role/relay';

describe('an environment', () => {
  it('is read whole', () => {
    expect(parseEnvironment(variables())).toEqual({
      stackName: 'HeartbeatRelay-prod',
      region: 'eu-west-1',
      domains: new Map([
        [
          'orders',
          {
            name: 'orders',
            region: 'eu-west-1',
            arn: 'arn:aws:swf:eu-west-1:111122223333:/domain/orders',
            roleArn: 'arn:aws:iam::111122223333:role/HeartbeatRelay-prod-orders-17eea1a6',
          },
        ],
      ]),
      workerKeysTable: 'keys',
      workerKeysMacKeys: { newest: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1', earlier: undefined },
      taskStatesTable: 'states',
      keyUseTable: 'use',
      keyEventsTable: 'events',
      rateLimitsTable: 'rates',
    });
  });

  it.each([
    {
      given: 'in another region: its own ARN, the role of the stack',
      entry: { name: 'orders', region: 'us-east-1' },
      domain: {
        name: 'orders',
        region: 'us-east-1',
        arn: 'arn:aws:swf:us-east-1:111122223333:/domain/orders',
        roleArn: 'arn:aws:iam::111122223333:role/HeartbeatRelay-prod-orders-17eea1a6',
      },
    },
    {
      given: "with a role of another account: that account's ARN",
      entry: { name: 'orders', roleArn: ROLE },
      domain: {
        name: 'orders',
        region: 'eu-west-1',
        arn: 'arn:aws:swf:eu-west-1:222222222222:/domain/orders',
        roleArn: ROLE,
      },
    },
    {
      given: 'with a role of another partition, and an external id',
      entry: {
        name: 'orders',
        region: 'cn-north-1',
        roleArn: 'arn:aws-cn:iam::222222222222:role/path/relay',
        externalId: 'x',
      },
      domain: {
        name: 'orders',
        region: 'cn-north-1',
        arn: 'arn:aws-cn:swf:cn-north-1:222222222222:/domain/orders',
        roleArn: 'arn:aws-cn:iam::222222222222:role/path/relay',
        externalId: 'x',
      },
    },
    {
      given: 'with all that fair share knows',
      entry: {
        name: 'orders',
        heartbeatTimeoutSeconds: 300,
        nextHeartbeatSeconds: 50,
        rate: { perSecond: 20, burst: 100 },
      },
      domain: {
        name: 'orders',
        region: 'eu-west-1',
        arn: 'arn:aws:swf:eu-west-1:111122223333:/domain/orders',
        roleArn: 'arn:aws:iam::111122223333:role/HeartbeatRelay-prod-orders-17eea1a6',
        heartbeatTimeoutSeconds: 300,
        nextHeartbeatSeconds: 50,
        rate: { perSecond: 20, burst: 100 },
      },
    },
    {
      given: 'that allows ends',
      entry: { name: 'orders', operations: ['heartbeat', 'fail'] },
      domain: {
        name: 'orders',
        region: 'eu-west-1',
        arn: 'arn:aws:swf:eu-west-1:111122223333:/domain/orders',
        roleArn: 'arn:aws:iam::111122223333:role/HeartbeatRelay-prod-orders-17eea1a6',
        operations: ['heartbeat', 'fail'],
      },
    },
    {
      given: 'with a rate alone, and a role of another account',
      entry: { name: 'orders', roleArn: ROLE, rate: { perSecond: 20 } },
      domain: {
        name: 'orders',
        region: 'eu-west-1',
        arn: 'arn:aws:swf:eu-west-1:222222222222:/domain/orders',
        roleArn: ROLE,
        rate: { perSecond: 20 },
      },
    },
  ])('has a domain $given', ({ entry, domain }) => {
    expect([...parseEnvironment(withDomains(entry)).domains.values()]).toEqual([domain]);
  });

  it('has two KMS keys, the newest first', () => {
    const { workerKeysMacKeys } = parseEnvironment(variables({ RELAY_WORKER_KEYS_MAC_KEY: 'newest,earlier' }));
    expect(workerKeysMacKeys).toEqual({ newest: 'newest', earlier: 'earlier' });
  });

  it.each(['a,', ',a', ',', 'a,b,c', 'a,b,', 'a,a'])('is refused for the KMS keys %j', (text) => {
    expect(() => parseEnvironment(variables({ RELAY_WORKER_KEYS_MAC_KEY: text }))).toThrow(
      expect.objectContaining({
        name: 'EnvironmentError',
        message: 'RELAY_WORKER_KEYS_MAC_KEY is not one KMS key, or two different ones',
      }),
    );
  });

  it('has roles under a path, with names that begin so, only if it says so', () => {
    const roleArnOf = (over: Record<string, string>) =>
      parseEnvironment(variables(over)).domains.get('orders')?.roleArn ?? '';
    const plain = roleArnOf({});
    expect(plain).toContain(':role/');
    expect(roleArnOf({ RELAY_ROLE_PREFIX: '/relay/corp-' })).toBe(plain.replace(':role/', ':role/relay/corp-'));
  });

  it.each(['', 'relay/', 'corp-', '/a b/', '/relay/seventeen-letters'])(
    'is refused with the role prefix %j',
    (text) => {
      expect(() => parseEnvironment(variables({ RELAY_ROLE_PREFIX: text }))).toThrow(
        "RELAY_ROLE_PREFIX is not a path and the beginning of a role's name",
      );
    },
  );

  it('is refused with all that is missing, empty ones among it', () => {
    const names = Object.values(ENVIRONMENT_NAMES).filter((name) => name !== ENVIRONMENT_NAMES.rolePrefix);
    const refusal: unknown = expect.objectContaining({ name: 'EnvironmentError' });
    expect(() => parseEnvironment({})).toThrow(refusal);
    expect(() => parseEnvironment({})).toThrow(/^missing: (?:\w+, ){10}\w+$/);
    for (const name of ['AWS_REGION', ...names]) {
      expect(() => parseEnvironment({})).toThrow(name);
      expect(() => parseEnvironment(variables({ [name]: undefined }))).toThrow(`missing: ${name}`);
    }
    expect(() => parseEnvironment(variables({ RELAY_STACK_NAME: '' }))).toThrow('missing: RELAY_STACK_NAME');
  });

  it.each([
    { given: 'an object', domains: '{"name": "orders"}' },
    { given: 'a number among them', domains: '["orders", 1]' },
    { given: 'null among them', domains: '[null]' },
    { given: 'a domain without a name', domains: '[{"region": "eu-west-1"}]' },
    { given: 'a region that is no text', domains: '[{"name": "orders", "region": 1}]' },
    { given: 'a timeout that is a text', domains: '[{"name": "orders", "heartbeatTimeoutSeconds": "300"}]' },
    { given: 'a timeout of nothing', domains: '[{"name": "orders", "heartbeatTimeoutSeconds": 0}]' },
    { given: 'half a second', domains: '[{"name": "orders", "nextHeartbeatSeconds": 0.5}]' },
    { given: 'a rate that is a number', domains: '[{"name": "orders", "rate": 20}]' },
    { given: 'a rate without a number', domains: '[{"name": "orders", "rate": {"burst": 5}}]' },
    { given: 'a burst below nothing', domains: '[{"name": "orders", "rate": {"perSecond": 5, "burst": -1}}]' },
    { given: 'an unknown operation', domains: '[{"name": "orders", "operations": ["poll"]}]' },
    { given: 'no operation', domains: '[{"name": "orders", "operations": []}]' },
    { given: 'operations that are a text', domains: '[{"name": "orders", "operations": "heartbeat"}]' },
    { given: 'a wildcard', domains: '["orders*"]' },
    { given: 'a policy variable', domains: '[{"name": "${aws:username}"}]' },
  ])('is refused for $given in place of domains', ({ domains }) => {
    expect(() => parseEnvironment(variables({ RELAY_DOMAINS: domains }))).toThrow(
      expect.objectContaining({ name: 'EnvironmentError', message: 'RELAY_DOMAINS is not a list of domains' }),
    );
  });

  it.each(['relay', 'arn:aws:iam::1:role/relay', 'arn:aws:iam::222222222222:user/relay', `${ROLE} `, `x${ROLE}`])(
    'is refused for the role %j',
    (roleArn) => {
      expect(ROLE_ARN.test(roleArn)).toBe(false);
      expect(() => parseEnvironment(withDomains({ name: 'orders', roleArn }))).toThrow(
        expect.objectContaining({
          name: 'EnvironmentError',
          message: 'the roleArn of domain orders is not the ARN of an IAM role',
        }),
      );
    },
  );
});

describe('a domain name', () => {
  it.each(['orders', 'Orders-2', 'a.b_c', '...', 'arn2', 'x'.repeat(256)])('may be %j', (name) => {
    expect(DOMAIN_NAME.test(name)).toBe(true);
  });

  it.each(['', 'arn', '.', '..', 'a b', 'a*', 'a?', '${a}', 'a/b', 'a:b', 'ä', 'a\n', 'x'.repeat(257)])(
    'may not be %j',
    (name) => {
      expect(DOMAIN_NAME.test(name)).toBe(false);
    },
  );

  it('stands in its ARN after a slash', () => {
    expect(domainArn('aws-cn', 'cn-north-1', '111122223333', 'orders')).toBe(
      'arn:aws-cn:swf:cn-north-1:111122223333:/domain/orders',
    );
  });
});

describe('a role name', () => {
  const stackName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  const region = fc.constantFrom('eu-west-1', 'us-east-1', 'ap-southeast-2');
  const domain = fc.stringMatching(/^[A-Za-z0-9._-]{1,256}$/);

  it('is frozen: a deployed stack must not lose its roles', () => {
    expect(domainRoleName('HeartbeatRelay-prod', 'eu-west-1', 'orders')).toBe('HeartbeatRelay-prod-orders-17eea1a6');
    expect(functionRoleName('HeartbeatRelay-prod', 'eu-west-1')).toBe('HeartbeatRelay-prod-eu-west-1-function');
  });

  it('is one that IAM takes', () => {
    fc.assert(
      fc.property(stackName, region, domain, (...parts) => {
        expect(domainRoleName(...parts)).toMatch(/^[\w+=,.@-]{10,48}$/);
      }),
    );
  });

  it('is another for any other stack, region or domain, also to IAM, which is blind to case', () => {
    const triple = fc.tuple(stackName, region, domain);
    fc.assert(
      fc.property(
        fc.uniqueArray(triple, { minLength: 2, maxLength: 20, selector: (parts) => parts.join('\n') }),
        (all) => {
          const names = all.map((parts) => domainRoleName(...parts).toLowerCase());
          expect(new Set(names).size).toBe(all.length);
        },
      ),
    );
  });

  const long = 'x'.repeat(99);
  it.each([
    { given: 'case', one: { domainName: 'orders' }, other: { domainName: 'Orders' } },
    { given: 'what is cut', one: { domainName: `${long}1` }, other: { domainName: `${long}2` } },
    { given: 'the region', one: { region: 'us-east-1' }, other: {} },
    { given: 'where the hyphen is', one: { domainName: 'a-orders' }, other: { stackName: 'Relay-a' } },
  ])('keeps apart what differs only in $given', ({ one, other }) => {
    const nameOf = (over: { stackName?: string; region?: string; domainName?: string }): string => {
      const {
        stackName: stack,
        region: place,
        domainName,
      } = {
        stackName: 'Relay',
        region: 'eu-west-1',
        domainName: 'orders',
        ...over,
      };
      return domainRoleName(stack, place, domainName).toLowerCase();
    };
    expect(nameOf(one)).not.toBe(nameOf(other));
  });
});
