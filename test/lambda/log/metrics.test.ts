import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { createReport } from '../../../lambda/log/metrics.ts';
import { RelayMisconfiguredError } from '../../../lambda/http/errors.ts';
import { SwfThrottledError, TaskNotOpenError } from '../../../lambda/tasks/errors.ts';
import { UnauthenticatedError } from '../../../lambda/workers/errors.ts';
import type { RelayError } from '../../../lambda/http/errors.ts';
import type { Outcome } from '../../../lambda/http/outcome.ts';
import { Trace, type SideEvent } from '../../../lambda/http/trace.ts';
import { aKeyId, NOW } from '../workers/worker-key-records.ts';
import { TASK_ID } from '../test-app.ts';

afterEach(() => vi.restoreAllMocks());

const CAUSE = 'User: arn:aws:sts::111122223333:assumed-role/relay is not authorized';

/** A report on a clock that can be moved, what it has written, and its lines of metrics. */
function aReport() {
  const lines: object[] = [];
  const written: string[] = [];
  const keep = (chunk: string | Uint8Array): boolean => {
    written.push(String(chunk));
    const metrics: unknown = JSON.parse(String(chunk));
    if (typeof metrics === 'object' && metrics !== null && '_aws' in metrics) lines.push(metrics);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  const time = { nowMs: NOW };
  const report = createReport('HeartbeatRelay-dev', () => time.nowMs);
  const write = (outcome: Outcome, ...sideEvents: SideEvent[]) => {
    const trace = new Trace(() => time.nowMs);
    trace.domain = 'orders';
    trace.keyId = aKeyId();
    trace.isKnownKey = true;
    trace.taskId = TASK_ID;
    for (const event of sideEvents) trace.sideEvents.add(event);
    report(outcome, trace, 'request-1');
  };
  return { time, written, lines, write, report };
}

const refused = (error: RelayError): Outcome => ({ kind: 'refused', error, faultName: error.name });
const failed = (error: RelayError): Outcome => ({ kind: 'failed', error, faultName: 'AccessDenied' });
const answered = (
  code: 'Recorded' | 'Paced' | 'Healthy' | 'CancelRequested' | 'CancelRequestedFromCache' | 'TaskRead',
): Outcome => ({
  kind: 'answered',
  code,
});
const badKey = refused(new UnauthenticatedError('bad-key'));

const A_NUMBER: unknown = expect.any(Number);
const A_TEXT: unknown = expect.any(String);

/** A line of CloudWatch's embedded metric format, with these metrics and nothing that is not asked for. */
const aLine = (counts: Record<string, number>, rest: Record<string, unknown>) => ({
  _aws: {
    Timestamp: A_NUMBER,
    CloudWatchMetrics: [
      {
        Namespace: 'HeartbeatRelay',
        Dimensions: [['service']],
        Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
      },
    ],
  },
  ...counts,
  service: 'HeartbeatRelay-dev',
  sampling_rate: A_NUMBER,
  timestamp: A_TEXT,
  domain: 'orders',
  keyId: aKeyId(),
  taskId: TASK_ID,
  requestId: 'request-1',
  durationsMs: { total: 0 },
  ...rest,
});

describe('a line', () => {
  it('is one line, and no other beside it', () => {
    const { written, write } = aReport();
    write(badKey);
    expect(written).toHaveLength(1);
  });

  it.each(['Recorded', 'Paced', 'Healthy'] as const)('is not written for a plain %s', (code) => {
    const { written, write } = aReport();
    write(answered(code));
    expect(written).toEqual([]);
  });

  it.each(['CancelRequested', 'CancelRequestedFromCache', 'TaskRead'] as const)('is written for %s', (code) => {
    const { lines, write } = aReport();
    write(answered(code));
    expect(lines).toEqual([aLine({ [code]: 1 }, { level: 'INFO', code, message: code })]);
  });

  it('of a refusal is log and metric in one', () => {
    const { lines, write } = aReport();
    write(badKey);
    expect(lines).toEqual([
      aLine(
        { Unauthenticated: 1 },
        {
          level: 'INFO',
          message: 'Unauthenticated',
          code: 'Unauthenticated',
          error: 'UnauthenticatedError',
          reason: 'bad-key',
          fault: 'UnauthenticatedError',
        },
      ),
    ]);
  });

  it('has a total that is no less than its steps', () => {
    const { time, lines, report } = aReport();
    // Each look at the clock takes longer than all before it together.
    let tickMs = 1;
    const trace = new Trace(() => (time.nowMs += tickMs *= 2));
    trace.startStep('forward');
    report(failed(new SwfThrottledError()), trace, 'request-1');
    const [line] = z
      .array(z.looseObject({ durationsMs: z.object({ forward: z.number(), total: z.number() }) }))
      .parse(lines);
    expect(line?.durationsMs.total).toBeGreaterThanOrEqual(line?.durationsMs.forward ?? Infinity);
  });

  it('of a failure names class and code, and never message or cause', () => {
    const { written, lines, write } = aReport();
    write(failed(new RelayMisconfiguredError(CAUSE, { cause: new Error(CAUSE) })));
    expect(lines).toEqual([
      aLine(
        { RelayMisconfigured: 1 },
        {
          level: 'ERROR',
          message: 'RelayMisconfigured',
          code: 'RelayMisconfigured',
          error: 'RelayMisconfiguredError',
          fault: 'AccessDenied',
        },
      ),
    ]);
    expect(written.join('')).not.toContain('authorized');
  });

  it('of a closed task does not hold SWF’s text', () => {
    const { written, lines, write } = aReport();
    write(refused(new TaskNotOpenError('Unknown execution: WorkflowExecution=[workflowId=secret]')));
    expect(lines).toHaveLength(1);
    expect(written.join('')).not.toContain('secret');
  });

  it('of a recorded heartbeat is written for what went wrong beside it', () => {
    const { lines, write } = aReport();
    write(answered('Recorded'), 'CacheWriteFailed', 'StaleKeyUsed');
    write(answered('Recorded'));
    const counts = { Recorded: 1, CacheWriteFailed: 1, StaleKeyUsed: 1 };
    expect(lines).toEqual([aLine(counts, { level: 'INFO', message: 'Recorded', code: 'Recorded' })]);
  });
});

describe('refusals beyond ten a minute', () => {
  const sums = (count: number, keyId = aKeyId()) => ({
    code: 'RefusalsSummed',
    Unauthenticated: count,
    summed: [{ code: 'Unauthenticated', reason: 'bad-key', keyId, count }],
  });

  it.each(['Recorded', 'Healthy', 'TaskRead'] as const)(
    'are held, and go out as a sum with the next %s after the minute, once',
    (code) => {
      const { time, lines, write } = aReport();
      for (let count = 0; count < 15; count += 1) write(badKey);
      expect(lines).toHaveLength(10);
      time.nowMs += 59_999;
      write(answered(code));
      expect(lines.slice(10)).not.toContainEqual(expect.objectContaining({ code: 'RefusalsSummed' }));
      time.nowMs += 1;
      write(answered(code));
      write(answered(code));
      const summed = lines.filter((line) => 'summed' in line);
      expect(summed).toMatchObject([sums(5)]);
    },
  );

  it('go out with the next one of their own', () => {
    const { time, lines, write } = aReport();
    for (let count = 0; count < 15; count += 1) write(badKey);
    time.nowMs += 60_000;
    write(badKey);
    expect(lines.slice(10)).toMatchObject([{ code: 'Unauthenticated', Unauthenticated: 1 }, sums(5)]);
  });

  it('are ten also while the clock moves between two looks at it', () => {
    const { time, lines } = aReport();
    const report = createReport('HeartbeatRelay-dev', () => (time.nowMs += 1));
    for (let count = 0; count < 15; count += 1) report(badKey, new Trace(() => time.nowMs), 'request-1');
    expect(lines).toHaveLength(10);
  });

  it('do not hold failures back', () => {
    const { lines, write } = aReport();
    for (let count = 0; count < 15; count += 1) write(failed(new SwfThrottledError()));
    expect(lines).toHaveLength(15);
  });
});
