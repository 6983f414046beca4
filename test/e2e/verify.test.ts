import {
  DescribeActivityTypeCommand,
  DescribeWorkflowTypeCommand,
  ListClosedWorkflowExecutionsCommand,
  ListOpenWorkflowExecutionsCommand,
  type SWFClient,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readKeyPages } from '../../operator/key-pages.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import { STORY } from '../../cli/verify/story.ts';
import { masked, recordingOf } from '../docs/recordings.ts';
import { page, toOperatorPolicy } from '../docs/verify-page.ts';
import { parsePolicy } from '../../local/aws/iam/parse-policy.ts';
import { toKeyOperator } from '../../local/local-aws.ts';
import { AFolder } from './a-folder.ts';
import { AProcess, type Ended, runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { UNHURRIED } from '../unhurried.ts';
import { until } from './until.ts';
import { linesOf, startUnhurriedVerify, startVerify, toOperatorVariables, writeState } from './verify-command.ts';

/** Where nothing goes on but the one whole run, which the other tests do not wait for. */
let whole: AStack;
let wholeRun: AProcess;
/** Where all else happens. It speaks TLS. */
let a: AStack;
let folder: AFolder;
beforeAll(async () => {
  folder = new AFolder();
  [whole, a] = await Promise.all([
    startStack({ maxContainers: 4, containerEnvironment: UNHURRIED }),
    startStack({ tls: true, containerEnvironment: UNHURRIED }),
  ]);
  wholeRun = startUnhurriedVerify(writeLeastState(), '--yes');
});
afterAll(async () => {
  await Promise.all([whole.close(), a.close()]);
  folder[Symbol.dispose]();
});

const IS_OURS = /^relay-verify-/;

/** Somebody who may do what docs/verify.md says it takes, and nothing else, and a state folder that lets them in. */
function writeLeastState(): string {
  const { template, realm, accountId, region, credentials } = whole.stack;
  const policy = parsePolicy('identity', 'verify', toOperatorPolicy({ accountId, region, domain: 'orders' }));
  const caller = toKeyOperator(template, { ...realm, access: realm.access.with(policy) });
  const managedPolicyArns = [...(caller.managedPolicyArns ?? []), policy.name];
  const operator = credentials.issueUserKey({ ...caller, managedPolicyArns });
  const statePath = folder.state('least');
  writeState(statePath, { ...whole.connection, operator });
  return statePath;
}

/** Open workflow executions of the verification's own. */
async function leftIn(swf: SWFClient, domain: string) {
  const open = await swf.send(
    new ListOpenWorkflowExecutionsCommand({ domain, startTimeFilter: { oldestDate: new Date(0) } }),
  );
  const isOurs = (workflowId = ''): boolean => IS_OURS.test(workflowId);
  return open.executionInfos?.flatMap(({ execution }) => (isOurs(execution?.workflowId) ? execution : [])) ?? [];
}

/** Of the types that the verification used in a domain. */
async function typeStatusesIn(swf: SWFClient, domain: string): Promise<Set<string | undefined>> {
  const { executionInfos = [] } = await swf.send(
    new ListClosedWorkflowExecutionsCommand({ domain, startTimeFilter: { oldestDate: new Date(0) } }),
  );
  const types = executionInfos.flatMap(({ execution, workflowType }) =>
    IS_OURS.test(execution?.workflowId ?? '') && workflowType !== undefined ? [workflowType] : [],
  );
  const statuses = types.map(async (type) => {
    const workflow = await swf.send(new DescribeWorkflowTypeCommand({ domain, workflowType: type }));
    const activity = await swf.send(new DescribeActivityTypeCommand({ domain, activityType: type }));
    return [workflow.typeInfo?.status, activity.typeInfo?.status];
  });
  return new Set((await Promise.all(statuses)).flat());
}

/** Its keys, which of them are still good. */
async function keysOf({ target }: AStack) {
  const records: ManagedKey[] = [];
  for await (const { keys } of readKeyPages(target)) records.push(...keys.map(({ key }) => key));
  const own = records.filter(({ label }) => label === 'relay-verify');
  return { made: own.length, good: own.filter(({ status }) => status === 'active').length };
}

async function expectNothingLeft(on: AStack, domain = 'orders'): Promise<void> {
  const open = [domain, 'relay-verify'].map((name) => leftIn(on.swf, name));
  expect(await Promise.all(open)).toEqual([[], []]);
  expect(await typeStatusesIn(on.swf, domain)).toEqual(new Set(['DEPRECATED']));
  const { made, good } = await keysOf(on);
  expect(made).toBeGreaterThan(0);
  expect(good).toBe(0);
}

/** What differs from run to run besides. */
const alike = ({ stdout }: Ended): string =>
  masked(stdout)
    .replaceAll(whole.connection.relayUrl, 'http://127.0.0.1:8787')
    .replaceAll(/\(request \S+\)/g, '(request ID)')
    .replaceAll(/\b\d+ (?=s after|ms$)/gm, 'N ')
    .replaceAll(/-?\b\d+ (?=s off)/g, 'N ')
    .replace(/(?<=skipped in )\d+/, 'N');

/** The stack's own thresholds over 5 minutes: 3 denials of either kind, 10 callers that are not let in, no failure. */
function expectNoAlarm(logLines: readonly string[]): void {
  const count = (code: string): number => logLines.filter((line) => line.includes(`"message":"${code}"`)).length;
  expect(count('TaskNotInDomain')).toBeGreaterThan(0);
  expect(count('TaskNotInDomain')).toBeLessThan(3);
  expect(count('DomainNotGranted')).toBeLessThan(3);
  expect(count('Unauthenticated')).toBeLessThan(10);
  const failures = ['InternalError', 'RelayMisconfigured', 'SwfUnavailable', 'SwfThrottled'];
  expect(failures.map(count)).toEqual([0, 0, 0, 0]);
}

/** Ctrl-C while all of its tasks are there. */
async function interruptedRun(): Promise<Ended> {
  const verify = startVerify(a.statePath, '--yes');
  await until('the line of the canceled task', () => /^ok +canceled /m.test(verify.printed) || undefined);
  return verify.signal('SIGINT');
}

describe('npm run verify -- --local, on a relay that speaks TLS', () => {
  it('trusts its certificate, and leaves nothing behind when it is interrupted', async () => {
    const ended = await interruptedRun();
    expect(ended).toMatchObject({ exitCode: 130, stderr: '' });
    const lines = linesOf(ended);
    expect(lines.filter(({ kind }) => kind !== 'ok')).toEqual([]);
    expect(lines.find(({ name }) => name === 'tls')?.text).toBe('TLSv1.3, and the certificate is trusted');
    await expectNothingLeft(a);
  });
});

describe('npm run verify, as it begins', () => {
  it('asks, and makes nothing where the answer is no', async () => {
    const before = await keysOf(a);
    const command = `${process.execPath} cli/heartbeat-relay.mjs verify --local --state ${a.statePath}`;
    const inATerminal = `echo n | script -qec '${command}' /dev/null`;
    const { exitCode, stdout } = await new AProcess('sh', ['-c', inATerminal]).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/HeartbeatRelay-dev in account 123456789012, region eu-west-1: https:[^]*Start\? \[y\/N\]/);
    expect(linesOf({ stdout })).toEqual([]);
    expect(await keysOf(a)).toEqual(before);
  });

  it('finds a deployed stack by the AWS configuration of who runs it, and works there by it', async () => {
    const args = ['cli/heartbeat-relay.mjs', 'verify', '--stack', 'HeartbeatRelay-dev', '--domain', 'billing', '--yes'];
    const variables = { ...toOperatorVariables(a.connection), NODE_EXTRA_CA_CERTS: a.connection.caFile ?? '' };
    const verify = new AProcess(process.execPath, args, variables);
    await until('the line of the foreign token', () => /^ok +foreign token /m.test(verify.printed) || undefined);
    const { exitCode, stdout } = await verify.signal('SIGINT');
    expect(exitCode).toBe(130);
    expect(stdout).toContain('HeartbeatRelay-dev in account 123456789012, region eu-west-1: https');
    expect(linesOf({ stdout }).filter(({ kind }) => kind === 'fail')).toEqual([]);
    await expectNothingLeft(a, 'billing');
  });

  it.each([
    {
      given: 'no terminal, and no --yes',
      options: [],
      says: /^this is not a terminal, so nobody can be asked: add --yes/,
    },
    {
      given: 'a domain that is not declared',
      options: ['--domain', 'nope', '--yes'],
      says: /^HeartbeatRelay-dev does not declare nope; --domain takes one of: orders, billing$/m,
    },
    { given: 'two relays', options: ['--stack', 'HeartbeatRelay-dev', '--yes'], says: /^name one relay: --stack NAME/ },
  ])('refuses $given', async ({ options, says }) => {
    const { exitCode, stdout, stderr } = await startVerify(a.statePath, ...options).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
    expect(linesOf({ stdout })).toEqual([]);
  });

  it('has help, with examples', async () => {
    const { exitCode, stdout } = await runNode(['cli/heartbeat-relay.mjs', 'verify', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /--yes [^]*Exit codes: 0 no line says FAIL, 1[^]*Examples:\n {2}npm run verify -- --local\n/,
    );
  });
});

// After all that look at what is left there.
describe('npm run verify, where AWS does not let it take away what it made', () => {
  it('says what it had to leave behind', async () => {
    a.stack.faults.set(['swf.DeprecateActivityType=error', 'dynamodb.Query/KeyEvents=error']);
    const { exitCode, stderr } = await interruptedRun();
    a.stack.faults.set([]);
    expect(exitCode).toBe(130);
    const says = [
      /^left behind: the activity type relay-verify \w{8} in orders: \S.*$/m,
      /^left behind: the worker key HBRK\w{16}, which expires within the hour: \S.*$/m,
    ];
    for (const line of says) expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(says.length);
  });
});

describe('npm run verify -- --local', () => {
  it('sees everything as it should be, as its page shows it, under no more rights than it says; and leaves nothing behind', async () => {
    const [recorded] = recordingOf('verify', page);
    const ended = await wholeRun.ended;
    expect(linesOf(ended).filter(({ kind }) => kind === 'fail')).toEqual([]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(alike(ended)).toBe(alike({ ...ended, stdout: recorded?.output ?? '' }));
    const lines = linesOf(ended);
    expect(lines.map(({ name }) => name)).toEqual(STORY.map(({ name }) => name));
    expect(lines.filter(({ kind }) => kind === 'skip').map(({ name }) => name)).toEqual([
      'tls',
      'denial',
      'retry hints',
      'access log',
      'dashboard',
      'other address',
    ]);
    expect(ended.stdout).not.toMatch(/[\w-]{43}|AAAAKg/);
    await expectNothingLeft(whole);
    expectNoAlarm(whole.logLines);
  });
});
