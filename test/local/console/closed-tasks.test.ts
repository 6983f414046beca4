import { createServer } from 'node:http';

import { SWFClient } from '@aws-sdk/client-swf';
import { expect, it } from 'vitest';

import { ClosedTasks, type TrackedTask } from '../../../local/console/closed-tasks.ts';
import { listen } from '../../../local/listen.ts';

const TASK: TrackedTask = {
  id: 'run 1',
  domain: 'orders',
  workflowId: 'order-1',
  runId: 'run',
  activityId: '1',
  state: 'started',
  cancelRequested: false,
  scheduledAt: '2026-01-01T00:00:00.000Z',
};

it('shows a closed task although SWF failed when it was first asked how the task ended', async () => {
  const answers = [
    { status: 500, body: '{"__type":"InternalFailure"}' },
    { status: 200, body: '{"events":[{"eventType":"ActivityTaskFailed","eventTimestamp":1767225600}]}' },
  ];
  const server = createServer((_request, response) => {
    const { status, body } = answers.shift() ?? { status: 500, body: '{}' };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  });
  const running = await listen(server, 0);
  const swf = new SWFClient({
    endpoint: running.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
  try {
    const closed = new ClosedTasks(swf, () => Date.parse('2026-01-01T00:01:00Z'));
    expect(await closed.update([TASK])).toEqual([]);
    await expect(closed.update([])).rejects.toThrow('UnknownError');
    expect(await closed.update([])).toEqual([{ ...TASK, state: 'failed', closedAt: '2026-01-01T00:00:00.000Z' }]);
  } finally {
    swf.destroy();
    await running.close();
  }
});
