import type { Access } from '../../local/aws/access.ts';
import type { IssuedJson } from '../e2e/keys-command.ts';
import { bearer, type Container, openFunctionUnderTest } from './function-under-test.ts';
import { EVERYWHERE, type Failure } from './least-privilege.failure.ts';
import { openFunction, type OpenRelay, tellOfFunction } from './least-privilege.function.ts';
import { KeyOperator } from './least-privilege.operator.ts';
import { domainsOf, forgetUse, issueBoth, removeKeys, type Stage } from './least-privilege.stage.ts';
import type { Work } from './least-privilege.work.ts';

/** Where one domain shows as much as all of them. */
const DOMAIN = 'orders';

/** Tells of somebody's work, with these policies in force for them. No failure: they can do it. */
export async function tell(
  work: Work,
  stage: Stage,
  access: Access,
  openRelay: OpenRelay = openFunction,
): Promise<readonly Failure[]> {
  switch (work) {
    case 'function':
      await forgetUse(stage.shared, stage.key);
      return tellOfFunction(stage, access, openRelay, stage.key);
    case 'issuer':
      return tellOfIssuer(stage, access, async (key) => sendHeartbeat(stage.container, stage.tasks, key));
    case 'viewer':
    case 'revoker':
      return tellOfLook(work, stage, access);
    case 'derive secrets':
      return tellOfDeriving(stage, access);
  }
}

/** Tells of an operator who issues a key, of the function that lets it in, and of what the operator then does with it. */
export async function tellAll(stage: Stage, access: Access, openRelay: OpenRelay): Promise<readonly Failure[]> {
  return tellOfIssuer(stage, access, async (key) => tellOfFunction(stage, access, openRelay, key));
}

/** @param use lets a key in that was issued a moment ago. */
async function tellOfIssuer(
  { shared }: Stage,
  access: Access,
  use: (key: IssuedJson) => Promise<readonly Failure[]>,
): Promise<readonly Failure[]> {
  using operator = new KeyOperator(shared, access);
  const key = await operator.tryIssue(domainsOf(shared.stack).map(({ name }) => name));
  if ('step' in key) return [key];
  const failures = await use(key);
  const told = failures.length > 0 ? failures : toList(await operator.manage(key));
  await removeKeys(shared, key.keyId);
  return told;
}

async function sendHeartbeat({ send }: Container, tasks: Stage['tasks'], key: IssuedJson): Promise<readonly Failure[]> {
  const body = JSON.stringify({ taskToken: tasks.get(DOMAIN)?.open.taskToken });
  const sent = { path: `/domains/${DOMAIN}/heartbeats`, body, headers: bearer(key) };
  const { status, body: answered } = await send(sent);
  return status === 200 ? [] : [{ step: 'heartbeat', code: String(answered['code']), where: EVERYWHERE }];
}

/** An operator and the function derive MACs, and ask nothing else of a KMS key. */
async function tellOfDeriving(stage: Stage, access: Access): Promise<readonly Failure[]> {
  const { shared } = stage;
  using operator = new KeyOperator(shared, access);
  const key = await operator.tryIssue([DOMAIN]);
  if ('step' in key) return [key];
  const container = openFunctionUnderTest(shared, access).startContainer();
  const failures = await sendHeartbeat(container, stage.tasks, key);
  const seal = await operator.sealOf(key.keyId);
  await removeKeys(shared, key.keyId);
  return seal === 'intact' ? failures : [...failures, { step: 'show', code: seal, where: EVERYWHERE }];
}

/** Lets somebody who may issue no key do what their policy is for. */
async function tellOfLook(
  role: 'viewer' | 'revoker',
  { shared, viewed }: Stage,
  access: Access,
): Promise<readonly Failure[]> {
  using operator = new KeyOperator(shared, access, role);
  const failure = await operator.view(viewed);
  if (failure !== undefined || role === 'viewer') return toList(failure);
  const keys = await issueBoth(shared);
  const revoking = await operator.revoke(keys);
  await removeKeys(shared, keys.current, keys.version1);
  return toList(revoking);
}

const toList = (failure: Failure | undefined): readonly Failure[] => (failure === undefined ? [] : [failure]);
