import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { deriveSecret } from '../../lambda/aws/kms.ts';
import { findWorkerKey } from '../../lambda/aws/worker-keys-table.ts';
import { domainRoleName, functionRoleName } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { partsOf, withoutPart } from '../../local/aws/iam/parts.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import type { Access } from '../../local/aws/access.ts';
import { startTask } from '../../local/tasks.ts';
import { type SharedStack, issueTo, openSharedStack, openFunctionUnderTest } from './function-under-test.ts';
import { openSdkWorker } from './sdk-worker.ts';
import { toRow } from './matrix-cells.ts';
import { DOMAIN, readStored } from './matrix-stored.ts';
import { forwardTo, openFakeAws, saysFault } from './matrix-fake-aws.ts';
import { FOREIGN, MISCONFIGURED, SWF_SAYS } from './matrix-swf-says.ts';

let shared: SharedStack;
let key: IssuedKey;

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueTo(shared, DOMAIN);
});
afterAll(async () => shared.close());

/** The stack's policies without whatever one of them says of an action. */
function without(access: Access, policy: Policy | undefined, action: string): Access {
  if (policy === undefined) throw new Error(`no policy that speaks of ${action}`);
  const parts = partsOf(policy).filter((part) => part.kind === 'action' && part.action === action);
  return access.with(parts.reduce(withoutPart, policy));
}

/** The row of one heartbeat in a cold container under other policies, and what AWS's SDK makes of it in another. */
async function heartbeatUnder(access: Access): Promise<Told> {
  const { taskToken, taskId } = await startTask(shared.swf, DOMAIN);
  const { startContainer } = openFunctionUnderTest(shared, access);
  const row = toRow(await startContainer().heartbeat(key, DOMAIN, taskToken));
  const { said } = await openSdkWorker(startContainer(), key, ONCE).heartbeat(taskToken);
  return { row, said, stored: await readStored(shared, taskId) };
}

interface Told {
  readonly row: string;
  readonly said: string;
  readonly stored: string;
}

const MISCONFIGURED_TOLD: Told = { row: MISCONFIGURED, said: 'ThrottlingException', stored: 'nothing' };

/** How the SDK goes on from "try later" is for the other matrix to show. */
const ONCE = { maxAttempts: 1 };

describe('a permission that our set-up lacks is our fault, and never the worker’s', () => {
  const policies = () => {
    const { realm, template } = shared.stack;
    const { access } = realm;
    const { stackName, region, accountId } = template.place;
    const role = domainRoleName(stackName, region, DOMAIN);
    return {
      access,
      ofDomain: access.policies.get(`${role}/Heartbeat`),
      trust: access.trustOf(`arn:aws:iam::${accountId}:role/${role}`),
      ofFunction: access.policies.get(`${functionRoleName(stackName, region)}/Relay`),
      ofKey: access.keyPolicyOf(shared.target.macKeyArn),
    };
  };

  it('SWF denies naming this very domain: 503', async () => {
    const { access, ofDomain } = policies();
    const denied = without(access, ofDomain, 'swf:RecordActivityTaskHeartbeat');
    expect(await heartbeatUnder(denied)).toEqual(MISCONFIGURED_TOLD);
  });

  it('STS denies because the domain’s role does not trust the function: 503', async () => {
    const { access, trust } = policies();
    const denied = without(access, trust, 'sts:AssumeRole');
    expect(await heartbeatUnder(denied)).toEqual(MISCONFIGURED_TOLD);
  });

  it('STS denies because the function may not assume the role: 503', async () => {
    const { access, ofFunction } = policies();
    const denied = without(access, ofFunction, 'sts:AssumeRole');
    expect(await heartbeatUnder(denied)).toEqual(MISCONFIGURED_TOLD);
  });

  it('KMS denies: 503', async () => {
    const { access, ofFunction, ofKey } = policies();
    const denied = without(without(access, ofFunction, 'kms:GenerateMac'), ofKey, 'kms:GenerateMac');
    expect(await heartbeatUnder(denied)).toEqual(MISCONFIGURED_TOLD);
  });

  it('the tables deny: 503 where a key can’t be read, but the cache fails open', async () => {
    const { access, ofFunction } = policies();
    const unreadable = without(access, ofFunction, 'dynamodb:BatchGetItem');
    expect(await heartbeatUnder(unreadable)).toEqual(MISCONFIGURED_TOLD);
    const unwritable = without(access, ofFunction, 'dynamodb:UpdateItem');
    expect(await heartbeatUnder(unwritable)).toEqual({ row: '200 recorded', said: 'false', stored: 'nothing' });
  });
});

it('SWF denies naming another domain: 403, and nothing is stored', async () => {
  const { taskToken, taskId } = await startTask(shared.swf, 'billing');
  const container = openFunctionUnderTest(shared).startContainer();
  expect(toRow(await container.heartbeat(key, DOMAIN, taskToken))).toBe(FOREIGN);
  expect(await openSdkWorker(container, key).heartbeat(taskToken)).toMatchObject({
    said: 'OperationNotPermittedFault',
  });
  expect(await readStored(shared, taskId)).toBe('nothing');
});

/** The right column of the table of failures. */
function thrownFor(row: string): string {
  if (row.startsWith('400 ')) return 'ValidationException';
  if (row === FOREIGN) return 'OperationNotPermittedFault';
  return row === '410 TaskNotOpen' ? 'UnknownResourceFault' : 'ThrottlingException';
}

describe('what SWF says decides the row, how often it is asked, and that nothing is stored', () => {
  it.each(SWF_SAYS)('%s', async (_name, said, row, calls) => {
    await using swf = await openFakeAws(said);
    const { taskToken, taskId } = await startTask(shared.swf, DOMAIN);
    const container = openFunctionUnderTest(shared).startContainer(forwardTo(swf));
    expect(toRow(await container.heartbeat(key, DOMAIN, taskToken))).toBe(row);
    expect(swf.calls()).toBe(calls);
    const { said: thrown } = await openSdkWorker(container, key, ONCE).heartbeat(taskToken);
    expect(thrown).toBe(thrownFor(row));
    // What SWF called closed is answered from memory.
    expect(swf.calls()).toBe(row === '410 TaskNotOpen' ? calls : 2 * calls);
    expect(await readStored(shared, taskId)).toBe('nothing');
  });
});

describe('a KMS key that can’t be used', () => {
  it.each([
    ['DisabledException', MISCONFIGURED],
    ['NotFoundException', MISCONFIGURED],
    ['KMSInvalidStateException', MISCONFIGURED],
    ['UnrecognizedClientException', MISCONFIGURED],
    ['KMSInternalException', '503 AuthenticationUnavailable'],
    ['DependencyTimeoutException', '503 AuthenticationUnavailable'],
  ])('%s: %s', async (fault, row) => {
    await using fake = await openFakeAws(saysFault(fault, 'x'));
    const { dynamodb, macKeyArn } = shared.target;
    const tables = parseEnvironment({ ...shared.stack.functionEnvironment, AWS_REGION: shared.stack.region });
    const kms = new KMSClient(fake.aws);
    const verifyProof = createVerifyProof({
      findKey: async (keyId, signal) => findWorkerKey(dynamodb, tables, keyId, signal),
      deriveSecret: async (record, signal) => deriveSecret(kms, macKeyArn, record, signal),
      clock: Date.now,
    });
    const { taskToken } = await startTask(shared.swf, DOMAIN);
    const container = openFunctionUnderTest(shared).startContainer({ verifyProof });
    expect(toRow(await container.heartbeat(key, DOMAIN, taskToken))).toBe(row);
    const { said } = await openSdkWorker(container, key, ONCE).heartbeat(taskToken);
    expect(said).toBe('ThrottlingException');
  });
});
