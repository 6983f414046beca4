import { type Check, SomethingElseError } from './check.ts';
import type { Meanings } from './outcome.ts';
import type { Scene } from './scene.ts';
import { sendSigned, type EndpointForm, type SignedOutcome } from './signed-heartbeat.ts';

/** Whether AWS's own client, signing with a worker key, reaches SWF with each form of the endpoint. */
export const SIGNED_CHECKS: readonly Check[] = [
  { name: 'signed path/', needs: ['heartbeat'], act: async (scene) => signedIsRecorded(scene, 'path/') },
  { name: 'signed path', needs: ['heartbeat'], act: async (scene) => signedIsRecorded(scene, 'path') },
  { name: 'signed root', needs: ['heartbeat'], act: async (scene) => signedIsRecorded(scene, 'root') },
];

const SENT: Readonly<Record<EndpointForm, string>> = {
  'path/': "by AWS's SDK to /domains/{domain}/",
  path: 'to /domains/{domain}, as the AWS CLI sends it',
  root: "by AWS's SDK to /",
};

const MEANINGS: Meanings = {
  MissingAuthenticationTokenException: 'the gateway does not pass a SigV4 Authorization header on',
  IncompleteSignatureException: 'the gateway drops or changes signed headers',
  UnrecognizedClientException: 'the gateway changes the path, the body or signed headers',
  InvalidSignatureException: 'the clocks are more than 5 minutes apart',
};

/** AWS's SDK calls a fault so if the answer does not name one. The relay always names it. */
const UNTYPED: ReadonlySet<string> = new Set(['Unknown', 'UnknownError']);

const BY_THE_GATEWAY = 'the gateway itself refuses it, because of the Authorization header or the trailing slash';

async function signedIsRecorded(scene: Scene, form: EndpointForm): Promise<string> {
  const { taskToken } = await scene.task('main');
  const outcome = await sendSigned(scene, taskToken, form);
  if (outcome.kind === 'answered' && outcome.cancelRequested === false) {
    return `recorded, sent ${SENT[form]}: Authorization and x-amz-* arrive unchanged`;
  }
  throw new SomethingElseError(`sent ${SENT[form]}: ${toInstead(outcome)}`);
}

function toInstead(outcome: SignedOutcome): string {
  if (outcome.kind === 'answered') return `cancelRequested ${String(outcome.cancelRequested)} instead of false`;
  const { name, message } = outcome;
  const meaning = MEANINGS[name] ?? (UNTYPED.has(name) ? BY_THE_GATEWAY : '');
  return `${name}, "${message}"${meaning === '' ? '' : `: ${meaning}`}`;
}
