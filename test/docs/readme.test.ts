import { describe, expect, it } from 'vitest';

import * as errors from '../../lambda/errors.ts';
import { readme, recordingOf } from './recordings.ts';

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
  new errors.SwfUnavailableError('x'),
  new errors.AuthenticationUnavailableError('x'),
  new errors.CacheUnavailableError('x'),
  new errors.RelayMisconfiguredError('x'),
  new errors.InternalError('x'),
];

describe('the README', () => {
  it('has every class of error in its table', () => {
    const classes = Object.values(errors).filter((value) => value !== errors.RelayError);
    expect(new Set(rows.map((row) => row.constructor))).toEqual(new Set(classes));
  });

  it.each(rows.map((row) => ({ code: row.code, status: row.status })))('lists $status $code', ({ code, status }) => {
    const line = readme.split('\n').find((text) => text.startsWith(`| ${status} |`) && text.includes(`\`${code}\``));
    expect(line).toBeDefined();
  });

  it('begins with the command that runs it and the command that tests it', () => {
    expect(readme.split('\n').slice(0, 12).join('\n')).toMatch(/npm ci && npm start[^]*npm ci && npm test/);
  });

  it('names only commands that package.json has', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    const named = [...readme.matchAll(/npm (?:run (?:-s )?)?(?<name>[a-z]+)/g)].map(
      ({ groups }) => groups?.['name'] ?? '',
    );
    const scripts = new Set([...Object.keys(manifest.scripts), 'ci', 'may', 'and']);
    expect(named.filter((name) => !scripts.has(name))).toEqual([]);
  });

  it('records each of the four steps', () => {
    expect(recordingOf('steps')).toHaveLength(4);
  });
});
