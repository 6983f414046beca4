import { describe, expect, it } from 'vitest';

import { isClosedText, needsWrite, type Observation, type LastWrite } from '../../../lambda/tasks/task-state.ts';
import { NOW } from '../workers/worker-key-records.ts';

const open: LastWrite = { state: 'open', cancelRequested: false, observedAtMs: NOW };
const heartbeat = (cancelRequested: boolean, observedAtMs = NOW + 1): Observation => ({
  kind: 'accepted',
  cancelRequested,
  startedAtMs: observedAtMs - 10,
  observedAtMs,
});
const closing: Observation = { kind: 'closed', text: 'Unknown activity', observedAtMs: NOW + 1 };

describe('an observation', () => {
  it.each([
    { given: 'the first heartbeat', observation: heartbeat(false), stored: undefined, worth: true },
    { given: 'the first thing heard, a close', observation: closing, stored: undefined, worth: true },
    { given: 'the same again', observation: heartbeat(false), stored: open, worth: false },
    { given: 'the same after a minute', observation: heartbeat(false, NOW + 60_000), stored: open, worth: false },
    { given: 'the same after more', observation: heartbeat(false, NOW + 60_001), stored: open, worth: true },
    { given: 'a cancel request', observation: heartbeat(true), stored: open, worth: true },
    { given: 'it again', observation: heartbeat(true), stored: { ...open, cancelRequested: true }, worth: false },
    { given: 'its loss', observation: heartbeat(false), stored: { ...open, cancelRequested: true }, worth: false },
    { given: 'a close', observation: closing, stored: open, worth: true },
    { given: 'a close again', observation: closing, stored: { ...open, state: 'closed' as const }, worth: false },
    {
      given: 'the same again, of a paced task',
      observation: { ...heartbeat(false), isPaced: true },
      stored: open,
      worth: true,
    },
    {
      given: 'a heartbeat after it',
      observation: heartbeat(false),
      stored: { ...open, state: 'closed' as const },
      worth: true,
    },
  ])('is worth a write: $given, $worth', ({ observation, stored, worth }) => {
    expect(needsWrite(observation, stored)).toBe(worth);
  });
});

it.each([
  { text: 'Unknown activity, scheduledEventId = 5', closed: true },
  { text: 'Unknown execution: WorkflowExecution=[workflowId=a, runId=b]', closed: true },
  { text: 'Unknown domain: orders', closed: false },
  { text: 'Unknown type: ActivityType=[name=Unknown activity, version=1]', closed: false },
  { text: 'unknown activity', closed: false },
  { text: '', closed: false },
])('$text speaks of a closed task: $closed', ({ text, closed }) => {
  expect(isClosedText(text)).toBe(closed);
});
