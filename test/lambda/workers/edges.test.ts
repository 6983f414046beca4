import { expect, it } from 'vitest';

import { parseHeartbeat } from '../../../lambda/tasks/heartbeat.ts';
import { toNativeProblem } from '../../../lambda/http/native-answer.ts';
import { ROW_TTL_SECONDS } from '../../../lambda/tasks/task-state.ts';
import { isKeyId } from '../../../lambda/workers/worker-key.ts';
import { RelayError } from '../../../lambda/http/errors.ts';
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

it('gives a title even to a status without a name', () => {
  class TeapotError extends RelayError {
    override readonly code = 'Teapot';
    override readonly status = 418;
    override readonly detail = 'The relay makes no coffee.';
    override readonly awsType = 'Teapot';
  }
  const { body } = toNativeProblem(new TeapotError(), 'request-1', 0);
  expect(JSON.parse(body)).toMatchObject({ title: 'Error', status: 418, code: 'Teapot' });
});
