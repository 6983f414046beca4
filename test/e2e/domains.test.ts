import { type AttributeValue, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { toCanonicalJson } from '../../lambda/workers/key-grant.ts';
import { type GrantDomain, grantDomain } from '../../lambda/workers/grant.ts';
import type { VerifiedWorker } from '../../lambda/workers/proof.ts';
import { type Domain } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { Credential } from '../../local/aws/credentials.ts';
import { type HeldTask, startTask } from '../../local/tasks.ts';
import { issueKey } from '../../operator/issue.ts';
import { UNHURRIED } from '../unhurried.ts';
import { type AStack, startStack } from './a-stack.ts';
import { appWithGrant } from './app-on-stack.ts';
import { Worker } from './relay-worker.ts';
import { readJournal, recordedHeartbeats } from './swf-journal.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
/** A task of the domain that the worker has no grant for. */
let foreign: HeldTask;

beforeAll(async () => {
  // The app in this process shares rate limits with the containers, so their clocks must agree.
  a = await startStack({ containerEnvironment: UNHURRIED });
  foreign = await startTask(a.swf, 'billing');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => a.close());

/** A grant check that is left out: it makes a granted domain of whatever is asked for, under a key that grants all. */
const grantAnything: GrantDomain = ({ keyId }, requested, declared, operation) =>
  grantDomain({ keyId, domains: [requested] } satisfies VerifiedWorker, requested, declared, operation);

const domainOf = (name: string): Domain => {
  const { functionEnvironment, region } = a.stack;
  const domain = parseEnvironment({ ...functionEnvironment, AWS_REGION: region }).domains.get(name);
  if (domain === undefined) throw new Error(`the stack declares no ${name}`);
  return domain;
};

const BILLING_ARN = /:swf:eu-west-1:123456789012:\/domain\/billing/;

/** Runs `act`, and expects IAM to deny exactly one attempt meanwhile, and SWF to do nothing. */
async function expectDenial<T>(act: () => Promise<T>, resource = BILLING_ARN): Promise<T> {
  const [denialsBefore, journalBefore] = [a.denials.length, readJournal(a.statePath)];
  const result = await act();
  const denials = a.denials.slice(denialsBefore);
  expect(denials).toHaveLength(1);
  expect(denials[0]?.resource).toMatch(resource);
  expect(denials[0]?.sentence).toMatch(
    /is not authorized to perform: swf:RecordActivityTaskHeartbeat on resource: arn:aws:swf:/,
  );
  expect(readJournal(a.statePath)).toEqual(journalBefore);
  return result;
}

describe('P2: a worker cannot reach another domain', () => {
  it('P2: IAM refuses a task token of another domain on the own domain', async () => {
    const answer = await expectDenial(() => a.worker.heartbeat('orders', foreign.taskToken));
    expect(answer).toMatchObject({ status: 403, body: { code: 'TaskNotInDomain' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/arn:|billing/);
  });

  it('P2: IAM refuses it there even where the grant check is left out', async () => {
    const heartbeat = appWithGrant(a.stack, grantAnything, a.connection.worker);
    expect(await expectDenial(() => heartbeat('orders', foreign.taskToken))).toMatchObject({
      status: 403,
      body: { code: 'TaskNotInDomain' },
    });
  });

  it("P2: the grant check refuses the worker's foreign domain, before SWF or STS is asked", async () => {
    const real = appWithGrant(a.stack, grantDomain, a.connection.worker);
    const journal = readJournal(a.statePath);
    const asked = (): number => a.calls.filter(({ api }) => api === 'swf' || api === 'sts').length;
    const askedBefore = asked();
    for (const answer of [
      await a.worker.heartbeat('billing', foreign.taskToken),
      await a.worker.findTask('billing', foreign.taskToken),
      await real('billing', foreign.taskToken),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'DomainNotGranted' } });
    }
    expect(asked()).toBe(askedBefore);
    expect(readJournal(a.statePath)).toEqual(journal);
  });

  it("P2: on the worker's foreign domain only the grant check stands", async () => {
    const heartbeat = appWithGrant(a.stack, grantAnything, a.connection.worker);
    const recordedBefore = recordedHeartbeats(a.statePath).length;
    expect(await heartbeat('billing', foreign.taskToken)).toMatchObject({ status: 200, body: { forwarded: true } });
    expect(recordedHeartbeats(a.statePath).slice(recordedBefore)).toEqual([
      { details: 'in-process', domain: 'billing', runId: foreign.runId },
    ]);
  });

  const arnOf = (domain: string): string => `arn:aws:swf:${a.stack.region}:123456789012:/domain/${domain}`;

  it.each([
    {
      version: 1,
      issue: issueVersion1,
      attribute: 'domains',
      toValue: (names: readonly string[]): AttributeValue => ({ L: names.map((S) => ({ S })) }),
    },
    {
      version: 2,
      issue: issueKey,
      attribute: 'grant',
      toValue: (names: readonly string[]): AttributeValue => ({
        S: toCanonicalJson({
          domains: names.map(arnOf),
          operations: ['heartbeat'],
          networks: [],
          rate: 40,
          expiresAt: null,
        }),
      }),
    },
  ])(
    'P2: a version $version key whose record was made to name more domains no longer verifies',
    async ({ issue, attribute, toValue }) => {
      const { workerKeysTable: TableName, dynamodb } = a.target;
      const key = await issue(a.target, { label: 'widened', domains: ['orders'], expiresAtMs: null }, Date.now());
      const worker = new Worker(a.stack.relayUrl, key);
      const Key = { keyId: { S: key.keyId } };
      const { Item: issued } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
      const setDomains = async (...domains: string[]): Promise<void> => {
        const ExpressionAttributeValues = { ':value': toValue(domains) };
        const ExpressionAttributeNames = { '#attribute': attribute };
        const UpdateExpression = 'SET #attribute = :value';
        const change = { UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues };
        await dynamodb.send(new UpdateItemCommand({ TableName, Key, ...change }));
        await a.stack.functionHost.replaceContainers(1);
      };
      expect(issued?.[attribute]).toEqual(toValue(['orders']));

      await setDomains('orders', 'billing');
      for (const domain of ['orders', 'billing']) {
        expect(await worker.heartbeat(domain, a.connection.task.taskToken)).toMatchObject({ status: 401 });
      }
      await setDomains('orders');
      expect(await worker.heartbeat('orders', a.connection.task.taskToken)).toMatchObject({ status: 200 });
    },
  );
});

describe('P2: what IAM allows', () => {
  const heartbeatAs = async (credentials: Credential, taskToken: string): Promise<void> => {
    const { awsUrl: endpoint, region } = a.stack;
    const swf = new SWFClient({ endpoint, region, credentials: { ...credentials } });
    try {
      await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    } finally {
      swf.destroy();
    }
  };

  const assume = async (credentials: Credential, domain: string, resource?: string): Promise<Credential> => {
    const { awsUrl: endpoint, region } = a.stack;
    const sts = new STSClient({ endpoint, region, credentials: { ...credentials } });
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'swf:RecordActivityTaskHeartbeat', Resource: resource }],
    };
    const { Credentials: session } = await sts
      .send(
        new AssumeRoleCommand({
          RoleArn: domainOf(domain).roleArn,
          RoleSessionName: 'test',
          ...(resource === undefined ? {} : { Policy: JSON.stringify(policy) }),
        }),
      )
      .finally(() => sts.destroy());
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken: sessionToken = '',
    } = session ?? {};
    return { accessKeyId, secretAccessKey, sessionToken };
  };

  const denied = { name: 'AccessDeniedException' };

  it.each([
    { given: 'no session policy', resource: undefined },
    { given: 'a session policy for its own domain', resource: 'arn:aws:swf:eu-west-1:123456789012:/domain/orders' },
    { given: 'a session policy for every domain', resource: '*' },
  ])("P2: a domain's role with $given reaches that domain, and no other", async ({ resource }) => {
    const session = await assume(a.stack.functionSession, 'orders', resource);
    await heartbeatAs(session, a.connection.task.taskToken);
    await expectDenial(() => expect(heartbeatAs(session, foreign.taskToken)).rejects.toMatchObject(denied));
  });

  it('P2: a session policy narrows what the role itself allows', async () => {
    const session = await assume(a.stack.functionSession, 'orders', domainOf('billing').arn);
    const inOrders = (): Promise<void> =>
      expect(heartbeatAs(session, a.connection.task.taskToken)).rejects.toMatchObject(denied);
    await expectDenial(inOrders, /:\/domain\/orders$/);
    await expectDenial(() => expect(heartbeatAs(session, foreign.taskToken)).rejects.toMatchObject(denied));
  });

  it("P2: the function's own session may not heartbeat at all", async () => {
    for (const { taskToken } of [foreign, a.connection.task]) {
      await expectDenial(
        () => expect(heartbeatAs(a.stack.functionSession, taskToken)).rejects.toMatchObject(denied),
        /:\/domain\/(orders|billing)$/,
      );
    }
  });

  it("P2: nobody but the function may assume a domain's role, not even who may do everything else", async () => {
    await expect(assume(a.stack.operator, 'orders')).rejects.toMatchObject({ name: 'AccessDenied' });
    const session = await assume(a.stack.functionSession, 'orders');
    await expect(assume(session, 'billing')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(session, 'orders')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
