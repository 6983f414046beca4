import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SWFClient } from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import { assertAllowed, assertDeclared, findDeclaredDomains } from '../../operator/domains.ts';
import { toIssuedText } from '../../cli/keys/issued-key.ts';
import { DEFAULT_OPERATIONS } from '../../lambda/environment/environment.ts';
import type { Target } from '../../operator/target.ts';
import { toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { aKeyId } from '../lambda/workers/worker-key-records.ts';

const region = 'eu-west-1';
const ROLE = 'arn:aws:iam::222222222222:role/relay';

const aTarget = (domains: string | undefined): Target => ({
  stackName: 'HeartbeatRelay-prod',
  partition: 'aws',
  accountId: '111122223333',
  region,
  relayUrl: 'https://relay.example',
  workerKeysTable: 'WorkerKeys',
  macKeyArn: `arn:aws:kms:${region}:111122223333:key/mrk-1`,
  earlierMacKeyArn: undefined,
  keyUseTable: undefined,
  keyEventsTable: undefined,
  findCaller: async () => 'arn:aws:iam::111122223333:user/ada',
  domains,
  dynamodb: new DynamoDBClient({ region }),
  kms: new KMSClient({ region }),
  createSwf: () => new SWFClient({ region }),
});

const declaring = aTarget(`["orders",{"name":"billing","region":"us-east-1","roleArn":"${ROLE}"}]`);
const silent = aTarget(undefined);

const issued = {
  keyId: aKeyId(),
  secret: toWorkerSecret(new Uint8Array(32)),
  label: 'press-7',
  domains: ['billing', 'orders'],
  operations: DEFAULT_OPERATIONS,
  expiresAt: null,
};

describe('the domains of a stack', () => {
  it('are its own entries, each in its region', () => {
    expect(findDeclaredDomains(declaring)).toEqual([
      { name: 'orders', region: 'eu-west-1', roleArn: undefined, operations: undefined },
      { name: 'billing', region: 'us-east-1', roleArn: ROLE, operations: undefined },
    ]);
  });

  it('allow heartbeats, and what their settings name', () => {
    const target = aTarget('["billing",{"name":"orders","operations":["heartbeat","complete"]}]');
    expect(() => assertAllowed(target, ['orders', 'billing'], ['heartbeat'])).not.toThrow();
    expect(() => assertAllowed(target, ['orders'], ['complete', 'heartbeat'])).not.toThrow();
    expect(() => assertAllowed(target, ['orders'], ['complete', 'fail'])).toThrow(
      'HeartbeatRelay-prod does not allow fail in orders; its setting operations names: heartbeat, complete',
    );
    expect(() => assertAllowed(target, ['orders', 'billing'], ['complete'])).toThrow(
      'does not allow complete in billing',
    );
    expect(() => assertAllowed(silent, ['orders'], ['complete'])).not.toThrow();
  });

  it('are not known of a stack that was deployed before it named them', () => {
    expect(findDeclaredDomains(silent)).toBeUndefined();
    expect(() => assertDeclared(silent, ['anything'])).not.toThrow();
  });

  it('are all that a key is issued for', () => {
    expect(() => assertDeclared(declaring, ['orders', 'billing'])).not.toThrow();
    expect(() => assertDeclared(declaring, ['orders', 'ordres'])).toThrow(
      'HeartbeatRelay-prod does not declare ordres; --domain takes: orders, billing',
    );
  });
});

describe('what is printed for AWS clients', () => {
  it.each([
    { stack: 'that declares its domains', target: declaring, billing: 'us-east-1' },
    { stack: 'that does not say', target: silent, billing: region },
  ])("names each domain's region, on a stack $stack", ({ target, billing }) => {
    const variables = toIssuedText('env', issued, target);
    const place = (domain: string, its: string, start = ''): string =>
      [`AWS_ENDPOINT_URL_SWF=https://relay.example/domains/${domain}`, `AWS_REGION=${its}`, `AWS_DEFAULT_REGION=${its}`]
        .map((line) => `${start}${line}\n`)
        .join('');
    expect(variables).toContain(`\n${place('billing', billing)}`);
    expect(variables).toContain(`\n${place('orders', region, '# ')}`);
    const profiles = toIssuedText('aws-profile', issued, target);
    expect([...profiles.matchAll(/^region = (.*)$/gm)].map(([, found]) => found)).toEqual([billing, region]);
  });
});
