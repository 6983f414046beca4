import { AsyncLocalStorage } from 'node:async_hooks';

import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';

import { createRemember } from '../../lambda/aws/task-states-table.ts';
import type { Observation, TaskKey } from '../../lambda/tasks/task-state.ts';
import type { Remember } from '../../lambda/tasks/heartbeat-attempt.ts';
import { insist, type Row, toAttributes, write } from './disorder-model.ts';
import { answerOfSwf, type Heartbeat, type Schedule } from './disorder-schedule.ts';
import { Timeline } from './disorder-timeline.ts';

type Attributes = Record<string, AttributeValue>;

/** What a command came to: the item as it stands, or none where a condition refused it. */
export type Outcome = Attributes | undefined;

/** A command on its way to a table. */
interface Crossing {
  readonly cross: (isRead: boolean, act: () => Promise<Outcome>) => Promise<Outcome>;
}

export const crossings = new AsyncLocalStorage<Crossing>();

/** Makes a client's commands wait for their turn in the play that sends them; those of no play pass. */
export function gate(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const crossing = crossings.getStore();
        if (crossing === undefined) return next(args);
        const isRead = commandName === 'GetItemCommand';
        const item = await crossing.cross(isRead, async () => {
          const { output } = await next(args);
          if ('Item' in output) return output.Item;
          return 'Attributes' in output && !Array.isArray(output.Attributes) ? output.Attributes : undefined;
        });
        if (item === undefined && !isRead) throw refusal();
        const named = item === undefined ? {} : { [isRead ? 'Item' : 'Attributes']: item };
        return { output: { $metadata: {}, ...named }, response: undefined };
      },
    { step: 'initialize', priority: 'high', name: 'gate' },
  );
  return client;
}

const refusal = (): Error => new ConditionalCheckFailedException({ $metadata: {}, message: 'refused' });

/** A write that reached the table. */
export interface Applied {
  readonly observation: Observation;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** What `remember` told of a heartbeat. */
export interface Told {
  readonly observation: Observation;
  /** Undefined where it failed. */
  readonly isCancelStored: boolean | undefined;
  /** The row when it told so. */
  readonly row: Row | undefined;
  /** The row when the last write was acted on; undefined where there was no write, or no row. */
  readonly seen: Row | undefined;
}

/** What happened on a task's row, from its first heartbeat to the last. */
export interface Story {
  readonly applied: readonly Applied[];
  readonly told: readonly Told[];
  readonly row: Row | undefined;
}

/** Where a play takes place. */
export interface Stage {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Whether commands go on to a real table, which must then do as the model says, or to the model alone. */
  readonly isReal: boolean;
}

const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';
const HOUR_MS = 3_600_000;
const LAST_HEARTBEAT = { answeredAfter: 1, arrivesAfter: 1 };
const AT_ONCE = { appliedAfter: [1], heardAfter: 1, givenUpAfter: 0 };

const deadline = { signal: (): AbortSignal => new AbortController().signal };

/** Plays a schedule by the relay's own code: what is under test is which writes it makes, and what they may change. */
export async function play(schedule: Schedule, task: TaskKey, stage: Stage): Promise<Story> {
  const { client, tableName, isReal } = stage;
  const timeline = new Timeline();
  const applied: Applied[] = [];
  const told: Told[] = [];
  let row: Row | undefined;
  const start = (): Remember => createRemember(client, tableName);
  const containers = [start(), start()];

  const apply = async (observation: Observation, nth: number, act: () => Promise<Outcome>): Promise<Outcome> => {
    const written = nth === 0 ? write(row, observation) : insistOn(row, observation);
    if (isReal) expect(await act().catch(toRefused)).toEqual(withKey(written, task));
    const before = row;
    row = written ?? row;
    applied.push({ observation, before, after: row });
    return withKey(written, task);
  };

  const read = async (act: () => Promise<Outcome>): Promise<Outcome> => {
    if (isReal) expect(await act()).toEqual(withKey(row, task));
    return withKey(row, task);
  };

  const hear = async (heartbeat: Heartbeat, observation: Observation): Promise<void> => {
    let nth = 0;
    let seen: Row | undefined;
    const cross = async (isRead: boolean, act: () => Promise<Outcome>): Promise<Outcome> => {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      const number = nth;
      const passage = heartbeat.passages[number === 0 ? 0 : 1];
      nth += 1;
      let outcome: Outcome;
      for (const after of passage.appliedAfter) {
        timeline.plan(timeline.now + after, async () => {
          outcome = await (isRead ? read(act) : apply(observation, number, act));
          seen = row;
        });
      }
      const { heardAfter, givenUpAfter } = passage;
      if (heardAfter === undefined) {
        timeline.plan(timeline.now + givenUpAfter, () => reject(new Error('given up')));
      } else {
        timeline.plan(timeline.now + (passage.appliedAfter.at(-1) ?? 0) + heardAfter, () => resolve(outcome));
      }
      return promise;
    };
    const remember = containers[heartbeat.container] ?? start();
    const isCancelStored = await crossings.run({ cross }, async () => {
      try {
        return await remember(task, observation, deadline);
      } catch {
        return undefined;
      }
    });
    told.push({ observation, isCancelStored, row, seen });
  };

  const heartbeatAt = (heartbeat: Heartbeat): void => {
    const answeredAt = heartbeat.startedAt + heartbeat.answeredAfter;
    const observedAt = answeredAt + heartbeat.arrivesAfter;
    const aheadMs = HOUR_MS + (heartbeat.container === 0 ? 0 : schedule.aheadMs);
    const answer = answerOfSwf(schedule, answeredAt);
    const observation: Observation =
      answer === 'closed'
        ? { kind: 'closed', text: CLOSED_TEXT, observedAtMs: observedAt + aheadMs }
        : {
            kind: 'accepted',
            ...answer,
            startedAtMs: heartbeat.startedAt + aheadMs,
            observedAtMs: observedAt + aheadMs,
          };
    timeline.plan(observedAt, () => void hear(heartbeat, observation));
  };

  for (const { container, at } of schedule.replaced) {
    timeline.plan(at, () => {
      containers[container] = start();
    });
  }
  schedule.heartbeats.forEach(heartbeatAt);
  await timeline.run();
  heartbeatAt({
    ...LAST_HEARTBEAT,
    container: schedule.lastContainer,
    startedAt: timeline.now + HOUR_MS,
    passages: [AT_ONCE, AT_ONCE],
  });
  await timeline.run();
  return { applied, told, row };
}

function insistOn(row: Row | undefined, observation: Observation): Row | undefined {
  if (observation.kind === 'closed' || !observation.cancelRequested) throw new Error('a write that has no reason');
  return insist(row, observation);
}

const withKey = (row: Row | undefined, { domain, taskId }: TaskKey): Outcome =>
  row === undefined ? undefined : { domain: { S: domain }, taskId: { S: taskId }, ...toAttributes(row) };

function toRefused(error: unknown): undefined {
  if (error instanceof ConditionalCheckFailedException) return undefined;
  throw error;
}
