import { expect, it } from 'vitest';

import { parseHeartbeat } from '../../../lambda/tasks/heartbeat.ts';
import { ROW_TTL_SECONDS } from '../../../lambda/tasks/task-state.ts';
import { isKeyId } from '../../../lambda/workers/worker-key.ts';
import { aKeyId } from './worker-key-records.ts';

it.each([
  { given: 'a character', text: `A${aKeyId()}` },
  { given: 'a line', text: `x\n${aKeyId()}` },
  { given: 'another key id', text: `${aKeyId()}${aKeyId()}` },
])('has nothing before a key id: $given', ({ text }) => {
  expect(isKeyId(text)).toBe(false);
});

it('keeps what the JSON parser said as the cause, for whoever debugs', () => {
  const syntax: unknown = expect.objectContaining({ name: 'SyntaxError' });
  expect(() => parseHeartbeat(Buffer.from('{'))).toThrow(expect.objectContaining({ cause: syntax }));
});

it('keeps a row for 30 days', () => {
  expect(ROW_TTL_SECONDS).toBe(2_592_000);
});
