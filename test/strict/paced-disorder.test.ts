import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { gate } from './disorder-play.ts';
import { PacedPlay, type PacedStory } from './paced-disorder-play.ts';
import { type PacedSchedule, pacedSchedules } from './paced-disorder-schedule.ts';

/** `DISORDER_SEED=…` plays the same schedules again. */
const seed = Number(process.env['DISORDER_SEED'] ?? Date.now() % 0x7fff_ffff);
const RUNS = 10_000;

const CONFIG = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const CLIENT = gate(new DynamoDBClient(CONFIG));

const play = async (schedule: PacedSchedule): Promise<PacedStory> => new PacedPlay(schedule, CLIENT).run();

type Answers = PacedStory['answers'];
const isPaced = ({ answer }: Answers[number]): boolean => answer?.code === 'Paced';
const saysTrue = ({ answer }: Answers[number]): boolean => answer?.cancelRequested === true;

/** What must be true of every story, whatever the schedule. Each throws where it is not. */
const PROMISES: readonly {
  readonly name: string;
  readonly assert: (story: PacedStory, schedule: PacedSchedule) => void;
}[] = [
  {
    name: 'P3: no heartbeat that begins after any container has stored true is told false',
    assert: ({ answers, trueStoredAt = Infinity }) => {
      const later = answers.filter(({ startedAt, answer }) => startedAt > trueStoredAt && answer !== undefined);
      expect(later.filter((answered) => !saysTrue(answered))).toEqual([]);
    },
  },
  {
    name: 'P4: none is told true before SWF says so',
    assert: ({ answers }, { canceledAt = Infinity }) => {
      if (canceledAt === Infinity) expect(answers.filter(saysTrue)).toEqual([]);
    },
  },
  {
    name: 'P4: acceptedAt is when a heartbeat was sent that SWF accepted, and observedAt is not before it',
    assert: ({ answers, acceptedAtMs }) => {
      for (const { answer } of answers.filter(isPaced)) {
        expect(acceptedAtMs).toContain(Date.parse(answer?.acceptedAt ?? ''));
        expect(Date.parse(answer?.observedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(answer?.acceptedAt ?? ''));
        expect(answer?.forwarded).toBe(false);
      }
    },
  },
];

/** What the stories must hold, or the promises would be tried on nothing. */
const SITUATIONS: readonly { readonly name: string; readonly isMet: (story: PacedStory) => boolean }[] = [
  {
    name: 'a heartbeat that was paced and told false',
    isMet: ({ answers }) => answers.some((answered) => isPaced(answered) && !saysTrue(answered)),
  },
  {
    name: 'a heartbeat that was paced and told true',
    isMet: ({ answers }) => answers.some((answered) => isPaced(answered) && saysTrue(answered)),
  },
  {
    name: 'a heartbeat that was forwarded although another one was paced before',
    isMet: ({ answers }) => {
      const paced = answers.findIndex(isPaced);
      return paced >= 0 && answers.slice(paced).some(({ answer }) => answer?.forwarded === true);
    },
  },
  {
    name: 'a heartbeat that began after true was stored',
    isMet: ({ answers, trueStoredAt = Infinity }) => answers.some(({ startedAt }) => startedAt > trueStoredAt),
  },
  { name: 'a heartbeat that was refused', isMet: ({ answers }) => answers.some(({ answer }) => answer === undefined) },
];

describe(`two containers in disorder, with pacing, in ${RUNS} schedules (seed ${seed})`, () => {
  const stories: { readonly schedule: PacedSchedule; readonly story: PacedStory }[] = [];

  beforeAll(async () => {
    for (const schedule of fc.sample(pacedSchedules, { seed, numRuns: RUNS })) {
      stories.push({ schedule, story: await play(schedule) });
    }
  });

  it.each(SITUATIONS)('there is $name', ({ isMet }) => {
    expect(stories.filter(({ story }) => isMet(story)).length).toBeGreaterThanOrEqual(100);
  });

  it.each(PROMISES)('$name', async ({ assert }) => {
    const broken = stories.find(({ schedule, story }) => throws(() => assert(story, schedule)));
    if (broken === undefined) return;
    // Again, for the smallest schedule that breaks it.
    await fc.assert(
      fc.asyncProperty(pacedSchedules, async (schedule) => assert(await play(schedule), schedule)),
      { seed, numRuns: RUNS },
    );
    expect(broken).toBeUndefined();
  });
});

function throws(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
