import { assertSeen, type Check } from './check.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import { assertAnswer, codeOf, describe } from './outcome.ts';
import type { Scene } from './scene.ts';
import { sendSigned } from './signed-heartbeat.ts';

/** Whether SWF, IAM and the relay refuse a token of another domain. */
export const FOREIGN_CHECKS: readonly Check[] = [
  { name: 'foreign token', needs: ['heartbeat'], act: foreignTokenIsRefused },
  { name: 'foreign signed', needs: ['signed path/', 'foreign token'], act: foreignSignedIsRefused },
  { name: 'undeclared', needs: ['key'], act: undeclaredDomainIsRefused },
];

async function foreignTokenIsRefused(scene: Scene): Promise<string> {
  const { domainName } = scene;
  const answer = await scene.heartbeat(await scene.foreignTask());
  const wallIsMissing = `SWF recorded a heartbeat of ${FOREIGN_DOMAIN} under the role of ${domainName}: it does not compare a token's domain with the role, so only the grant check protects`;
  assertSeen(answer.status !== 200, wallIsMissing);
  assertAnswer(answer, 403, 'TaskNotInDomain', {
    RelayMisconfigured: `SWF's denial names ${domainName}, or it is no denial: the worker gets 503 instead of 403`,
    SwfUnavailable: 'SWF denies it with an error that the relay does not know: the worker gets 503 instead of 403',
    InvalidTaskToken: 'SWF calls the token invalid',
  });
  return `SWF compares a token's domain with the role, and its denial is one that the relay knows: ${describe(answer)}`;
}

async function foreignSignedIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.foreignTask();
  const outcome = await sendSigned(scene, taskToken, 'path/');
  const name = outcome.kind === 'fault' ? outcome.name : 'an answer';
  assertSeen(name === 'OperationNotPermittedFault', `${name} instead of OperationNotPermittedFault`);
  const isSilent = outcome.kind === 'fault' && !outcome.message.includes(FOREIGN_DOMAIN);
  assertSeen(isSilent, "the answer names the token's domain");
  return "OperationNotPermittedFault, which does not name the token's domain";
}

async function undeclaredDomainIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.foreignTask();
  const answer = await scene.parts.relay.send({
    path: `/domains/${FOREIGN_DOMAIN}/heartbeats`,
    headers: [await scene.authorization()],
    body: JSON.stringify({ taskToken }),
  });
  assertAnswer(answer, 403, 'DomainNotGranted');
  return `in ${FOREIGN_DOMAIN} itself the grant check refuses it: ${codeOf(answer)}`;
}
