import { describe, expect, it } from 'vitest';

import type { UnauthenticatedReason } from '../../../lambda/workers/errors.ts';
import { aSignedRequest } from './signed-request.ts';
import { createTestApp, createFakeBackends, toEvent } from '../test-app.ts';
import { expiredKey, type Refusal, revokedKey, toRequest } from './forgery.ts';
import { FORGERIES } from './forgeries.ts';

const FAULTS: Readonly<Record<UnauthenticatedReason, string>> = {
  'no-proof': 'com.amazon.coral.service#MissingAuthenticationTokenException',
  'bad-grammar': 'com.amazon.coral.service#IncompleteSignatureException',
  'bad-date': 'com.amazon.coral.service#InvalidSignatureException',
  'bad-key': 'com.amazon.coral.service#UnrecognizedClientException',
};

/** SWF's own words for a refusal, if SWF has words for it. */
const MESSAGES: Partial<Record<UnauthenticatedReason, string>> = {
  'no-proof': 'Request is missing Authentication Token',
  'bad-key': 'The security token included in the request is invalid.',
};

const toFault = ({ reason, detail }: Refusal) => ({ __type: FAULTS[reason], message: MESSAGES[reason] ?? detail });

const NO_OPERATION = {
  __type: 'com.amazon.coral.service#UnknownOperationException',
  message: 'The relay does not offer this operation of SWF.',
};

const aWorldWithBadKeys = () => ({
  ...createFakeBackends(),
  keys: [...createFakeBackends().keys, revokedKey, expiredKey],
});

describe.each(FORGERIES)('refuses $part', ({ rows }) => {
  it.each(rows)('$given', async (forgery) => {
    const { refusal, isForNoRoute = false } = forgery;
    const backends = aWorldWithBadKeys();
    const call = createTestApp(backends);
    const result = await call(toEvent(toRequest(forgery)));
    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body)).toEqual(isForNoRoute ? NO_OPERATION : toFault(refusal));
    const { keyReads, derivations } = isForNoRoute ? { keyReads: 0, derivations: 0 } : refusal;
    expect(backends).toMatchObject({ keyReads, derivations, forwarded: [] });
    expect((await call(toEvent(aSignedRequest()))).body).toBe('{"cancelRequested":false}');
    expect(backends.forwarded).toHaveLength(1);
  });
});
