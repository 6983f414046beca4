import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { RelayError } from '../../lambda/http/errors.ts';
import { ERROR_CLASSES as errors } from '../lambda/error-classes.ts';
import type { Outcome } from '../../lambda/http/outcome.ts';
import { type SideEvent, Trace } from '../../lambda/http/trace.ts';
import { createReport } from '../../lambda/log/metrics.ts';
import { type AccessFacts, compileAccessLog } from '../../local/gateway/access-log.ts';
import { ALARM, type Alarm, type Datum, evaluate } from '../cloudwatch/alarm.ts';
import { toData } from '../cloudwatch/embedded-metrics.ts';
import { compileMetricFilter } from '../cloudwatch/metric-filter.ts';
import { aKeyId } from '../lambda/workers/worker-key-records.ts';
import { linesWrittenBy, logLinesOf } from './log-lines.ts';
import { theStack } from './synthesized.ts';

const stack = await theStack();
const STACK = 'HeartbeatRelay-dev';

const alarms = stack.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => ALARM.parse(Properties));

function alarmCalled(name: string): Alarm {
  const found = alarms.find(({ AlarmName }) => AlarmName === `${STACK}-${name}`);
  if (found === undefined) throw new Error(`no alarm ${name}`);
  return found;
}

describe('the alarms', () => {
  it('look at these metrics, and fire when so many of so many periods of so many seconds sum up to so much', () => {
    const rows = alarms.map(
      ({ AlarmName, Namespace, MetricName, Statistic, Threshold, Period, DatapointsToAlarm, EvaluationPeriods }) =>
        `${AlarmName.replace(`${STACK}-`, '')}: ${Namespace} ${MetricName} ${Statistic} >= ${Threshold}, ${DatapointsToAlarm} of ${EvaluationPeriods} x ${Period}`,
    );
    expect(rows).toEqual([
      'SwfThrottled: HeartbeatRelay SwfThrottled Sum >= 1, 3 of 5 x 60',
      'SwfUnavailable: HeartbeatRelay SwfUnavailable Sum >= 1, 3 of 5 x 60',
      'SwfResourceUnknown: HeartbeatRelay SwfResourceUnknown Sum >= 3, 3 of 3 x 300',
      'KeyThrottled: HeartbeatRelay KeyThrottled Sum >= 10, 3 of 5 x 60',
      'DomainThrottled: HeartbeatRelay DomainThrottled Sum >= 10, 3 of 5 x 60',
      'PressureHigh: HeartbeatRelay/FairShare Pressure Average >= 50, 3 of 3 x 300',
      'TaskNotInDomain: HeartbeatRelay TaskNotInDomain Sum >= 3, 1 of 1 x 300',
      'DomainNotGranted: HeartbeatRelay DomainNotGranted Sum >= 3, 1 of 1 x 300',
      'Unauthenticated: HeartbeatRelay Unauthenticated Sum >= 10, 2 of 2 x 300',
      'KeyExpiresSoon: HeartbeatRelay KeyExpiresSoon Sum >= 1, 1 of 1 x 86400',
      'RelayMisconfigured: HeartbeatRelay RelayMisconfigured Sum >= 1, 1 of 1 x 60',
      'InternalError: HeartbeatRelay InternalError Sum >= 1, 1 of 1 x 60',
      'AuthenticationUnavailable: HeartbeatRelay AuthenticationUnavailable Sum >= 1, 2 of 5 x 60',
      'StaleKeyUsed: HeartbeatRelay StaleKeyUsed Sum >= 1, 2 of 5 x 60',
      'CacheUnavailable: HeartbeatRelay CacheUnavailable Sum >= 1, 3 of 5 x 60',
      'CacheWriteFailed: HeartbeatRelay CacheWriteFailed Sum >= 1, 3 of 5 x 60',
      'GatewayThrottled: HeartbeatRelay GatewayThrottled Sum >= 1, 2 of 5 x 60',
      'FunctionErrors: AWS/Lambda Errors Sum >= 1, 2 of 5 x 60',
      'FunctionThrottles: AWS/Lambda Throttles Sum >= 1, 2 of 5 x 60',
      'ConcurrencyHigh: AWS/Lambda ConcurrentExecutions Maximum >= 800, 3 of 5 x 60',
      'RequestRateHigh: AWS/ApiGateway Count Sum >= 96000, 2 of 2 x 300',
      'ClientErrorRateHigh: AWS/ApiGateway 4xx Sum >= 15000, 2 of 2 x 300',
    ]);
  });

  it.each(alarms)('$AlarmName says what has happened, what no data means, and where to read on', (alarm) => {
    const name = alarm.AlarmName.replace(`${STACK}-`, '');
    const readOn = `What to do: docs/runbook.md, section ${name}.`;
    expect(alarm.AlarmDescription).toMatch(/^[A-Z8][ -~]{20,}\. No data means that [ -~]+\. What to do: /);
    expect(alarm.AlarmDescription.endsWith(readOn)).toBe(true);
  });

  it.each(alarms.filter(({ Namespace }) => Namespace.startsWith('HeartbeatRelay')))(
    '$AlarmName looks at this stack’s metrics alone',
    ({ Dimensions }) => {
      expect(Dimensions).toEqual([{ Name: 'service', Value: STACK }]);
    },
  );

  it.each(['FunctionErrors', 'FunctionThrottles'])('%s looks at this function alone', (name) => {
    const Value = { Ref: stack.idOf('AWS::Lambda::Function', '') };
    expect(alarmCalled(name).Dimensions).toEqual([{ Name: 'FunctionName', Value }]);
  });
});

describe('a flood', () => {
  const Value = { Ref: stack.idOf('AWS::ApiGatewayV2::Api', '') };
  const MINUTE_MS = 60_000;

  /** Requests at an even rate, for 10 minutes. */
  const stateAfter = (name: string, metricName: 'Count' | '4xx', perSecond: number, extraInFirstMinute = 0): string => {
    const data = Array.from({ length: 10 }, (_none, minute): Datum => ({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensions: { ApiId: Value },
      value: 60 * perSecond + (minute === 0 ? extraInFirstMinute : 0),
      atMs: minute * MINUTE_MS,
    }));
    return evaluate(alarmCalled(name), data, 10 * MINUTE_MS);
  };

  it('of 900 requests a second to /health fires RequestRateHigh', () => {
    expect(stateAfter('RequestRateHigh', 'Count', 900)).toBe('ALARM');
  });

  it('of 900 malformed bodies a second fires ClientErrorRateHigh', () => {
    expect(stateAfter('ClientErrorRateHigh', '4xx', 900)).toBe('ALARM');
  });

  it('of one key at 300 a second, of which its rate lets 40 through, fires ClientErrorRateHigh as well as KeyThrottled', () => {
    expect(stateAfter('ClientErrorRateHigh', '4xx', 260)).toBe('ALARM');
    expect(stateAfter('RequestRateHigh', 'Count', 300)).toBe('OK');
  });

  it('is not a busy honest fleet, which sends all that SWF takes: 160 a second, and 2,000 at once', () => {
    expect(stateAfter('RequestRateHigh', 'Count', 160, 2_000)).toBe('OK');
  });

  it('is not an honest fleet of 1,000 workers that are all refused every 30 s', () => {
    expect(stateAfter('ClientErrorRateHigh', '4xx', 1_000 / 30)).toBe('OK');
  });
});

const refused = (error: RelayError): Outcome => ({ kind: 'refused', error, faultName: 'Fault' });
const failed = (error: RelayError): Outcome => ({ kind: 'failed', error, faultName: 'Fault' });
const recorded: Outcome = { kind: 'answered', code: 'Recorded' };

describe('an alarm on the relay’s own metrics looks where the function writes', () => {
  it.each<{ name: string; outcome: Outcome; sideEvents: SideEvent[] }>([
    { name: 'SwfThrottled', outcome: failed(new errors.SwfThrottledError()), sideEvents: [] },
    { name: 'SwfUnavailable', outcome: failed(new errors.SwfUnavailableError()), sideEvents: [] },
    { name: 'SwfResourceUnknown', outcome: failed(new errors.SwfResourceUnknownError()), sideEvents: [] },
    { name: 'KeyThrottled', outcome: refused(new errors.KeyThrottledError()), sideEvents: [] },
    { name: 'DomainThrottled', outcome: refused(new errors.DomainThrottledError()), sideEvents: [] },
    { name: 'TaskNotInDomain', outcome: refused(new errors.TaskNotInDomainError()), sideEvents: [] },
    { name: 'DomainNotGranted', outcome: refused(new errors.DomainNotGrantedError()), sideEvents: [] },
    { name: 'Unauthenticated', outcome: refused(new errors.UnauthenticatedError('bad-key')), sideEvents: [] },
    { name: 'RelayMisconfigured', outcome: failed(new errors.RelayMisconfiguredError()), sideEvents: [] },
    { name: 'InternalError', outcome: failed(new errors.InternalError()), sideEvents: [] },
    {
      name: 'AuthenticationUnavailable',
      outcome: failed(new errors.AuthenticationUnavailableError()),
      sideEvents: [],
    },
    { name: 'StaleKeyUsed', outcome: recorded, sideEvents: ['StaleKeyUsed'] },
    { name: 'CacheUnavailable', outcome: failed(new errors.CacheUnavailableError()), sideEvents: [] },
    { name: 'CacheWriteFailed', outcome: recorded, sideEvents: ['CacheWriteFailed'] },
  ])('$name', ({ name, outcome, sideEvents }) => {
    const data = logLinesOf(STACK, outcome, ...sideEvents).flatMap((line) => toData(JSON.stringify(line)));
    const atMs = Date.now() + alarmCalled(name).Period * 1_000;
    const ofOne = { ...alarmCalled(name), Threshold: 1, DatapointsToAlarm: 1, EvaluationPeriods: 1 };
    expect(evaluate(ofOne, data, atMs)).toBe('ALARM');
  });
});

it('KeyExpiresSoon looks where the function writes', () => {
  const trace = new Trace(Date.now);
  trace.keyId = aKeyId();
  trace.keyEndsAtMs = Date.now() + 60_000;
  const lines = linesWrittenBy(() => createReport(STACK, Date.now)(recorded, trace, 'request-1'));
  const alarm = alarmCalled('KeyExpiresSoon');
  const data = lines.flatMap(toData);
  const dayMs = alarm.Period * 1_000;
  expect(evaluate(alarm, data, (Math.floor((data[0]?.atMs ?? 0) / dayMs) + 1) * dayMs)).toBe('ALARM');
});

describe('the filter that counts what the gateway throttles', () => {
  const filter = stack.get('AWS::Logs::MetricFilter').Properties;
  const toCounted = compileMetricFilter(filter);
  const { Format } = z
    .object({ Format: z.string() })
    .parse(stack.get('AWS::ApiGatewayV2::Stage').Properties['AccessLogSettings']);
  const toLine = compileAccessLog(Format);

  const facts: AccessFacts = {
    accountId: '111122223333',
    apiId: 'a1b2c3d4e5',
    requestId: 'IkjYv0JbF1Fko64=',
    method: 'POST',
    path: '/',
    protocol: 'HTTP/1.1',
    domainName: 'relay.example.com',
    sourceIp: '203.0.113.7',
    userAgent: 'curl',
    timeEpochMs: 0,
    status: 429,
    responseLatencyMs: 1,
    responseBytes: 33,
  };

  const countsOf = (over: Partial<AccessFacts>): Datum[] => toCounted(toLine({ ...facts, ...over }), 0);

  it.each([
    { given: 'a 429 of its own', over: {}, counted: true },
    {
      given: 'a 429 of the function, for SWF or for a rate of the relay',
      over: { integration: { latencyMs: 9, status: 429 } },
      counted: false,
    },
    { given: 'an answer', over: { status: 200, integration: { latencyMs: 9, status: 200 } }, counted: false },
    { given: 'another refusal of its own', over: { status: 431 }, counted: false },
    {
      given: 'a function that failed',
      over: { status: 500, integration: { latencyMs: 9, error: 'failed' } },
      counted: false,
    },
  ])('counts $given: $counted', ({ over, counted }) => {
    expect(countsOf(over)).toHaveLength(counted ? 1 : 0);
  });

  it('counts in the access log, into the metric that the alarm looks at', () => {
    const alarm = { ...alarmCalled('GatewayThrottled'), DatapointsToAlarm: 1, EvaluationPeriods: 1 };
    expect(evaluate(alarm, countsOf({}), 60_000)).toBe('ALARM');
    expect(filter['LogGroupName']).toEqual({ Ref: stack.idOf('AWS::Logs::LogGroup', 'HttpAccessLogs') });
  });
});
