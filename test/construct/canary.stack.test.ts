import { createServer } from 'node:http';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { listen } from '../../local/listen.ts';
import { ALARM, type Datum, evaluate } from '../cloudwatch/alarm.ts';
import { toData } from '../cloudwatch/embedded-metrics.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { until } from '../e2e/until.ts';
import { synthesizeStage } from './an-app.ts';

const MINUTE_MS = 60_000;
const INTERVAL_MS = 2 * MINUTE_MS;

const template = synthesizeStage({ canary: true });
const alarm = ALARM.parse(template.get('AWS::CloudWatch::Alarm', 'AlarmsCanaryFailed').Properties);
const VARIABLES = z.strictObject({
  RELAY_NAME: z.string(),
  RELAY_URL: z.unknown(),
  RELAY_DOMAIN: z.string(),
  METRICS_NAMESPACE: z.string(),
});
const { Environment: environment } = template.get('AWS::Lambda::Function', 'CanaryFunction').Properties;
const variables = z.strictObject({ Variables: VARIABLES }).parse(environment).Variables;

const RESULT = z.strictObject({
  health: z.union([z.number(), z.string()]),
  keys: z.union([z.number(), z.string()]),
  succeeded: z.boolean(),
});

let a: AStack;
beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
});
afterAll(() => a.close());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs the deployed file with the template's variables, as Lambda does, at this relay. */
async function check(relayUrl: string): Promise<{ result: z.infer<typeof RESULT>; data: Datum[]; line: string }> {
  const canary: unknown = await import(new URL('../../lib/canary/index.mjs', import.meta.url).href);
  const { handler } = z
    .object({ handler: z.custom<() => Promise<unknown>>((exported) => typeof exported === 'function') })
    .parse(canary);
  for (const [name, value] of Object.entries({ ...variables, RELAY_URL: relayUrl })) vi.stubEnv(name, value);
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const result = RESULT.parse(await handler());
  vi.restoreAllMocks();
  const line = written.join('');
  return { result, data: toData(line), line };
}

/** The first check that meets no busy machine. */
const checkUntil = async (isWanted: (result: z.infer<typeof RESULT>) => boolean) =>
  until('such a check', async () => {
    const checked = await check(a.stack.relayUrl);
    return isWanted(checked.result) ? checked : undefined;
  });

describe('the canary', () => {
  it('succeeds at a relay that answers and can read keys, and writes one metric and no key', async () => {
    const { result, data, line } = await checkUntil(({ succeeded }) => succeeded);
    expect(result).toEqual({ health: 200, keys: 401, succeeded: true });
    expect(data).toMatchObject([
      {
        namespace: 'HeartbeatRelay/Canary',
        metricName: 'Succeeded',
        dimensions: { service: 'HeartbeatRelay-dev' },
        value: 1,
      },
    ]);
    expect(line).not.toMatch(/HBRK|Bearer/);
  });

  it('fails at a relay that cannot read keys', async () => {
    a.stack.faults.set(['dynamodb=error']);
    const { result, data } = await checkUntil(({ keys }) => keys === 503);
    a.stack.faults.set([]);
    expect(result).toEqual({ health: 200, keys: 503, succeeded: false });
    expect(data).toMatchObject([{ value: 0 }]);
  });

  it('fails where something else answers, and where nobody does', async () => {
    const other = await listen(
      createServer((_request, response) => response.writeHead(302, { location: '/' }).end()),
      0,
    );
    expect((await check(other.url)).result).toEqual({ health: 302, keys: 302, succeeded: false });
    await other.close();
    const { result, data } = await check(other.url);
    expect(result).toMatchObject({ health: 'TypeError', keys: 'TypeError', succeeded: false });
    expect(data).toMatchObject([{ value: 0 }]);
  });
});

describe('the alarm on the canary', () => {
  /** One check of the canary every 2 minutes. */
  const every2Minutes = (datum: Datum, fromMs: number, toMs: number): Datum[] =>
    Array.from({ length: Math.floor((toMs - fromMs) / INTERVAL_MS) + 1 }, (_none, index) => ({
      ...datum,
      atMs: fromMs + index * INTERVAL_MS,
    }));
  const firesAfterMs = (data: readonly Datum[], sinceMs: number): number | undefined =>
    Array.from({ length: 10 * 60 }, (_none, second) => second * 1_000).find(
      (afterMs) => evaluate(alarm, data, sinceMs + afterMs) === 'ALARM',
    );

  it('is quiet while the canary succeeds, and reports within 10 minutes of the last success that it is silent or fails', async () => {
    const { data: good } = await checkUntil(({ succeeded }) => succeeded);
    a.stack.faults.set(['dynamodb=error']);
    const { data: bad } = await checkUntil(({ keys }) => keys === 503);
    a.stack.faults.set([]);
    for (const offsetMs of [0, 1_000, 59_000, 61_000, 119_000]) {
      const lastMs = 30 * MINUTE_MS + offsetMs;
      const successes = good.flatMap((datum) => every2Minutes(datum, offsetMs, lastMs));
      expect(evaluate(alarm, successes, lastMs)).toBe('OK');
      expect(firesAfterMs(successes, lastMs)).toBeDefined();
      const failures = bad.flatMap((datum) => every2Minutes(datum, lastMs + INTERVAL_MS, lastMs + 20 * MINUTE_MS));
      expect(firesAfterMs([...successes, ...failures], lastMs)).toBeDefined();
    }
  });
});
