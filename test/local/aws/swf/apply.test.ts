import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../../local/aws/swf/apply.ts';
import { nextDeadline } from '../../../../local/aws/swf/timeouts.ts';
import { type Entry, newState, performAll, steps } from './commands-at-random.ts';

/** As it comes back from a journal. */
const reread = (entries: readonly Entry[]): Entry[] => entries.map((entry) => structuredClone(entry));

function replay(entries: readonly Entry[]): string {
  const state = newState();
  for (const { now, command } of reread(entries)) apply(state, command, now);
  return JSON.stringify(state);
}

const EVERY_MS = 500;

/** Ticks at every half second in between: a timer that never sleeps. */
function withTicks(entries: readonly Entry[]): Entry[] {
  let last = 0;
  return entries.flatMap((entry) => {
    const ticks: Entry[] = [];
    for (let now = last + EVERY_MS; now < entry.now; now += EVERY_MS) ticks.push({ now, command: { kind: 'tick' } });
    last = entry.now;
    return [...ticks, entry];
  });
}

const EVENT_TYPES = [
  'ActivityTaskCompleted',
  'ActivityTaskFailed',
  'ActivityTaskCanceled',
  'ActivityTaskCancelRequested',
  'DecisionTaskTimedOut START_TO_CLOSE',
  'ActivityTaskTimedOut SCHEDULE_TO_START',
  'ActivityTaskTimedOut START_TO_CLOSE',
  'ActivityTaskTimedOut SCHEDULE_TO_CLOSE',
  'ActivityTaskTimedOut HEARTBEAT',
  'WorkflowExecutionCompleted',
  'WorkflowExecutionTerminated',
  'WorkflowExecutionTimedOut START_TO_CLOSE',
];

describe('apply', () => {
  it('is tried here with histories that hold every end and every timeout', () => {
    const seen = new Set<string>();
    for (const given of fc.sample(steps, { numRuns: 1000, seed: 1 })) {
      for (const domain of Object.values(performAll(given).state.domains)) {
        const runs = [...Object.values(domain.open), ...Object.values(domain.closed)];
        for (const { eventType, attributes } of runs.flatMap(({ events }) => events)) {
          const { timeoutType } = attributes;
          seen.add(typeof timeoutType === 'string' ? `${eventType} ${timeoutType}` : eventType);
        }
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(EVENT_TYPES));
  });

  it('gives the same state for the same commands', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state, entries } = performAll(given);
        expect(replay(entries)).toBe(JSON.stringify(state));
      }),
    );
  });

  it('expires things at their own time, however seldom it is called', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state, entries } = performAll(given);
        const commandsOnly = entries.filter(
          ({ command }, index) => command.kind !== 'tick' || index === entries.length - 1,
        );
        expect(replay(withTicks(entries))).toBe(JSON.stringify(state));
        expect(replay(commandsOnly)).toBe(JSON.stringify(state));
      }),
    );
  });

  it('changes nothing where it refuses, numbers events without gaps, and never dates one before another', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state } = performAll(given);
        for (const domain of Object.values(state.domains)) {
          for (const { events } of [...Object.values(domain.open), ...Object.values(domain.closed)]) {
            expect(events.map(({ eventId }) => eventId)).toEqual(events.map((_, index) => index + 1));
            expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
          }
        }
      }),
    );
  });

  it('leaves nothing that is due', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state } = performAll(given);
        expect(nextDeadline(state) ?? Infinity).toBeGreaterThan(state.now);
      }),
    );
  });

  it('takes a clock that was set back for the time it had', () => {
    const state = newState();
    apply(state, { kind: 'tick' }, 5000);
    apply(state, { kind: 'tick' }, 1000);
    expect(state.now).toBe(5000);
  });
});
