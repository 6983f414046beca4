import { describe, expect, it } from 'vitest';

import { HEARTBEAT_SECONDS } from '../../lambda/environment/environment.ts';
import { toDomainRate, toKeyRate } from '../../lambda/share/rate.ts';
import { ERROR_CLASSES as errors } from '../lambda/error-classes.ts';
import { readPage } from './recordings.ts';

const page = readPage('docs/api.md');

/** `code` and `status` of every row, read off an instance of each class. */
const rows = [
  new errors.MalformedRequestError('x'),
  new errors.InvalidTaskTokenError('x'),
  new errors.RequestTooLargeError('x'),
  new errors.MethodNotAllowedError(['GET']),
  new errors.UnknownOperationError('x'),
  new errors.NotFoundError('x'),
  new errors.TaskUnknownError('x'),
  new errors.UnauthenticatedError('no-proof'),
  new errors.DomainNotGrantedError('x'),
  new errors.DomainNotNamedError('x'),
  new errors.TaskNotInDomainError('x'),
  new errors.TaskNotOpenError('Unknown activity'),
  new errors.SwfThrottledError('x'),
  new errors.KeyThrottledError('x'),
  new errors.DomainThrottledError('x'),
  new errors.SwfUnavailableError('x'),
  new errors.SwfResourceUnknownError('x'),
  new errors.WrongEndpointError('x'),
  new errors.AuthenticationUnavailableError('x'),
  new errors.CacheUnavailableError('x'),
  new errors.RelayMisconfiguredError('x'),
  new errors.InternalError('x'),
];

describe('the table of answers in docs/api.md', () => {
  it('has every class of error', () => {
    expect(new Set(rows.map((row) => row.constructor))).toEqual(new Set(Object.values(errors)));
  });

  it.each(rows.map((row) => ({ code: row.code, status: row.status })))('lists $status $code', ({ code, status }) => {
    const line = page.split('\n').find((text) => text.startsWith(`| ${status} |`) && text.includes(`\`${code}\``));
    expect(line).toBeDefined();
  });

  it('has a row for a heartbeat that is not due', () => {
    expect(page).toMatch(/^\| 200 \| `Paced` \| 200 \|/m);
  });
});

it('docs/api.md names the members of pacing, and the default rates', () => {
  const named = [
    'heartbeatTimeoutSeconds',
    'nextHeartbeatSeconds',
    'acceptedAt',
    `from ${HEARTBEAT_SECONDS.min} to ${HEARTBEAT_SECONDS.max}`,
    `(\`--rate ${toKeyRate().perSecond}\`)`,
    `share ${toDomainRate().perSecond} a second, with\n  bursts of ${toDomainRate().burst.toLocaleString('en')}`,
  ];
  expect(named.filter((name) => !page.includes(name))).toEqual([]);
});

it('docs/aws-clients.md names the headers of pacing', () => {
  const clients = readPage('docs/aws-clients.md');
  const { min, max } = HEARTBEAT_SECONDS;
  const named = ['x-relay-heartbeat-timeout', 'x-relay-next-heartbeat', 'x-relay-accepted-at', `${min} to ${max}`];
  expect(named.filter((name) => !clients.includes(name))).toEqual([]);
});
