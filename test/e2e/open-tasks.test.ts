import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listOpenTasks } from '../../local/open-tasks.ts';
import { type AStack, startStack } from './a-stack.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

describe('the open tasks of a running stack', () => {
  it('show a heartbeat that the relay forwarded', async () => {
    const { taskToken, ...named } = a.connection.task;
    const [before] = await listOpenTasks(a.connection, 'orders');
    expect(before).toMatchObject({ ...named, domain: 'orders', state: 'started', timesOutBy: 'HEARTBEAT' });
    expect(before).not.toHaveProperty('lastHeartbeatAt');
    await a.worker.heartbeat('orders', taskToken);
    const [after] = await listOpenTasks(a.connection, 'orders');
    expect(after).toMatchObject(named);
    expect(after?.lastHeartbeatAt).toMatch(/Z$/);
  });

  it('cover all domains', async () => {
    const domains = (await listOpenTasks(a.connection)).map(({ domain }) => domain);
    expect(domains.toSorted()).toEqual(['billing', 'orders']);
  });
});
