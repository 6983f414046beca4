import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Access } from '../../local/aws/access.ts';
import type { Caller } from '../../local/aws/api.ts';
import { parsePolicy } from '../../local/aws/iam/parse-policy.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import { Faults } from '../../local/faults.ts';
import { operatorPolicyArn } from '../../local/local-aws.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { keyPolicyOf, startAdopting, type Stages, synthesizeStages } from './an-adopting-stage.ts';
import { startRealm } from './a-sabotaged-stack.ts';
import { type AStack, startStack } from './a-stack.ts';
import { type RelayAnswer, Worker } from './relay-worker.ts';
import { ISSUED } from './keys-command.ts';
import { until } from './until.ts';
import { writeState } from './verify-command.ts';

const ACCOUNT = '123456789012';
const FOLDER = 'aws-reserved/sso.amazonaws.com/eu-west-1';
const SSO = `arn:aws:iam::${ACCOUNT}:role/${FOLDER}/AWSReservedSSO_x`;
const CI = `arn:aws:iam::${ACCOUNT}:role/ci/issuer-7`;
const ISSUERS = [SSO, `arn:aws:iam::${ACCOUNT}:role/ci/issuer-*`];

/** What a careless administrator gives a role. */
const BROAD = parsePolicy('identity', 'broad', {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:GenerateMac', Resource: '*' }],
});

let a: AStack;
let stages: Stages;
/** The running stack, as if it had been deployed with `issuerArns`. */
let access: Access;
beforeAll(async () => {
  a = await startStack();
  stages = await synthesizeStages(a, ISSUERS);
  access = Access.of(a.stack.template.resources, () => undefined)
    .with(keyPolicyOf(stages.limited))
    .with(BROAD);
});
afterAll(() => a.close());

/** A session of a role with these policies. */
function sessionOf(roleArn: string, ...policies: readonly string[]): Caller {
  return sessionUnder(access, roleArn, policies);
}

function sessionUnder(inForce: Access, roleArn: string, policies: readonly string[]): Caller {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${roleArn.split('/').at(-1)}/ada`;
  const realm = { access: inForce, faults: new Faults(Date.now, Math.random) };
  const principal = { kind: 'session', arn, roleArn, accountId: ACCOUNT } as const;
  return { principal, accountId: ACCOUNT, realm, managedPolicyArns: policies };
}

async function derive(caller: Caller): Promise<string> {
  const { credentials, awsUrl: endpoint, region } = a.stack;
  const kms = new KMSClient({ endpoint, region, credentials: { ...credentials.issueUserKey(caller) } });
  const command = { KeyId: a.target.macKeyArn, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('m') } as const;
  try {
    await kms.send(new GenerateMacCommand(command));
    return 'derived';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  } finally {
    kms.destroy();
  }
}

const heartbeat = async (relayUrl: string): Promise<RelayAnswer> =>
  until('an answer but a late one', async () => {
    const answer = await new Worker(relayUrl, a.connection.worker).heartbeat('orders', a.connection.task.taskToken);
    return answer.status === 503 && answer.body['code'] !== 'RelayMisconfigured' ? undefined : answer;
  });

describe('a KMS key with issuerArns', () => {
  it.each([
    { given: 'another role', roleArn: `arn:aws:iam::${ACCOUNT}:role/analytics` },
    { given: 'a role of the same name in no folder', roleArn: `arn:aws:iam::${ACCOUNT}:role/AWSReservedSSO_x` },
    { given: 'a longer name than an issuer’s', roleArn: `${SSO}y` },
    { given: 'a role of the folder of issuers', roleArn: `arn:aws:iam::${ACCOUNT}:role/ci/builder` },
  ])('refuses $given that has kms:GenerateMac on *', async ({ roleArn }) => {
    expect(await derive(sessionOf(roleArn, BROAD.name))).toMatch(/not authorized to perform: kms:GenerateMac/);
  });

  it('is what keeps them out: without the setting, IAM alone decides', async () => {
    const unlimited = a.stack.realm.access.with(BROAD);
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/analytics`;
    expect(await derive(sessionUnder(unlimited, roleArn, [BROAD.name]))).toBe('derived');
    expect(await derive(sessionUnder(unlimited, roleArn, []))).toMatch(/because no identity-based policy allows/);
  });

  it('refuses an administrator', async () => {
    const { realm } = sessionOf(SSO);
    const principal = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/admin`, accountId: ACCOUNT } as const;
    expect(await derive({ principal, accountId: ACCOUNT, realm })).toMatch(/because no resource-based policy allows/);
  });

  it.each([
    { given: 'a role of IAM Identity Center', roleArn: SSO },
    { given: 'a role that a wildcard names', roleArn: CI },
  ])('admits $given', async ({ roleArn }) => {
    expect(await derive(sessionOf(roleArn, BROAD.name))).toBe('derived');
  });

  it('leaves it to IAM whether an issuer may', async () => {
    expect(await derive(sessionOf(SSO))).toMatch(/because no identity-based policy allows/);
  });

  it('lets an issuer with the policy of the output issue a key, and nobody else with that policy', async () => {
    using folders = new DisposableStack();
    const issue = async (roleArn: string) => {
      const caller = sessionOf(roleArn, operatorPolicyArn(a.stack.template, 'issuer'));
      const statePath = folders.use(new AFolder()).state();
      writeState(statePath, { ...a.connection, operator: a.stack.credentials.issueUserKey(caller) });
      const args = ['--domain', 'orders', '--label', 'x', '--output', 'json', '--local', '--state', statePath];
      return runProgram(['keys', 'issue', ...args]);
    };
    const { stdout } = await issue(SSO);
    expect(ISSUED.parse(JSON.parse(stdout)).domains).toEqual(['orders']);
    expect(await issue(`arn:aws:iam::${ACCOUNT}:role/analytics`)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('admits the function', async () => {
    expect(await heartbeat(await startRealm(a.stack, access))).toMatchObject({ status: 200 });
  });

  it.each([
    { given: 'admits the function of a stage that adopts the key', isNamed: true, status: 200 },
    { given: 'would refuse that function if the key policy did not name it', isNamed: false, status: 503 },
  ])('$given', async ({ isNamed, status }) => {
    const keyPolicy = isNamed ? keyPolicyOf(stages.limited) : withoutStage(keyPolicyOf(stages.limited));
    const relay = await startAdopting(a, stages.blue, keyPolicy);
    try {
      expect(await heartbeat(relay.url)).toMatchObject({ status });
    } finally {
      await relay.close();
    }
  });
});

/** The policy as it would be if `cdk.json` had no stage that adopts the key. */
function withoutStage(policy: Policy): Policy {
  const roles = [`arn:aws:iam::${ACCOUNT}:role/HeartbeatRelay-dev-eu-west-1-function`, ...ISSUERS];
  const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const Condition = { ArnLike: { 'aws:PrincipalArn': roles } };
  const statement = { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: '*', Principal, Condition };
  return parsePolicy('key', policy.name, { Version: '2012-10-17', Statement: [statement] });
}
