import { randomUUID } from 'node:crypto';
import {
  DeprecateActivityTypeCommand,
  DeprecateDomainCommand,
  DeprecateWorkflowTypeCommand,
  DescribeActivityTypeCommand,
  DescribeDomainCommand,
  DescribeWorkflowTypeCommand,
  ListDomainsCommand,
  RegisterActivityTypeCommand,
  RegisterDomainCommand,
  RegisterWorkflowTypeCommand,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ACTIVITY, Contract, schedule, WORKFLOW } from './workflow.ts';

let swf: Contract;
beforeAll(async () => {
  swf = await Contract.open();
});
afterAll(() => swf.close());

const register = (name: string) => new RegisterDomainCommand({ name, workflowExecutionRetentionPeriodInDays: '3' });

describe.concurrent('domains', () => {
  it('RegisterDomain of a known name is refused with DomainAlreadyExistsFault [api RegisterDomain; assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    await expect(swf.client.send(register(swf.domain))).rejects.toThrow(
      expect.objectContaining({ name: 'DomainAlreadyExistsFault', message: swf.domain }),
    );
  });

  it('DescribeDomain returns status, ARN and retention period [api DescribeDomain]', async ({ expect }) => {
    const detail = await swf.client.send(new DescribeDomainCommand({ name: swf.domain }));
    expect(detail).toMatchObject({
      domainInfo: { name: swf.domain, status: 'REGISTERED' },
      configuration: { workflowExecutionRetentionPeriodInDays: '1' },
    });
    expect(detail.domainInfo?.arn).toMatch(new RegExp(`^arn:aws[a-z-]*:swf:[a-z0-9-]+:\\d{12}:/domain/${swf.domain}$`));
  });

  it('DescribeDomain of an unknown name is refused with UnknownResourceFault "Unknown domain: …" [api DescribeDomain; assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    const name = `no-${randomUUID()}`;
    await expect(swf.client.send(new DescribeDomainCommand({ name }))).rejects.toThrow(
      expect.objectContaining({ name: 'UnknownResourceFault', message: `Unknown domain: ${name}` }),
    );
  });

  it('a deprecated domain is listed as such, takes no new types, and is not deprecated twice [api DeprecateDomain; api RegisterActivityType]', async ({
    expect,
  }) => {
    const name = `deprecated-${randomUUID()}`;
    await swf.client.send(register(name));
    await swf.client.send(new DeprecateDomainCommand({ name }));
    const list = new ListDomainsCommand({ registrationStatus: 'DEPRECATED' });
    // The listing is eventually consistent (API Reference).
    await expect.poll(async () => (await swf.client.send(list)).domainInfos?.map((info) => info.name)).toContain(name);
    const again = [
      swf.client.send(new DeprecateDomainCommand({ name })),
      swf.client.send(new RegisterActivityTypeCommand({ domain: name, ...ACTIVITY })),
    ];
    for (const refused of await Promise.allSettled(again)) {
      expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'DomainDeprecatedFault' } });
    }
  });

  it('ListDomains returns pages in alphabetical order of names [model ListDomainsInput.reverseOrder]', async ({
    expect,
  }) => {
    await swf.client.send(register(`page-${randomUUID()}`));
    const names: string[] = [];
    let nextPageToken: string | undefined;
    do {
      const command = new ListDomainsCommand({ registrationStatus: 'REGISTERED', maximumPageSize: 1, nextPageToken });
      const answer = await swf.client.send(command);
      expect(answer.domainInfos?.length).toBeLessThanOrEqual(1);
      names.push(...(answer.domainInfos ?? []).map(({ name = '' }) => name));
      nextPageToken = answer.nextPageToken;
    } while (nextPageToken !== undefined);
    expect(names).toContain(swf.domain);
    expect(names.length).toBeGreaterThan(1);
    expect(names).toEqual(names.toSorted());
  });
});

describe.concurrent('types', () => {
  it('RegisterActivityType of a known name and version is refused with TypeAlreadyExistsFault [api RegisterActivityType; assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    const again = new RegisterActivityTypeCommand({ domain: swf.domain, ...ACTIVITY });
    await expect(swf.client.send(again)).rejects.toThrow(
      expect.objectContaining({ name: 'TypeAlreadyExistsFault', message: 'ActivityType=[name=print, version=1]' }),
    );
  });

  it('RegisterWorkflowType of a known name and version is refused with TypeAlreadyExistsFault [api RegisterWorkflowType; assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    const again = new RegisterWorkflowTypeCommand({ domain: swf.domain, ...WORKFLOW });
    await expect(swf.client.send(again)).rejects.toThrow(
      expect.objectContaining({ name: 'TypeAlreadyExistsFault', message: 'WorkflowType=[name=order, version=1]' }),
    );
  });

  it('DescribeActivityType returns the registered defaults, the heartbeat timeout among them [api DescribeActivityType]', async ({
    expect,
  }) => {
    const { domain } = swf;
    const detail = await swf.client.send(new DescribeActivityTypeCommand({ domain, activityType: ACTIVITY }));
    expect(detail.typeInfo?.creationDate).toBeInstanceOf(Date);
    expect(detail).toMatchObject({
      typeInfo: { activityType: ACTIVITY, status: 'REGISTERED' },
      configuration: { defaultTaskHeartbeatTimeout: 'NONE', defaultTaskStartToCloseTimeout: '600' },
    });
  });

  it('DescribeWorkflowType returns the registered defaults [api DescribeWorkflowType]', async ({ expect }) => {
    const { domain } = swf;
    const detail = await swf.client.send(new DescribeWorkflowTypeCommand({ domain, workflowType: WORKFLOW }));
    expect(detail.configuration).toEqual({
      defaultTaskStartToCloseTimeout: '60',
      defaultExecutionStartToCloseTimeout: '600',
      defaultChildPolicy: 'TERMINATE',
    });
  });

  it('an unknown type is refused with "Unknown type: ActivityType=[name=…, version=…]" [api DescribeActivityType; assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    const activityType = { name: 'none', version: '9' };
    const command = new DescribeActivityTypeCommand({ domain: swf.domain, activityType });
    await expect(swf.client.send(command)).rejects.toThrow(
      expect.objectContaining({
        name: 'UnknownResourceFault',
        message: 'Unknown type: ActivityType=[name=none, version=9]',
      }),
    );
  });

  it('a deprecated activity type is not scheduled, and not deprecated twice [api DeprecateActivityType; model ScheduleActivityTaskFailedCause.ACTIVITY_TYPE_DEPRECATED]', async ({
    expect,
  }) => {
    const activityType = { name: `old-${randomUUID()}`, version: '1' };
    const deprecate = new DeprecateActivityTypeCommand({ domain: swf.domain, activityType });
    await swf.client.send(new RegisterActivityTypeCommand({ domain: swf.domain, ...activityType }));
    await swf.client.send(deprecate);
    await expect(swf.client.send(deprecate)).rejects.toThrow(expect.objectContaining({ name: 'TypeDeprecatedFault' }));
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a', { activityType }));
    const failed = await swf.event(run, 'ScheduleActivityTaskFailed');
    expect(failed.scheduleActivityTaskFailedEventAttributes?.cause).toBe('ACTIVITY_TYPE_DEPRECATED');
  });

  it('a deprecated workflow type is not started: TypeDeprecatedFault [api DeprecateWorkflowType; api StartWorkflowExecution]', async ({
    expect,
  }) => {
    const workflowType = { name: `old-${randomUUID()}`, version: '1' };
    await swf.client.send(new RegisterWorkflowTypeCommand({ domain: swf.domain, ...workflowType }));
    await swf.client.send(new DeprecateWorkflowTypeCommand({ domain: swf.domain, workflowType }));
    await expect(swf.start({ workflowType })).rejects.toThrow(expect.objectContaining({ name: 'TypeDeprecatedFault' }));
  });
});
