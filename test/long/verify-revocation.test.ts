import { expect, it } from 'vitest';

import { findKey } from '../../operator/key-records.ts';
import { deriveSecret } from '../../lambda/aws/kms.ts';
import { NO_EVENTS, toKnownKey } from '../../lambda/workers/known-key.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { startProxy } from '../e2e/a-proxy.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { startSabotaged } from '../e2e/a-sabotaged-stack.ts';
import { startStack } from '../e2e/a-stack.ts';
import { linesOf, startVerify, writeState } from '../e2e/verify-command.ts';

it('npm run verify names a key that outlives its revocation, after a minute', async () => {
  using folder = new AFolder();
  const a = await startStack();
  const relay = await startSabotaged(a.stack, {
    over: ({ clock }) => ({
      verifyProof: createVerifyProof({
        clock,
        findKey: async (keyId) => toKnownKey((await findKey(a.target, keyId)).record, NO_EVENTS),
        deriveSecret: async (record) => deriveSecret(a.target.kms, a.target.macKeyArn, record),
      }),
    }),
  });
  const toAnswerBody = (body: string): string => body.replaceAll(a.stack.relayUrl, relay.url);
  const aws = await startProxy(a.stack.awsUrl, { toAnswerBody });
  writeState(folder.state(), { ...a.connection, awsUrl: aws.url });
  const ended = await startVerify(folder.state(), '--yes').ended;
  await Promise.all([relay.close(), aws.close()]);
  await a.close();
  expect(ended.exitCode).toBe(1);
  expect(linesOf(ended).filter(({ kind }) => kind === 'fail')).toEqual([
    { kind: 'fail', name: 'revoked', text: 'the key is let in 60 s after it was revoked' },
  ]);
});
