import { describe, expect, it } from 'vitest';

import { LiveLines } from '../../local/live-lines.ts';

const TOKEN = 'AAAAKgAAAAEAAAAAAAAAAbG9jYWw=';

/** The lines that LiveLines prints for an answered request, without the time. */
function linesOf(path: string, status: number, answer: object, method = 'POST'): string[] {
  const lines: string[] = [];
  const { onAnswered } = new LiveLines(['orders'], (line) => lines.push(line));
  const requestBody = Buffer.from(JSON.stringify({ taskToken: TOKEN, details: '42 %' }));
  onAnswered({ method, path, requestBody, status, responseBody: JSON.stringify(answer), elapsedMs: 3.4 });
  return lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
}

describe('a heartbeat', () => {
  it.each([
    { path: '/domains/orders/heartbeats', shown: 'orders    ' },
    { path: '/domains/orders', shown: 'orders    ' },
    { path: '/domains/orders/', shown: 'orders    ' },
    { path: '/domains/elsewhere/', shown: '-         ' },
    { path: '/', shown: '-         ' },
  ])('to $path prints one line, with the domain only if it is declared', ({ path, shown }) => {
    const [line = '', ...more] = linesOf(path, 200, { cancelRequested: true });
    expect(line).toMatch(new RegExp(`^${shown} [\\w-]{8} 200 cancelRequested true  3 ms$`));
    expect(more).toEqual([]);
    expect(line).not.toContain(TOKEN.slice(0, 8));
  });

  it.each([
    { answer: { code: 'TaskNotOpen' }, outcome: 'TaskNotOpen' },
    { answer: { __type: 'com.amazonaws.swf.base.model#UnknownResourceFault' }, outcome: 'UnknownResourceFault' },
    { answer: { cancelRequested: true, forwarded: false }, outcome: 'cancelRequested true, from the cache' },
  ])('prints the outcome $outcome', ({ answer, outcome }) => {
    expect(linesOf('/domains/orders', 400, answer)[0]).toContain(` 400 ${outcome}  `);
  });
});

it.each(['completions', 'failures', 'cancellations'])('prints one line for the end of a task by /%s', (path) => {
  const lines = linesOf(`/domains/orders/${path}`, 200, { taskId: 'x', state: 'closed', outcome: 'completed' });
  expect(lines).toEqual([expect.stringMatching(/^orders {4} [\w-]{8} 200 completed {2}3 ms$/)]);
});

it('prints one line for a batch, with how many heartbeats came to what', () => {
  const recorded = { status: 200, cancelRequested: false, forwarded: true };
  const results = [recorded, { status: 410, code: 'TaskNotOpen' }, recorded, { ...recorded, code: 'Paced' }];
  const [line = '', ...more] = linesOf('/domains/orders/heartbeats', 200, { results });
  const outcomes = '2 × 200 cancelRequested false, 1 × 410 TaskNotOpen, 1 × 200 Paced';
  expect(line).toContain(` 200 batch of 4: ${outcomes}  `);
  expect(more).toEqual([]);
});

it.each([
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/health' },
  { method: 'POST', path: '/domains/orders/tasks/x' },
  { method: 'POST', path: '/domains//' },
])('prints nothing for $method $path, which is not a heartbeat', ({ method, path }) => {
  expect(linesOf(path, 404, {}, method)).toEqual([]);
});
