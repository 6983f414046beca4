import { describe, expect, it } from 'vitest';

import type { FunctionMetric } from '../../../local/function-host/settings.ts';
import { aHost } from './bundle.ts';

/** Creates a host that records its counts as text, for example `Errors 1`. */
function aCountedHost(code: string, over: Parameters<typeof aHost>[1]) {
  const counts: string[] = [];
  const onMetric = (name: FunctionMetric, value: number): void => void counts.push(`${name} ${value}`);
  return { ...aHost(code, { ...over, onMetric }), counts };
}

const SLOW = 'export const handler = async (ms) => new Promise((resolve) => setTimeout(resolve, ms));';

describe.concurrent('a host counts, as Lambda does,', () => {
  it.for([
    {
      given: 'an answer',
      code: 'export const handler = async () => 1;',
      counts: ['Throttles 0', 'ConcurrentExecutions 1', 'Errors 0'],
    },
    {
      given: 'an error',
      code: 'export const handler = () => { throw new Error(); };',
      counts: ['Throttles 0', 'ConcurrentExecutions 1', 'Errors 1'],
    },
    {
      given: 'a crash',
      code: 'export const handler = () => process.exit(1);',
      counts: ['Throttles 0', 'ConcurrentExecutions 1', 'Errors 1'],
    },
    { given: 'a container that does not start', code: 'throw new Error();', counts: ['Throttles 0', 'Errors 1'] },
  ])('$given', async ({ code, counts: expected }, { onTestFinished: atEnd }) => {
    const { host, counts } = aCountedHost(code, { atEnd });
    await host.invoke({});
    expect(counts).toEqual(expected);
  });

  it('concurrent invocations, and invocations that find no free container', async ({ onTestFinished: atEnd }) => {
    const { host, counts } = aCountedHost(SLOW, { atEnd, queueMs: 20 });
    await host.warm(2);
    await Promise.all([host.invoke(500), host.invoke(500), host.invoke(500)]);
    await host.invoke(0);
    expect(counts.filter((count) => count.startsWith('Concurrent'))).toEqual([
      'ConcurrentExecutions 1',
      'ConcurrentExecutions 2',
      'ConcurrentExecutions 1',
    ]);
    expect(counts.filter((count) => count === 'Throttles 1')).toEqual(['Throttles 1']);
    expect(counts.filter((count) => count === 'Errors 1')).toEqual([]);
  });
});
