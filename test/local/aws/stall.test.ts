import {
  DescribeDomainCommand,
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCompletedCommand,
  RespondDecisionTaskCompletedCommand,
} from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import { toTaskId } from '../../../operator/swf-tasks.ts';
import { aScene, register, type Scene, schedule, take } from './task-scene.ts';
import { send, signed } from './wire.ts';

/** The local SWF with two activity tasks, and one of them stalls. */
async function aStalledTask(rule = 'stall:50ms') {
  const scene = await aScene();
  await register(scene, 'orders');
  await schedule(scene, 'orders', 'stuck');
  await schedule(scene, 'orders', 'other');
  const stuck = await take(scene, 'orders', 'stuck');
  const other = await take(scene, 'orders', 'other');
  scene.setFaults(`swf/${toTaskId(stuck)}=${rule}`);
  return { ...scene, stuck, other };
}

const heartbeat = (taskToken: string) => new RecordActivityTaskHeartbeatCommand({ taskToken, details: 'd' });

/** The status and body of a heartbeat without a client of AWS. */
async function answerTo({ endpoint, operator }: Scene, body: string) {
  const headers = {
    host: `127.0.0.1:${endpoint.port}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
  };
  const wire = { method: 'POST', path: '/', headers, body };
  return send(endpoint.port, await signed(wire, operator, { atMs: Date.now() }));
}

describe('a token that makes SWF hang', () => {
  it('gets status 500 after the time, and nothing is recorded', async () => {
    const scene = await aStalledTask();
    const sentAtMs = performance.now();
    const { status, body } = await answerTo(scene, JSON.stringify({ taskToken: scene.stuck }));
    expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(49);
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ __type: 'com.amazon.coral.service#InternalFailure' });
    expect(scene.endpoint.calls.at(-1)).toMatchObject({
      status: 500,
      fault: 'com.amazon.coral.service#InternalFailure',
    });
    await expect(scene.swf.send(heartbeat(scene.stuck))).rejects.toMatchObject({ name: 'InternalFailure' });
    scene.setFaults();
    scene.after(59.999);
    await scene.swf.send(heartbeat(scene.stuck));
  });

  it('does so in every operation that takes a task token', async () => {
    const { swf, stuck, setFaults } = await aStalledTask();
    await expect(swf.send(new RespondActivityTaskCompletedCommand({ taskToken: stuck }))).rejects.toMatchObject({
      name: 'InternalFailure',
    });
    setFaults(`swf.RespondDecisionTaskCompleted/${toTaskId('a token that fits no task')}=stall:1ms`);
    await expect(
      swf.send(new RespondDecisionTaskCompletedCommand({ taskToken: 'a token that fits no task' })),
    ).rejects.toMatchObject({ name: 'InternalFailure' });
  });

  it('keeps silent until then, and neither other requests nor closing wait for it', async () => {
    const scene = await aStalledTask('stall:600s');
    const { swf, stuck, other, endpoint } = scene;
    const leaving = new AbortController();
    const stalled = swf.send(heartbeat(stuck), { abortSignal: leaving.signal }).catch((error: unknown) => error);
    expect(await swf.send(heartbeat(other))).toMatchObject({ cancelRequested: false });
    await swf.send(new DescribeDomainCommand({ name: 'orders' }));
    expect((await answerTo(scene, 'not JSON')).status).toBe(400);
    const statuses = endpoint.calls.slice(-3).map(({ operation, status }) => `${operation} ${status}`);
    expect(statuses).toEqual([
      'RecordActivityTaskHeartbeat 200',
      'DescribeDomain 200',
      'RecordActivityTaskHeartbeat 400',
    ]);
    leaving.abort();
    expect(await stalled).toMatchObject({ name: 'AbortError' });
    await endpoint.close();
  });
});
