import { assertSeen, type Check } from './check.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import { assertAnswer, codeOf, describe } from './outcome.ts';
import type { Scene } from './scene.ts';
import { beatSigned } from './signed-beat.ts';

/** Whether a token of another domain is refused, by SWF and IAM as well as by the relay. */
export const FOREIGN_CHECKS: readonly Check[] = [
  { name: 'foreign token', needs: ['beat'], act: foreignTokenIsRefused },
  { name: 'foreign signed', needs: ['signed path/', 'foreign token'], act: foreignSignedIsRefused },
  { name: 'undeclared', needs: ['key'], act: undeclaredDomainIsRefused },
];

async function foreignTokenIsRefused(scene: Scene): Promise<string> {
  const { domainName } = scene;
  const answer = await scene.beat(await scene.foreignTask());
  const wallIsMissing = `SWF recorded a beat of ${FOREIGN_DOMAIN} under the role of ${domainName}: it does not hold a token's domain against the role, and the grant check stands alone`;
  assertSeen(answer.status !== 200, wallIsMissing);
  assertAnswer(answer, 403, 'TaskNotInDomain', {
    RelayMisconfigured: `SWF's denial names ${domainName}, or is none: the worker gets 503 instead of 403`,
    SwfUnavailable: 'SWF denies it under a name that the relay does not know: the worker gets 503 instead of 403',
    InvalidTaskToken: 'SWF calls the token invalid',
  });
  return `SWF holds a token's domain against the role, and denies it in words that the relay knows: ${describe(answer)}`;
}

async function foreignSignedIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.foreignTask();
  const outcome = await beatSigned(scene, taskToken, 'path/');
  const name = outcome.kind === 'fault' ? outcome.name : 'an answer';
  assertSeen(name === 'OperationNotPermittedFault', `${name} instead of OperationNotPermittedFault`);
  const isSilent = outcome.kind === 'fault' && !outcome.message.includes(FOREIGN_DOMAIN);
  assertSeen(isSilent, "the answer names the token's domain");
  return "OperationNotPermittedFault, without a word of the token's domain";
}

async function undeclaredDomainIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.foreignTask();
  const answer = await scene.parts.relay.send({
    path: `/domains/${FOREIGN_DOMAIN}/heartbeats`,
    headers: [await scene.authorization()],
    body: JSON.stringify({ taskToken }),
  });
  assertAnswer(answer, 403, 'DomainNotGranted');
  return `in ${FOREIGN_DOMAIN} itself the grant check refuses: ${codeOf(answer)}`;
}
