import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { InternalError } from '../../lambda/http/errors.ts';
import { UnauthenticatedError } from '../../lambda/workers/errors.ts';
import { loadAssembly } from '../../local/assembly.ts';
import { resourcesOf } from '../../local/template/resources.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { readPage } from '../docs/recordings.ts';
import { logLinesOf } from './log-lines.ts';
import { theStack } from './synthesized.ts';

const stack = await theStack();
const { template, stackName, region } = await loadAssembly();
const { resources } = loadTemplate(template, { stackName, region, accountId: '123456789012' });

const WIDGET = z.looseObject({
  properties: z.looseObject({
    title: z.string(),
    alarms: z.array(z.string()).optional(),
    metrics: z.array(z.array(z.unknown())).optional(),
    annotations: z.looseObject({ horizontal: z.array(z.looseObject({ value: z.number() })) }).optional(),
  }),
});

const [dashboard] = resourcesOf(resources, 'AWS::CloudWatch::Dashboard').map((resource) =>
  z.looseObject({ DashboardName: z.string(), DashboardBody: z.string() }).parse(resource),
);
const widgets = z
  .object({ widgets: z.array(WIDGET) })
  .parse(JSON.parse(dashboard?.DashboardBody ?? ''))
  .widgets.map(({ properties }) => properties);

const widgetCalled = (title: string) => widgets.find((widget) => widget.title.startsWith(title));
/** What a widget plots, as it stands there. */
const textOf = (title: string): string =>
  (widgetCalled(title)?.metrics ?? [])
    .flat()
    .map((part) => (typeof part === 'string' ? part : Object.values(part ?? {}).join(' ')))
    .join('\n');

describe('the dashboard', () => {
  it('has a name that no other region’s has: they share them', () => {
    expect(dashboard?.DashboardName).toBe('HeartbeatRelay-dev-eu-west-1');
  });

  it('answers, from top to bottom, whether tasks are safe', () => {
    expect(widgets.map(({ title }) => title)).toEqual([
      'Alarms',
      'Heartbeats per second: received, sent on to SWF, whole account, SWF quota',
      'Activity tasks timed out on a late heartbeat, all SWF domains of the region',
      'Heartbeats not due yet, answered without a call to SWF, in percent',
      'SWF throttling (100: now, 0: not for a minute); refused/s: key or domain over its rate',
      'Answers other than plain success, per minute: refusals, failures, cancels',
      'Answers per minute with cancelRequested true (several for one task)',
      'Requests per 5 minutes with a valid worker key, by SWF domain',
      'The ten worker keys with the most requests in the period shown',
      'Requests answered with status 200, in percent of all requests',
      'Response time in milliseconds: API Gateway, and its Lambda function alone',
      'Lambda concurrency, throttles and errors, and API Gateway 5xx, per minute',
    ]);
  });

  it('has every widget that the runbook names', () => {
    const named = Array.from(
      readPage('docs/runbook.md').matchAll(/"(?<title>[A-Z]\w+ [^"]+)"/g),
      ({ groups }) => groups?.['title'],
    );
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((title) => widgetCalled(title ?? '') === undefined)).toEqual([]);
  });

  it('shows every alarm', () => {
    expect(widgetCalled('Alarms')?.alarms).toEqual(
      resourcesOf(resources, 'AWS::CloudWatch::Alarm').map(({ arn }) => arn),
    );
  });

  it('holds the heartbeats against what SWF gives an account', () => {
    expect(widgetCalled('Heartbeats')?.annotations?.horizontal).toMatchObject([{ value: 160 }]);
    expect(textOf('Heartbeats')).toContain('requests / PERIOD(requests)');
    expect(textOf('Heartbeats')).toContain('RecordActivityTaskHeartbeat');
    expect(textOf('Heartbeats')).toContain('ConsumedCapacity');
    expect(textOf('Heartbeats')).toContain('ThrottledEvents');
  });

  it.each([
    { title: 'Activity tasks timed out', metric: 'StartedActivityTasksTimedOutOnHeartbeat' },
    { title: 'Answers other than', metric: `{HeartbeatRelay,service} service="${stackName}"` },
    { title: 'Heartbeats', metric: 'Recorded' },
    { title: 'Heartbeats', metric: 'Forwarded' },
    { title: 'Heartbeats not due', metric: '100 * paced / (paced + forwarded)' },
    { title: 'SWF throttling', metric: 'Pressure' },
    { title: 'SWF throttling', metric: 'KeyThrottled' },
    { title: 'SWF throttling', metric: 'DomainThrottled' },
    { title: 'Answers per minute with', metric: 'CancelRequested' },
    { title: 'Answers per minute with', metric: 'CancelRequestedFromCache' },
    { title: 'Response time', metric: 'Latency' },
    { title: 'Lambda concurrency', metric: '5xx' },
  ])('shows $metric under "$title…"', ({ title, metric }) => {
    expect(textOf(title)).toContain(metric);
  });

  it('searches with no more than CloudWatch takes, 1,024 characters', () => {
    const searches = [...(dashboard?.DashboardBody ?? '').matchAll(/SEARCH\('(?<query>[^']*)'/g)];
    expect(searches).toHaveLength(4);
    expect(searches.filter(({ groups }) => (groups?.['query']?.length ?? 0) > 1024)).toEqual([]);
  });
});

describe('the saved queries', () => {
  const functionLog = { Ref: stack.idOf('AWS::Logs::LogGroup', 'RelayLogs') };
  const queries = stack.ofType('AWS::Logs::QueryDefinition').map(({ Properties }) => Properties);

  it('ask the function’s log what a key did, and who was refused', () => {
    expect(queries).toEqual([
      {
        Name: `${stackName}/what did this key do`,
        LogGroupNames: [functionLog],
        QueryString: [
          'fields @timestamp, code, reason, domain, taskId, sourceIp, fault, durationsMs.total, requestId',
          "| filter @message like 'HBRK'",
          '| sort @timestamp desc',
          '| limit 1000',
        ].join('\n'),
      },
      {
        Name: `${stackName}/where was this key used from`,
        LogGroupNames: [functionLog],
        QueryString: [
          'fields firstAt, lastAt, domain, `count`, countFromOthers, sourceIps.0, sourceIps.1, sourceIps.2, sourceIps.3, ' +
            'sourceIps.4, sourceIps.5, sourceIps.6, sourceIps.7, sourceIps.8, sourceIps.9',
          "| filter code = 'KeyUsed'",
          "| filter keyId = 'HBRK'",
          '| sort firstAt desc',
          '| limit 1000',
        ].join('\n'),
      },
      {
        Name: `${stackName}/which ten keys are busiest`,
        LogGroupNames: [functionLog],
        QueryString: [
          "filter code = 'KeyUsed'",
          '| stats sum(`count`) as requests, sum(paced) as notDue, sum(throttled) as overRate, latest(domain) as lastDomain, ' +
            'count_distinct(domain) as domains, latest(lastAt) as last by keyId',
          '| sort requests desc',
          '| limit 10',
        ].join('\n'),
      },
      {
        Name: `${stackName}/who was refused in the last hour`,
        LogGroupNames: [functionLog],
        QueryString: [
          'filter ispresent(error)',
          "| filter level = 'INFO'",
          '| stats count(*) as refusals, max(@timestamp) as last by keyId, claimedKeyId, code, reason, domain',
          '| sort refusals desc',
          '| limit 1000',
        ].join('\n'),
      },
    ]);
  });

  it('ask for what a line of a refusal has, and of no failure', () => {
    const [line = {}] = logLinesOf(stackName, {
      kind: 'refused',
      error: new UnauthenticatedError('bad-key'),
      faultName: 'UnauthenticatedError',
    });
    const asked = [
      'code',
      'domain',
      'taskId',
      'fault',
      'durationsMs',
      'requestId',
      'keyId',
      'error',
      'level',
      'reason',
    ];
    expect(Object.keys(line)).toEqual(expect.arrayContaining(asked));
    expect(line['durationsMs']).toHaveProperty('total');
    expect(line['level']).toBe('INFO');
    const [failure] = logLinesOf(stackName, { kind: 'failed', error: new InternalError('x'), faultName: 'TypeError' });
    expect(failure?.['level']).toBe('ERROR');
  });
});
