import { createHash } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { CALLER, ClockedSwf, START } from './moved-clock.ts';

let swf: ClockedSwf;
beforeEach(async () => {
  swf = new ClockedSwf();
  await swf.prepare();
});

const atSecond = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

interface Row {
  readonly what: string;
  readonly timeouts?: Readonly<Record<string, string>>;
  /** Seconds since the task was scheduled, here and below. */
  readonly startedAt?: number;
  readonly heartbeatAt?: number;
  /** Undefined if the task never times out. */
  readonly timesOut?: readonly [by: string, at: number];
}

const SHORT_HEARTBEAT = { heartbeatTimeout: '60', startToCloseTimeout: '600', scheduleToCloseTimeout: '900' };
const SHORT_START = { heartbeatTimeout: '60', startToCloseTimeout: '100', scheduleToCloseTimeout: '900' };
const SHORT_SCHEDULE = { heartbeatTimeout: '60', startToCloseTimeout: '600', scheduleToCloseTimeout: '100' };
const ALL_ALIKE = { heartbeatTimeout: '60', startToCloseTimeout: '60', scheduleToCloseTimeout: '60' };

const WAITING: readonly Row[] = [
  { what: 'NONE everywhere' },
  { what: 'heartbeat and start-to-close only', timeouts: { heartbeatTimeout: '1', startToCloseTimeout: '1' } },
  {
    what: 'schedule-to-start',
    timeouts: { ...SHORT_HEARTBEAT, scheduleToStartTimeout: '30' },
    timesOut: ['SCHEDULE_TO_START', 30],
  },
  {
    what: 'schedule-to-close before schedule-to-start',
    timeouts: { scheduleToStartTimeout: '30', scheduleToCloseTimeout: '20' },
    timesOut: ['SCHEDULE_TO_CLOSE', 20],
  },
  { what: 'schedule-to-start NONE', timeouts: SHORT_HEARTBEAT, timesOut: ['SCHEDULE_TO_CLOSE', 900] },
];

const STARTED: readonly Row[] = [
  { what: 'NONE everywhere', startedAt: 10 },
  { what: 'NONE everywhere, after a heartbeat', startedAt: 10, heartbeatAt: 20 },
  { what: 'schedule-to-start, which is over', timeouts: { scheduleToStartTimeout: '30' }, startedAt: 10 },
  { what: 'no heartbeat yet', timeouts: SHORT_HEARTBEAT, startedAt: 10, timesOut: ['HEARTBEAT', 70] },
  { what: 'a heartbeat', timeouts: SHORT_HEARTBEAT, startedAt: 10, heartbeatAt: 50, timesOut: ['HEARTBEAT', 110] },
  {
    what: 'a heartbeat at the start',
    timeouts: SHORT_HEARTBEAT,
    startedAt: 10,
    heartbeatAt: 10,
    timesOut: ['HEARTBEAT', 70],
  },
  {
    what: 'a heartbeat shortly before start-to-close',
    timeouts: SHORT_START,
    startedAt: 10,
    heartbeatAt: 60,
    timesOut: ['START_TO_CLOSE', 110],
  },
  {
    what: 'a heartbeat shortly before schedule-to-close',
    timeouts: SHORT_SCHEDULE,
    startedAt: 10,
    heartbeatAt: 60,
    timesOut: ['SCHEDULE_TO_CLOSE', 100],
  },
  {
    what: 'heartbeat NONE',
    timeouts: { ...SHORT_HEARTBEAT, heartbeatTimeout: 'NONE' },
    startedAt: 10,
    timesOut: ['START_TO_CLOSE', 610],
  },
  { what: 'equal timeouts', timeouts: ALL_ALIKE, startedAt: 0, timesOut: ['START_TO_CLOSE', 60] },
];

async function play({ timeouts, startedAt, heartbeatAt }: Row): Promise<void> {
  await swf.start();
  await swf.schedule('a', timeouts);
  if (startedAt === undefined) return;
  swf.after(startedAt);
  const task = await swf.poll('Activity');
  if (heartbeatAt === undefined) return;
  swf.after(heartbeatAt - startedAt);
  await swf.heartbeat(String(task?.['taskToken']));
}

describe('the remaining time of an activity task', () => {
  it.each(WAITING)('not started: $what', expectTimes);
  it.each(STARTED)('started: $what', expectTimes);

  async function expectTimes(row: Row): Promise<void> {
    await play(row);
    const { startedAt, heartbeatAt, timesOut } = row;
    const [task] = swf.swf.listOpenTasks(CALLER);
    expect({
      state: task?.state,
      scheduledAt: task?.scheduledAt,
      startedAt: task?.startedAt,
      lastHeartbeatAt: task?.lastHeartbeatAt,
      timesOut: task?.timesOutBy === undefined ? undefined : [task.timesOutBy, task.timesOutAt],
    }).toEqual({
      state: startedAt === undefined ? 'scheduled' : 'started',
      scheduledAt: atSecond(0),
      startedAt: startedAt === undefined ? undefined : atSecond(startedAt),
      lastHeartbeatAt: heartbeatAt === undefined ? undefined : atSecond(heartbeatAt),
      timesOut: timesOut === undefined ? undefined : [timesOut[0], atSecond(timesOut[1])],
    });
  }

  it.each([...WAITING, ...STARTED].filter(({ timesOut }) => timesOut !== undefined))(
    'is over when SWF times the task out: $what',
    async (row) => {
      await play(row);
      const [by = '', at = 0] = row.timesOut ?? [];
      swf.now = START + at * 1000 - 1;
      const [task] = swf.swf.listOpenTasks(CALLER);
      swf.after(0.001);
      expect(swf.swf.listOpenTasks(CALLER)).toEqual([]);
      expect(JSON.stringify(await swf.events(task?.runId ?? ''))).toContain(`"timeoutType":"${by}"`);
    },
  );
});

describe('the list of open activity tasks', () => {
  it('survives a restart with the same task ids', async () => {
    const taskToken = await swf.working({ heartbeatTimeout: '60' });
    await swf.heartbeat(taskToken, 'page 1');
    const before = swf.swf.listOpenTasks(CALLER);
    swf.restart();
    expect(swf.swf.listOpenTasks(CALLER)).toEqual(before);
    expect(before).toMatchObject([{ taskId: createHash('sha256').update(taskToken).digest('base64url') }]);
  });

  it('contains no task of another account or region', async () => {
    await swf.working();
    expect(swf.swf.listOpenTasks({ ...CALLER, region: 'us-east-1' })).toEqual([]);
    expect(swf.swf.listOpenTasks({ ...CALLER, accountId: '222222222222' })).toEqual([]);
  });
});
