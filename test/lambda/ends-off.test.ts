import { describe, expect, it } from 'vitest';

import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import { ENVIRONMENT_NAMES } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1';

/** What the function makes of its environment, without a call. */
function endsOf(domains: unknown) {
  const variables = Object.fromEntries(Object.values(ENVIRONMENT_NAMES).map((name) => [name, 'x']));
  const environment = parseEnvironment({
    ...variables,
    AWS_REGION: 'eu-west-1',
    [ENVIRONMENT_NAMES.workerKeysMacKey]: KEY_ARN,
    [ENVIRONMENT_NAMES.rolePrefix]: '/',
    [ENVIRONMENT_NAMES.domains]: JSON.stringify(domains),
  });
  const aws = { region: 'eu-west-1', requestHandler: createRequestHandler() };
  return createDependencies(environment, aws, Date.now).ends;
}

describe('the function', () => {
  it.each([
    { given: 'no settings', domains: ['orders', 'billing'] },
    { given: 'heartbeats alone', domains: ['orders', { name: 'billing', operations: ['heartbeat'] }] },
  ])('has nothing that could end a task, with $given', ({ domains }) => {
    expect(endsOf(domains)).toBeUndefined();
  });

  it.each(['complete', 'fail', 'cancel'])('can end tasks if any domain allows to %s them', (operation) => {
    expect(endsOf(['orders', { name: 'billing', operations: ['heartbeat', operation] }])).toBeDefined();
  });
});
