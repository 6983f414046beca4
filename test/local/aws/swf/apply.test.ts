import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../../local/aws/swf/apply.ts';
import { nextDeadline } from '../../../../local/aws/swf/timeouts.ts';
import { type Entry, newState, performAll, steps } from './commands-at-random.ts';

/** Serializes and parses a value, as the journal does. */
const reread = (entries: readonly Entry[]): Entry[] => entries.map((entry) => structuredClone(entry));

function replay(entries: readonly Entry[]): string {
  const state = newState();
  for (const { now, command } of reread(entries)) apply(state, command, now);
  return JSON.stringify(state);
}

const EVERY_MS = 500;

/** Ticks every half second in between, like a timer that never pauses. */
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
  it('is tested with histories that contain every end and every timeout', () => {
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

  it('produces the same state from the same commands', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state, entries } = performAll(given);
        expect(replay(entries)).toBe(JSON.stringify(state));
      }),
    );
  });

  it('expires timeouts at their own time, however rarely it is called', () => {
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

  it('changes nothing if it refuses, numbers events without gaps, and keeps their times in order', () => {
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

  it('leaves no due timeout', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state } = performAll(given);
        expect(nextDeadline(state) ?? Infinity).toBeGreaterThan(state.now);
      }),
    );
  });

  it('uses the latest time if the clock was set back', () => {
    const state = newState();
    apply(state, { kind: 'tick' }, 5000);
    apply(state, { kind: 'tick' }, 1000);
    expect(state.now).toBe(5000);
  });
});
