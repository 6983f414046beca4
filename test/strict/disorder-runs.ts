import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { createFindTaskState } from '../../lambda/aws/task-states-table.ts';
import { parseHeartbeat, toTaskId } from '../../lambda/tasks/heartbeat.ts';
import type { TaskKey } from '../../lambda/tasks/task-state.ts';
import { aTable } from '../lambda/aws/dynamodb-table.ts';
import { gate, play, type Stage, type Story } from './disorder-play.ts';
import { EDGES, PROMISES, SITUATIONS } from './disorder-promises.ts';
import { type Schedule, schedules } from './disorder-schedule.ts';

/** `DISORDER_SEED=…` plays the same schedules again. */
const seed = Number(process.env['DISORDER_SEED'] ?? Date.now() % 0x7fff_ffff);

/** How many schedules are played, and how many of them on a real table, too. */
export interface Runs {
  readonly model: number;
  readonly real: number;
}

/** So many of the real ones meet each situation. */
const REAL_RUNS_EACH = 20;
const AT_ONCE = 25;

const CONFIG = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const TABLE = 'TaskStates';
const deadline = { signal: (): AbortSignal => new AbortController().signal };

const MODEL: Stage = { client: gate(new DynamoDBClient(CONFIG)), tableName: TABLE, isReal: false };
const stories: { readonly schedule: Schedule; readonly story: Story }[] = [];

let tasks = 0;

function aTask(): TaskKey {
  tasks += 1;
  const { taskToken } = parseHeartbeat(Buffer.from(JSON.stringify({ taskToken: `token ${tasks}` })));
  return { domain: 'orders', taskId: toTaskId(taskToken) };
}

/** Some that meet each situation, then whatever comes. */
function pickForReal(count: number): Schedule[] {
  const telling = [...EDGES, ...SITUATIONS].flatMap(({ isMet }) =>
    stories.filter(({ story }) => isMet(story)).slice(0, REAL_RUNS_EACH),
  );
  return [...new Set([...telling, ...stories].map(({ schedule }) => schedule))].slice(0, count);
}

export function describeDisorder({ model, real }: Runs): void {
  describe(`two containers in disorder, in ${model} schedules (seed ${seed})`, () => {
    const table = aTable(TABLE, 'domain', 'taskId');
    beforeAll(async () => {
      for (const schedule of fc.sample(schedules, { seed, numRuns: model })) {
        stories.push({ schedule, story: await play(schedule, aTask(), MODEL) });
      }
    });

    it.each(SITUATIONS)('there is $name', ({ isMet }) => {
      expect(stories.filter(({ story }) => isMet(story)).length).toBeGreaterThanOrEqual(REAL_RUNS_EACH);
    });

    it.each(PROMISES)('$name', async ({ assert }) => {
      const isBroken = stories.some(({ schedule, story }) => throws(() => assert(story, schedule)));
      if (!isBroken) return;
      const property = fc.asyncProperty(schedules, async (schedule) =>
        assert(await play(schedule, aTask(), MODEL), schedule),
      );
      await fc.assert(property, { seed, numRuns: model });
      expect(isBroken).toBe(false);
    });

    it(`the update expressions do in dynalite what the model says, in ${real} of them`, async () => {
      const stage: Stage = { client: gate(table.client()), tableName: TABLE, isReal: true };
      const find = createFindTaskState(stage.client, TABLE, () => 0);
      const playAndRead = async (schedule: Schedule): Promise<void> => {
        const task = aTask();
        const { row } = await play(schedule, task, stage);
        const { state, cancelRequested, observedAt: observedAtMs, closedText } = row ?? {};
        const read = { state, cancelRequested, observedAtMs, ...(closedText === undefined ? {} : { closedText }) };
        expect(await find(task, deadline)).toEqual(row === undefined ? undefined : read);
      };
      const played = await inTurns(pickForReal(real), async (schedule) => {
        try {
          await playAndRead(schedule);
          return undefined;
        } catch (error) {
          return { schedule, error };
        }
      });
      expect(played).toHaveLength(real);
      const broken = played.find((result) => result !== undefined);
      if (broken !== undefined) throw new Error(JSON.stringify(broken.schedule), { cause: broken.error });
    });
  });
}

async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const queue = items.values();
  const results: R[] = [];
  const work = async (): Promise<void> => {
    for (const item of queue) results.push(await act(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

function throws(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
