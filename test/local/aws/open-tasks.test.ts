import { RecordActivityTaskHeartbeatCommand, RespondActivityTaskCompletedCommand } from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import { cancelTask, toTaskId } from '../../../operator/swf-tasks.ts';
import { listOpenTasks, type OpenTask, OpenTasksError } from '../../../local/open-tasks.ts';
import { place } from '../template/template-source.ts';
import { aScene, register, type Scene, schedule, take } from './task-scene.ts';

function list({ endpoint, operator: { accessKeyId, secretAccessKey } }: Scene, domain?: string): Promise<OpenTask[]> {
  const connection = { awsUrl: endpoint.url, region: place.region, operator: { accessKeyId, secretAccessKey } };
  return listOpenTasks(connection, domain);
}

describe('the operator lists the open activity tasks', () => {
  it('from the schedule over the start, a heartbeat and a cancel request to the end', async () => {
    const scene = await aScene();
    const { swf, after } = scene;
    await register(scene, 'orders');
    expect(await list(scene)).toEqual([]);

    const names = { domain: 'orders', workflowId: 'print-1', runId: await schedule(scene, 'orders', 'print-1') };
    const scheduled = { ...names, activityId: 'press-1', scheduledAt: '2026-11-22T08:00:00.000Z' };
    expect(await list(scene)).toEqual([
      {
        ...scheduled,
        state: 'scheduled',
        cancelRequested: false,
        timesOutAt: '2026-11-22T08:05:00.000Z',
        timesOutBy: 'SCHEDULE_TO_START',
      },
    ]);

    after(10);
    const taskToken = await take(scene, 'orders', 'print-1');
    const started = { ...scheduled, taskId: toTaskId(taskToken), startedAt: '2026-11-22T08:00:10.000Z' };
    const open = { ...started, state: 'started', timesOutBy: 'HEARTBEAT' };
    expect(await list(scene)).toEqual([{ ...open, cancelRequested: false, timesOutAt: '2026-11-22T08:01:10.000Z' }]);

    after(50);
    await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken, details: 'page 7' }));
    const afterHeartbeat = {
      ...open,
      lastHeartbeatAt: '2026-11-22T08:01:00.000Z',
      details: 'page 7',
      timesOutAt: '2026-11-22T08:02:00.000Z',
    };
    expect(await list(scene)).toEqual([{ ...afterHeartbeat, cancelRequested: false }]);

    await cancelTask(swf, scheduled);
    expect(await list(scene)).toEqual([{ ...afterHeartbeat, cancelRequested: true }]);

    await swf.send(new RespondActivityTaskCompletedCommand({ taskToken }));
    expect(await list(scene)).toEqual([]);
  });

  it('without a task that timed out', async () => {
    const scene = await aScene();
    await register(scene, 'orders');
    await schedule(scene, 'orders', 'print-1');
    scene.after(299);
    expect(await list(scene)).toHaveLength(1);
    scene.after(1);
    expect(await list(scene)).toEqual([]);
  });

  it('of all domains or of one, the newest first', async () => {
    const scene = await aScene();
    for (const domain of ['orders', 'billing']) await register(scene, domain);
    await schedule(scene, 'orders', 'first');
    scene.after(1);
    await schedule(scene, 'billing', 'second');
    scene.after(1);
    await schedule(scene, 'orders', 'third');
    await schedule(scene, 'orders', 'fourth');
    const idsOf = (tasks: readonly OpenTask[]) => tasks.map(({ workflowId }) => workflowId);
    expect(idsOf(await list(scene))).toEqual(['fourth', 'third', 'second', 'first']);
    expect(idsOf(await list(scene, 'orders'))).toEqual(['fourth', 'third', 'first']);
    expect(idsOf(await list(scene, 'billing'))).toEqual(['second']);
  });

  it('but not of a domain that does not exist', async () => {
    const scene = await aScene();
    const refusal = new OpenTasksError('com.amazonaws.swf.base.model#UnknownResourceFault: Unknown domain: orders');
    await expect(list(scene, 'orders')).rejects.toThrow(refusal);
  });
});
