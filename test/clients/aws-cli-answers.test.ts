import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { RespondActivityTaskCompletedCommand } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { issueKey } from '../../operator/issue.ts';
import { readPage, recordingOf } from '../docs/recordings.ts';
import { type Meddling, startProxy } from '../e2e/a-proxy.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { recordedHeartbeats } from '../e2e/swf-journal.ts';
import { runProgram } from './program.ts';
import { answered, failed, recordHeartbeat, refused, toWorkerEnvironment } from './worker-cli.ts';
import { findAwsCli } from './aws-cli.ts';

const found = await findAwsCli();
if (found === undefined) process.stderr.write('skipped: a worker with the AWS CLI, for there is no version 2\n');
const { program = '', minor = 0 } = found ?? {};

/** A call takes most of a second of a processor. */
vi.setConfig({ maxConcurrency: 3 });

const DOMAIN = 'orders';

/** Of version 2: the first that reads `AWS_ENDPOINT_URL_SWF`, as AWS's own people say (aws/aws-cli, pull request 3309). */
const READS_ENDPOINT_MINOR = 13;
/** Debian 12's. */
const TRIED_MINOR = 9;

type Environment = Readonly<Record<string, string | undefined>>;

describe.skipIf(found === undefined)('a worker with the AWS CLI', () => {
  let home: string;
  let steady: AStack;
  let throttled: AStack;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    [steady, throttled] = await Promise.all([startStack(), startStack({ faults: ['swf=throttle'] })]);
  });
  afterAll(async () => {
    await Promise.all([steady.close(), throttled.close()]);
    rmSync(home, { recursive: true, force: true });
  });

  const environmentOf = (stack: AStack, changes: Environment = {}): Environment => ({
    ...toWorkerEnvironment(stack.connection, home),
    ...changes,
  });
  const urlOf = ({ connection: { relayUrl } }: AStack): string => `${relayUrl}/domains/${DOMAIN}`;
  const heartbeat = async (
    stack: AStack,
    taskToken: string,
    more: readonly string[] = [],
    changes: Environment = {},
  ) => {
    const args = ['--endpoint-url', urlOf(stack), '--task-token', taskToken, ...more];
    return recordHeartbeat(program, { args, environment: environmentOf(stack, changes) });
  };
  const detailsOf = ({ runId }: HeldTask): (string | undefined)[] =>
    recordedHeartbeats(steady.statePath)
      .filter((recorded) => recorded.runId === runId)
      .map(({ details }) => details);

  describe.concurrent('at the relay', () => {
    it('hears of the cancellation', async () => {
      const task = await startTask(steady.swf, DOMAIN);
      await cancelTask(steady.swf, { ...task, domain: DOMAIN });
      expect(await heartbeat(steady, task.taskToken)).toEqual(answered(true));
    });

    it('is paced if something before the relay adds the header, which the CLI itself cannot', async () => {
      const task = await startTask(steady.swf, DOMAIN);
      const toHeaders: Meddling['toHeaders'] = (headers) => ({ ...headers, 'x-relay-heartbeat-timeout': '300' });
      const proxy = await startProxy(steady.connection.relayUrl, { toHeaders });
      try {
        const send = async (details: string) => {
          const url = ['--endpoint-url', `${proxy.url}/domains/${DOMAIN}`];
          const args = [...url, '--task-token', task.taskToken, '--details', details];
          return recordHeartbeat(program, { args, environment: environmentOf(steady) });
        };
        expect(await send('recorded')).toEqual(answered(false));
        expect(await send('not due')).toEqual(answered(false));
        expect(detailsOf(task)).toEqual(['recorded']);
      } finally {
        await proxy.close();
      }
    });

    it("is told that the task is closed, in SWF's own words", async () => {
      const { taskToken } = await startTask(steady.swf, DOMAIN);
      await steady.swf.send(new RespondActivityTaskCompletedCommand({ taskToken }));
      const text = 'Unknown activity, scheduledEventId = 5';
      expect(await heartbeat(steady, taskToken)).toEqual(refused('UnknownResourceFault', text));
    });

    it('is told that the task is of another domain', async () => {
      const { taskToken } = await startTask(steady.swf, 'billing');
      const text = 'This task does not belong to this domain.';
      expect(await heartbeat(steady, taskToken)).toEqual(refused('OperationNotPermittedFault', text));
    });

    it('tries three times while SWF throttles', async () => {
      const before = answersIn(throttled);
      const ended = await heartbeat(throttled, throttled.connection.task.taskToken);
      expect(ended).toEqual(refused('ThrottlingException', 'Rate exceeded', ' (reached max retries: 2)'));
      expect(answersIn(throttled).slice(before.length)).toEqual(['400', '400', '400']);
    });

    it('sends empty details as such, and none where none are given', async () => {
      const [empty, without] = [await startTask(steady.swf, DOMAIN), await startTask(steady.swf, DOMAIN)];
      const all = [heartbeat(steady, empty.taskToken, ['--details', '']), heartbeat(steady, without.taskToken)];
      expect(await Promise.all(all)).toEqual([answered(false), answered(false)]);
      expect([detailsOf(empty), detailsOf(without)]).toEqual([[''], [undefined]]);
    });

    it('may send a session token, which changes nothing and rests nowhere', async () => {
      const sessionToken = 'FwoGZXIvYXdzEBEaDP+/==';
      const { taskToken } = steady.connection.task;
      expect(await heartbeat(steady, taskToken, [], { AWS_SESSION_TOKEN: sessionToken })).toEqual(answered(false));
      expect(steady.logLines.join('\n')).not.toContain(sessionToken);
    });

    it('is refused with a secret that is not its own', async () => {
      const text = 'The security token included in the request is invalid.';
      const changes = { AWS_SECRET_ACCESS_KEY: throttled.connection.worker.secret };
      expect(await heartbeat(steady, steady.connection.task.taskToken, [], changes)).toEqual(
        refused('UnrecognizedClientException', text),
      );
    });

    it('names the domain in the path where its key has several', async () => {
      const { keyId, secret } = (await steady.issue('billing', DOMAIN)).key;
      const { relayUrl, task } = steady.connection;
      const changes = { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: secret };
      const root = ['--endpoint-url', relayUrl, '--task-token', task.taskToken];
      const text = 'This worker key grants several domains. Name one in the path, as in /domains/orders.';
      const environment = environmentOf(steady, changes);
      expect(await recordHeartbeat(program, { args: root, environment })).toEqual(
        refused('AccessDeniedException', text),
      );
      expect(await heartbeat(steady, task.taskToken, [], changes)).toEqual(answered(false));
    });

    it('cannot use an operation that the relay does not offer', async () => {
      const args = ['swf', 'respond-decision-task-completed', '--endpoint-url', urlOf(steady), '--task-token', 'x'];
      const operation = 'when calling the RespondDecisionTaskCompleted operation';
      const text = 'The relay does not offer this operation of SWF.';
      expect(await runProgram(program, args, environmentOf(steady))).toEqual({
        exitCode: 254,
        stdout: '',
        stderr: `\nAn error occurred (UnknownOperationException) ${operation}: ${text}\n`,
      });
    });

    it.each([
      {
        command: 'respond-activity-task-completed',
        operation: 'RespondActivityTaskCompleted',
        more: ['--result', 'ok'],
      },
      { command: 'respond-activity-task-failed', operation: 'RespondActivityTaskFailed', more: ['--reason', 'jam'] },
      { command: 'respond-activity-task-canceled', operation: 'RespondActivityTaskCanceled', more: ['--details', 'x'] },
    ])('ends its task by $command, and again, if its key may', async ({ command, operation, more }) => {
      const { taskToken } = await startTask(steady.swf, DOMAIN);
      const args = ['swf', command, '--endpoint-url', urlOf(steady), '--task-token', taskToken, ...more];
      const denied = `when calling the ${operation} operation: This worker key may not do this in this domain.`;
      expect(await runProgram(program, args, environmentOf(steady))).toEqual({
        exitCode: 254,
        stdout: '',
        stderr: `\nAn error occurred (AccessDeniedException) ${denied}\n`,
      });
      const request = { label: 'test', domains: [DOMAIN], operations: OPERATIONS, expiresAtMs: null };
      const { keyId, secret } = await issueKey(steady.target, request, Date.now());
      const changes = { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: secret };
      for (let time = 0; time < 2; time += 1) {
        const ended = await runProgram(program, args, environmentOf(steady, changes));
        expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      }
      expect(await heartbeat(steady, taskToken)).toEqual(failed(254, 'An error occurred (UnknownResourceFault)'));
    });
  });

  describe.concurrent('without the relay', () => {
    it('ends with 253 where it has no key, or no region', async () => {
      const { taskToken } = steady.connection.task;
      const keyless = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
      expect(await heartbeat(steady, taskToken, [], keyless)).toEqual(failed(253, 'Unable to locate credentials'));
      const placeless = { AWS_REGION: undefined };
      expect(await heartbeat(steady, taskToken, [], placeless)).toEqual(failed(253, 'You must specify a region'));
    });

    it('ends with 255 where nobody listens', async () => {
      const args = ['--endpoint-url', `http://127.0.0.1:${await findFreePort()}`, '--task-token', 'x'];
      const environment = environmentOf(steady, { AWS_MAX_ATTEMPTS: '1' });
      expect(await recordHeartbeat(program, { args, environment })).toEqual(
        failed(255, 'Could not connect to the endpoint URL'),
      );
    });

    /** Whoever is on the way to AWS goes by a proxy, and here is none: nothing leaves this machine. */
    const withoutWayOut = async (): Promise<Environment> => ({
      HTTPS_PROXY: `http://127.0.0.1:${await findFreePort()}`,
      AWS_MAX_ATTEMPTS: '1',
    });
    const ON_THE_WAY_TO_AWS = failed(255, 'Failed to connect to proxy URL');

    it('reads AWS_ENDPOINT_URL_SWF from version 2.13 on, and goes to AWS itself before', async () => {
      const environment = environmentOf(steady, { ...(await withoutWayOut()), AWS_ENDPOINT_URL_SWF: urlOf(steady) });
      const args = ['--task-token', steady.connection.task.taskToken];
      const ended = await recordHeartbeat(program, { args, environment });
      expect(ended).toEqual(minor < READS_ENDPOINT_MINOR ? ON_THE_WAY_TO_AWS : answered(false));
    });

    it('goes to AWS itself in version 2.9 where the endpoint has a query string', async ({ skip }) => {
      skip(minor !== TRIED_MINOR, 'what other versions do is not known');
      const args = ['--endpoint-url', `${urlOf(steady)}?stage=prod`, '--task-token', 'x'];
      const ended = await recordHeartbeat(program, { args, environment: environmentOf(steady, await withoutWayOut()) });
      expect(ended).toEqual(ON_THE_WAY_TO_AWS);
    });
  });

  it('does what docs/aws-clients.md records', async () => {
    const [recorded] = recordingOf('aws-cli', readPage('docs/aws-clients.md'));
    const { PATH: path = '', ...environment } = environmentOf(steady, {
      RELAY: urlOf(steady),
      TASK_TOKEN: steady.connection.task.taskToken,
    });
    const PATH = program.includes('/') ? `${dirname(program)}:${path}` : path;
    const ended = await runProgram('sh', ['-c', recorded?.command ?? ''], { ...environment, PATH });
    expect(ended).toEqual({ exitCode: 0, stdout: `${recorded?.output}\n`, stderr: '' });
  });
});

/** The statuses of the gateway's access log. */
function answersIn({ logLines }: AStack): string[] {
  return logLines.flatMap((line) => /"status":"(?<status>\d+)"/.exec(line)?.groups?.['status'] ?? []);
}

/** One that was free a moment ago. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
