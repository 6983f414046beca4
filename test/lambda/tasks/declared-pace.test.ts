import { describe, expect, it } from 'vitest';

import { MalformedRequestError } from '../../../lambda/http/errors.ts';
import { parsePaceHeaders, parsePaceMembers } from '../../../lambda/tasks/declared-pace.ts';

const RANGE = 'must be a whole number from 1 to 99999999';
const refusal = (field: string): unknown =>
  expect.objectContaining({
    code: 'MalformedRequest',
    status: 400,
    detail: `${field} ${RANGE}.`,
    awsMessage: `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member ${RANGE}`,
  });

describe('a pace in members', () => {
  it.each([
    { members: {}, pace: {} },
    { members: { heartbeatTimeoutSeconds: null, nextHeartbeatSeconds: null }, pace: {} },
    { members: { heartbeatTimeoutSeconds: 1 }, pace: { timeoutSeconds: 1 } },
    { members: { heartbeatTimeoutSeconds: 99_999_999 }, pace: { timeoutSeconds: 99_999_999 } },
    { members: { nextHeartbeatSeconds: 50 }, pace: { intervalSeconds: 50 } },
    {
      members: { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 50 },
      pace: { timeoutSeconds: 300, intervalSeconds: 50 },
    },
  ])('is read from $members', ({ members, pace }) => {
    expect(parsePaceMembers(members)).toEqual(pace);
  });

  it('is not taken from a prototype', () => {
    class Inherited {
      get heartbeatTimeoutSeconds(): number {
        return 300;
      }
    }
    expect(parsePaceMembers(new Inherited())).toEqual({});
  });

  it.each(['heartbeatTimeoutSeconds', 'nextHeartbeatSeconds'])('is refused for a bad %s', (field) => {
    for (const value of [0, -1, 0.5, 1.5, 1e8, Infinity, '300', '', true, [], {}, [300]]) {
      expect(() => parsePaceMembers({ [field]: value })).toThrow(refusal(field));
    }
  });
});

describe('a pace in headers', () => {
  const TIMEOUT = 'x-relay-heartbeat-timeout';
  const INTERVAL = 'x-relay-next-heartbeat';

  it.each([
    { headers: { [TIMEOUT]: '300' }, pace: { timeoutSeconds: 300 } },
    { headers: { [TIMEOUT]: '99999999', [INTERVAL]: '1' }, pace: { timeoutSeconds: 99_999_999, intervalSeconds: 1 } },
    { headers: {}, pace: undefined },
    { headers: { [INTERVAL]: '50' }, pace: undefined },
  ])('is read from $headers', ({ headers, pace }) => {
    expect(parsePaceHeaders(headers)).toEqual(pace);
  });

  it.each([TIMEOUT, INTERVAL])('is refused for a bad %s', (name) => {
    for (const value of [
      '',
      '0',
      '-1',
      '0300',
      '300.0',
      '3e2',
      ' 300',
      '100000000',
      '300,300',
      '300, 300',
      '٣٠٠',
      'NONE',
    ]) {
      expect(() => parsePaceHeaders({ [name]: value })).toThrow(refusal(name));
    }
  });
});

it('a refusal names no value', () => {
  const thrown = (() => {
    try {
      return parsePaceHeaders({ 'x-relay-heartbeat-timeout': 'secret' });
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(MalformedRequestError);
  expect(JSON.stringify(Object.entries(thrown ?? {}))).not.toContain('secret');
});
