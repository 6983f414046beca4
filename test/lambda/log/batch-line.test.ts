import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { createReport } from '../../../lambda/log/metrics.ts';
import { toData } from '../../cloudwatch/embedded-metrics.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import { createFakeBackends, createTestApp, ordersKey } from '../test-app.ts';
import { aBatch, forwardBy, heartbeatsOf } from '../tasks/batches.ts';

afterEach(() => vi.restoreAllMocks());

const LINE = z.looseObject({
  code: z.string(),
  level: z.string(),
  heartbeats: z.array(z.record(z.string(), z.unknown())).optional(),
});
type Line = z.infer<typeof LINE>;

const ERRORS: Readonly<Record<string, Error>> = {
  throttled: new errors.SwfThrottledError(),
  bad: new errors.InvalidTaskTokenError(),
  foreign: new errors.TaskNotInDomainError(),
};

/** An app with the real log. The first word of a task token says what SWF answers. */
function anApp() {
  const [backends, written, lines] = [createFakeBackends(), [] as string[], [] as Line[]];
  const keep = (chunk: string | Uint8Array): boolean => {
    written.push(String(chunk));
    return lines.push(LINE.parse(JSON.parse(String(chunk)))) > 0;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  const forward = forwardBy(backends, (taskToken) => {
    const [word = ''] = taskToken.split(' ');
    const error = ERRORS[word];
    if (error !== undefined) throw error;
    return word === 'cancel';
  });
  const call = createTestApp(backends, { forward, report: createReport('HeartbeatRelay-dev', () => backends.nowMs) });
  return { backends, written, lines, call };
}

/** The sum of each metric of all lines. */
function sumsOf({ written }: { readonly written: readonly string[] }): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { metricName, value } of written.flatMap(toData)) sums[metricName] = (sums[metricName] ?? 0) + value;
  return sums;
}

const MIXED = ['ok 1', 'throttled 1', 'bad 1', 'cancel 1', 'throttled 2', 'foreign 1'];
const toHeartbeats = (tokens: readonly string[]) => tokens.map((taskToken) => ({ taskToken }));

describe('a batch', () => {
  it('of recorded heartbeats writes no line, as they would not alone', async () => {
    const { call, lines } = anApp();
    await call(aBatch(...heartbeatsOf(100)));
    expect(lines).toEqual([]);
  });

  it('writes one line, which names what would have a line alone', async () => {
    const { call, lines } = anApp();
    await call(aBatch(...toHeartbeats(MIXED)));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      code: 'Batch',
      level: 'ERROR',
      domain: 'orders',
      keyId: ordersKey.keyId,
      requestId: 'request-1',
      error: 'SwfThrottledError',
    });
    const named = lines[0]?.heartbeats ?? [];
    const codes = ['SwfThrottled', 'InvalidTaskToken', 'CancelRequested', 'SwfThrottled', 'TaskNotInDomain'];
    expect(named.map(({ code }) => code)).toEqual(codes);
    expect(new Set(named.map(({ taskId }) => taskId)).size).toBe(5);
  });

  it('has the level of its worst entry', async () => {
    const { call, lines } = anApp();
    await call(aBatch(...toHeartbeats(['bad 1', 'cancel 1'])));
    expect(lines).toMatchObject([{ level: 'INFO', error: 'InvalidTaskTokenError' }]);
  });

  it('counts as its heartbeats would one after the other', async () => {
    const alone = anApp();
    for (const heartbeat of toHeartbeats(MIXED)) await alone.call({ body: JSON.stringify(heartbeat) });
    const single = sumsOf(alone);
    vi.restoreAllMocks();
    const together = anApp();
    await together.call(aBatch(...toHeartbeats(MIXED)));
    expect(sumsOf(together)).toEqual(single);
    expect(single).toEqual({ SwfThrottled: 2, InvalidTaskToken: 1, CancelRequested: 1, TaskNotInDomain: 1 });
  });

  it('counts what went wrong beside an entry, as often as it did', async () => {
    const app = anApp();
    app.backends.isCacheWritable = false;
    await app.call(aBatch(...heartbeatsOf(3)));
    expect(sumsOf(app)).toEqual({ Recorded: 3, CacheWriteFailed: 3 });
  });

  it('cannot fill the log with refusals: ten a minute are named, and none is lost from the sums', async () => {
    const app = anApp();
    const { call, lines, backends } = app;
    for (let sent = 0; sent < 5; sent += 1) {
      await call(aBatch(...Array.from({ length: 100 }, () => ({ taskToken: '' }))));
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]?.heartbeats).toHaveLength(10);
    backends.nowMs += 60_000;
    await call(aBatch(...heartbeatsOf(1)));
    expect(sumsOf(app)).toEqual({ MalformedRequest: 500 });
  });

  it('writes at most 32 KB, and neither tokens nor details', async () => {
    const { call, written } = anApp();
    const secret = 'not to be logged';
    const entries = Array.from({ length: 100 }, (_, index) => ({
      taskToken: `throttled ${index} ${secret}`.padEnd(1_024, 'x'),
      details: secret.repeat(100),
    }));
    await call(aBatch(...entries));
    expect(written).toHaveLength(1);
    expect(Buffer.byteLength(written.join(''))).toBeLessThan(32 * 1024);
    expect(written.join('')).not.toContain(secret);
  });
});
