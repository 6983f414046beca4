import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SwfFault } from '../../../../local/aws/swf/faults.ts';
import { CALLER, ClockedSwf } from './moved-clock.ts';

let swf: ClockedSwf;
beforeEach(async () => {
  swf = new ClockedSwf();
  await swf.prepare();
});

const US = { ...CALLER, region: 'us-east-1' };
const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof SwfFault)) throw new Error('there was no fault', { cause: error });
  return `${error.type}: ${error.message}`;
};

describe('authorize', () => {
  const seen = async (operation: string, input: unknown): Promise<unknown[]> => {
    const domains: unknown[] = [];
    await swf.call(operation, input, { authorize: (domain) => void domains.push(domain) }).catch(() => undefined);
    return domains;
  };

  it.each([
    { operation: 'RegisterDomain', input: { name: 'x', workflowExecutionRetentionPeriodInDays: '1' }, domain: 'x' },
    { operation: 'DescribeDomain', input: { name: 'orders' }, domain: 'orders' },
    { operation: 'ListDomains', input: { registrationStatus: 'REGISTERED' }, domain: undefined },
    { operation: 'PollForActivityTask', input: { domain: 'none', taskList: { name: 'l' } }, domain: 'none' },
  ])('is called once for $operation, with the domain of the input', async ({ operation, input, domain }) => {
    expect(await seen(operation, input)).toEqual([domain]);
  });

  it('is called once for a heartbeat, with the domain of the token', async () => {
    expect(await seen('RecordActivityTaskHeartbeat', { taskToken: await swf.working() })).toEqual(['orders']);
  });

  it.each([
    { given: 'an unknown operation', operation: 'CountPendingActivityTasks', input: {} },
    { given: 'an invalid input', operation: 'DescribeDomain', input: { name: '' } },
    { given: 'an invalid token', operation: 'RecordActivityTaskHeartbeat', input: { taskToken: 'x' } },
  ])('is not called for $given', async ({ operation, input }) => {
    expect(await seen(operation, input)).toEqual([]);
  });

  it('decides before SWF answers or changes anything', async () => {
    const refuse = () => {
      throw new Error('denied');
    };
    const taskToken = await swf.working();
    const refused = { authorize: refuse };
    await expect(swf.call('RespondActivityTaskCompleted', { taskToken }, refused)).rejects.toThrow('denied');
    await expect(swf.call('DescribeDomain', { name: 'none' }, refused)).rejects.toThrow('denied');
    expect(await swf.heartbeat(taskToken)).toEqual({ cancelRequested: false });
  });
});

describe('accounts and regions', () => {
  it('are separate from each other', async () => {
    await swf.working();
    expect(await swf.call('ListDomains', { registrationStatus: 'REGISTERED' }, { caller: US })).toEqual({
      domainInfos: [],
    });
    expect(await refusalOf(swf.call('DescribeDomain', { name: 'orders' }, { caller: US }))).toContain('Unknown domain');
    const registration = { name: 'orders', workflowExecutionRetentionPeriodInDays: '1' };
    await swf.call('RegisterDomain', registration, { caller: US });
    const { domainInfo } = (await swf.call('DescribeDomain', { name: 'orders' }, { caller: US })) ?? {};
    expect(domainInfo).toMatchObject({ arn: 'arn:aws:swf:us-east-1:111111111111:/domain/orders' });
  });

  it.each([US, { ...CALLER, accountId: '222222222222' }])('refuse a token of another one: %o', async (caller) => {
    const taskToken = await swf.working();
    const call = swf.call('RecordActivityTaskHeartbeat', { taskToken }, { caller });
    expect(await refusalOf(call)).toBe('com.amazon.coral.validate#ValidationException: Invalid token');
  });
});

describe('refusals', () => {
  it.each(['CountPendingActivityTasks', 'toString', '', 'recordActivityTaskHeartbeat'])(
    'operation %j: UnknownOperationException',
    async (operation) => {
      expect(await refusalOf(swf.call(operation, {}))).toMatch(
        /^com\.amazon\.coral\.service#UnknownOperationException/,
      );
    },
  );

  it('LimitExceededFault for the 101st domain of an account', async () => {
    const register = (name: string) =>
      swf.call('RegisterDomain', { name, workflowExecutionRetentionPeriodInDays: 'NONE' });
    for (let index = 1; index < 100; index++) await register(`d${index}`);
    expect(await refusalOf(register('one more'))).toContain('LimitExceededFault');
  });

  it('its own text for a decision that the emulator does not implement', async () => {
    await swf.start();
    const task = await swf.poll('Decision');
    const decisions = [{ decisionType: 'StartTimer' }];
    const call = swf.call('RespondDecisionTaskCompleted', { taskToken: task?.['taskToken'], decisions });
    expect(await refusalOf(call)).toContain('does not perform the decision StartTimer');
  });

  it('OPEN_ACTIVITIES_LIMIT_EXCEEDED for more than 1,000 open activity tasks', async () => {
    const runId = await swf.start();
    const task = await swf.poll('Decision');
    const decisions = Array.from({ length: 1001 }, (_, index) => ({
      decisionType: 'ScheduleActivityTask',
      scheduleActivityTaskDecisionAttributes: {
        activityType: { name: 'print', version: '1' },
        activityId: `a${index}`,
        taskList: { name: 'list' },
        scheduleToStartTimeout: 'NONE',
        scheduleToCloseTimeout: 'NONE',
        startToCloseTimeout: 'NONE',
        heartbeatTimeout: 'NONE',
      },
    }));
    await swf.call('RespondDecisionTaskCompleted', { taskToken: task?.['taskToken'], decisions });
    const events = JSON.stringify(
      (
        await swf.call('GetWorkflowExecutionHistory', {
          domain: 'orders',
          execution: { workflowId: 'w', runId },
          reverseOrder: true,
          maximumPageSize: 2,
        })
      )?.['events'],
    );
    expect(events).toContain('OPEN_ACTIVITIES_LIMIT_EXCEEDED');
  });

  it('every request after SWF is closed', async () => {
    swf.swf.close();
    expect(await refusalOf(swf.call('DescribeDomain', { name: 'orders' }))).toContain('InternalFailure');
  });

  it('ValidationException for a page token of another listing', async () => {
    await swf.call('RegisterDomain', { name: 'p', workflowExecutionRetentionPeriodInDays: 'NONE' });
    const first = await swf.call('ListDomains', { registrationStatus: 'REGISTERED', maximumPageSize: 1 });
    const input = { registrationStatus: 'DEPRECATED', nextPageToken: first?.['nextPageToken'] };
    expect(await refusalOf(swf.call('ListDomains', input))).toContain('Invalid token');
  });

  it('every request after a failed write to the journal, because SWF answers only journaled requests', async () => {
    swf = new ClockedSwf({ journalLimitBytes: 1 });
    rmSync(dirname(swf.file), { recursive: true });
    await expect(swf.prepare()).rejects.toThrow('ENOENT');
    expect(await refusalOf(swf.call('DescribeDomain', { name: 'orders' }))).toContain('InternalFailure');
  });
});
