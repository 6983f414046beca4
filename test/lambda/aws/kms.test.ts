import { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';

import { deriveSecret } from '../../../lambda/aws/kms.ts';
import { toMacMessage } from '../../../lambda/workers/mac-message.ts';
import { aRecord, toSecret } from '../workers/worker-key-records.ts';
import { aFault, aJsonAnswer, anAwsServer, type AwsAnswer, CREDENTIALS } from './fake-aws-server.ts';

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1';
const record = aRecord({ domains: ['orders', 'billing'] });
const genuine = aJsonAnswer({ Mac: Buffer.from(toSecret(record), 'base64url').toString('base64'), KeyId: KEY_ARN });

async function aDerivation(answer: AwsAnswer, signal?: AbortSignal) {
  const kms = await anAwsServer(() => answer);
  const client = new KMSClient({ region: 'eu-west-1', endpoint: kms.url, credentials: CREDENTIALS, maxAttempts: 1 });
  return { kms, secret: deriveSecret(client, KEY_ARN, record, signal) };
}

it('derives a secret from the key’s id and domains', async () => {
  const { kms, secret } = await aDerivation(genuine);
  expect(await secret).toBe(toSecret(record));
  expect(JSON.parse(kms.calls[0]?.body ?? '')).toEqual({
    KeyId: KEY_ARN,
    MacAlgorithm: 'HMAC_SHA_256',
    Message: Buffer.from(toMacMessage(record.keyId, record.domains)).toString('base64'),
  });
  expect(kms.calls[0]?.headers['x-amz-target']).toBe('TrentService.GenerateMac');
});

describe('a failure', () => {
  it.each([
    { given: 'a disabled key', answer: aFault('DisabledException', 'x'), code: 'RelayMisconfigured' },
    { given: 'no key', answer: aFault('NotFoundException', 'x'), code: 'RelayMisconfigured' },
    { given: 'a key to be deleted', answer: aFault('KMSInvalidStateException', 'x'), code: 'RelayMisconfigured' },
    { given: 'a key of another use', answer: aFault('InvalidKeyUsageException', 'x'), code: 'RelayMisconfigured' },
    { given: 'a denial', answer: aFault('AccessDeniedException', 'x'), code: 'RelayMisconfigured' },
    { given: 'other credentials', answer: aFault('UnrecognizedClientException', 'x'), code: 'RelayMisconfigured' },
    { given: 'throttling', answer: aFault('ThrottlingException', 'x'), code: 'AuthenticationUnavailable' },
    { given: 'an error', answer: aFault('KMSInternalException', 'x', 500), code: 'AuthenticationUnavailable' },
    { given: 'a broken connection', answer: 'reset' as const, code: 'AuthenticationUnavailable' },
    { given: 'nonsense', answer: { status: 200, body: '<html>' }, code: 'AuthenticationUnavailable' },
    { given: 'an answer without a mac', answer: aJsonAnswer({}), code: 'AuthenticationUnavailable' },
  ])('for $given is $code', async ({ answer, code }) => {
    const { secret } = await aDerivation(answer);
    await expect(secret).rejects.toMatchObject({ code });
  });

  it('to answer in time is AuthenticationUnavailable', async () => {
    const end = new AbortController();
    const { kms, secret } = await aDerivation('hang', end.signal);
    void kms.received(1).then(() => end.abort());
    await expect(secret).rejects.toMatchObject({ code: 'AuthenticationUnavailable' });
  });
});
