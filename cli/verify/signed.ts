import { type Check, SomethingElseError } from './check.ts';
import type { Meanings } from './outcome.ts';
import type { Scene } from './scene.ts';
import { beatSigned, type EndpointForm, type SignedOutcome } from './signed-beat.ts';

/** Whether AWS's own client, signing with a worker key, gets through to SWF by each form of the endpoint. */
export const SIGNED_CHECKS: readonly Check[] = [
  { name: 'signed path/', needs: ['beat'], act: async (scene) => signedIsRecorded(scene, 'path/') },
  { name: 'signed path', needs: ['beat'], act: async (scene) => signedIsRecorded(scene, 'path') },
  { name: 'signed root', needs: ['beat'], act: async (scene) => signedIsRecorded(scene, 'root') },
];

const SENT: Readonly<Record<EndpointForm, string>> = {
  'path/': "by AWS's SDK to /domains/{domain}/",
  path: 'to /domains/{domain}, as the AWS CLI sends it',
  root: "by AWS's SDK to /",
};

const MEANINGS: Meanings = {
  MissingAuthenticationTokenException: 'the gateway does not hand a SigV4 Authorization header over',
  IncompleteSignatureException: 'the gateway drops or changes headers that are signed',
  UnrecognizedClientException: 'the gateway changes the path, the body or headers that are signed',
  InvalidSignatureException: 'the clocks are more than 5 minutes apart',
};

/** What such a name stands for: the relay did not answer in AWS's form, so the gateway answered in its place. */
const BY_THE_GATEWAY = 'the gateway itself refuses it, by the Authorization header or the slash at the end';

async function signedIsRecorded(scene: Scene, form: EndpointForm): Promise<string> {
  const { taskToken } = await scene.task('main');
  const outcome = await beatSigned(scene, taskToken, form);
  if (outcome.kind === 'answered' && outcome.cancelRequested === false) {
    return `recorded, sent ${SENT[form]}: Authorization and x-amz-* arrive unchanged`;
  }
  throw new SomethingElseError(`sent ${SENT[form]}: ${toInstead(outcome)}`);
}

function toInstead(outcome: SignedOutcome): string {
  if (outcome.kind === 'answered') return `cancelRequested ${String(outcome.cancelRequested)} instead of false`;
  const { name, message } = outcome;
  const meaning = MEANINGS[name] ?? (name.startsWith('Unknown') && !name.endsWith('Exception') ? BY_THE_GATEWAY : '');
  return `${name}, "${message}"${meaning === '' ? '' : `: ${meaning}`}`;
}
