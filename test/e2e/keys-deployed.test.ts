import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { runProgram } from '../cli/fake-terminal.ts';
import { runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { ISSUED } from './keys-command.ts';
import { toOperatorVariables } from './verify-command.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const STACK = 'HeartbeatRelay-dev';

// As on a deployed one, it is found by the operator's own configuration, which here is of this machine.
beforeEach(() => {
  for (const [name, value] of Object.entries(toOperatorVariables(a.connection))) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const keys = async (...args: string[]) => runProgram(['keys', ...args]);

const ISSUE = ['issue', '--stack', STACK, '--domain', 'orders', '--label', 'press-7', '--output', 'json'];

describe('a deployed stack', () => {
  it('has its account and region named by each command that changes something, on standard error', async () => {
    const place = `${STACK} in account 123456789012, region eu-west-1\n`;
    // Once as a process.
    const issued = await runNode(['cli/heartbeat-relay.mjs', 'keys', ...ISSUE]);
    expect(issued).toMatchObject({ exitCode: 0, stderr: place });
    const { keyId } = ISSUED.parse(JSON.parse(issued.stdout));
    const rotated = await keys('rotate', keyId, '--overlap', '1h', '--stack', STACK);
    expect(rotated.exitCode).toBe(0);
    expect(rotated.stderr).toMatch(new RegExp(`^${place}${keyId} is valid until \\S+Z\n$`));
    expect(await keys('revoke', keyId, '--stack', STACK)).toMatchObject({ exitCode: 0, stderr: place });
    expect(await keys('show', keyId, '--stack', STACK)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await keys('list', '--stack', STACK)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('is named before anything is changed, and AWS is quoted where it refuses', async () => {
    a.stack.faults.set(['kms=error']);
    const { exitCode, stdout, stderr } = await keys(...ISSUE);
    a.stack.faults.set([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^HeartbeatRelay-dev in account .*\nno key was issued, because KMS derives no secret: [^\n]+\n$/,
    );
  });

  it('that is not there is not found in this region and account', async () => {
    const { exitCode, stdout, stderr } = await keys('list', '--stack', 'HeartbeatRelay-prod');
    const says = 'Stack with id HeartbeatRelay-prod does not exist: check AWS_REGION and the account\n';
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: says });
  });

  it('whose key does not tell how long it was issued for is rotated with an end of its own', async () => {
    const { keyId } = await issueVersion1(
      a.target,
      { label: 'press-7', domains: ['orders'], expiresAtMs: null },
      Date.now(),
    );
    await a.target.dynamodb.send(
      new UpdateItemCommand({
        TableName: a.target.workerKeysTable,
        Key: { keyId: { S: keyId } },
        UpdateExpression: 'SET createdAt = :never, expiresAt = :end',
        ExpressionAttributeValues: { ':never': { S: 'long ago' }, ':end': { S: '2099-01-01T00:00:00.000Z' } },
      }),
    );
    const rotate = async (...end: string[]) =>
      keys('rotate', keyId, '--overlap', '1h', '--domain', 'orders', '--stack', STACK, ...end);
    const refused = await rotate();
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(
      'the record does not say how long the old key was issued for: add --expires-in 90d\n',
    );
    expect(await rotate('--expires-in', '90d')).toMatchObject({ exitCode: 0 });
  });
});
