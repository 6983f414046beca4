import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';

import { allowsEnds, type Domain, ENVIRONMENT_NAMES, OPERATIONS } from '../../lambda/environment/environment.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { completeTask, type HeldTask, registerDomain, startTask } from '../../local/tasks.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { issueVersion1 } from '../e2e/version-1-key.ts';
import { type Container, openFunctionUnderTest, openSharedStack, type SharedStack } from './function-under-test.ts';
import type { ViewedKeys } from './least-privilege.operator.ts';
import { cancelAll, startTasks } from './many-tasks.ts';

/** The tasks of one domain that the stories are about. */
export interface DomainTasks {
  /** Nobody cancels it. All stories share it, because their heartbeats change nothing. */
  readonly open: HeldTask;
  /** It is closed, so that each story can try to end it. Undefined for a domain whose tasks no worker may end. */
  readonly closed: HeldTask | undefined;
  /** Takes a task that was asked to cancel. The relay has not heard of it. */
  readonly takeCanceled: () => Promise<HeldTask>;
}

/** What the stories are told on: one running stack, with keys and tasks that were there before. */
export interface Stage {
  readonly shared: SharedStack;
  /** A key of every domain, for stories in which no operator issues one. They are told one after the other. */
  readonly key: IssuedKey;
  /** Keys to look at, which nobody changes. */
  readonly viewed: ViewedKeys;
  /** A container that lacks nothing: the keys that an operator issues are used there. */
  readonly container: Container;
  /** By domain, for every domain of the template. */
  readonly tasks: ReadonlyMap<string, DomainTasks>;
}

export async function openStage(): Promise<Stage> {
  const shared = await openSharedStack();
  const { stack, swf, target } = shared;
  const names = domainsOf(stack).map(({ name }) => name);
  await Promise.all(names.map((name) => registerDomain(swf, name)));
  const tasks = domainsOf(stack).map(async (domain) => [domain.name, await openDomainTasks(shared, domain)] as const);
  return {
    shared,
    key: await issueKey(
      target,
      { label: 'stage', domains: names, operations: OPERATIONS, expiresAtMs: null },
      Date.now(),
    ),
    viewed: await issueBoth(shared),
    container: openFunctionUnderTest(shared).startContainer(),
    tasks: new Map(await Promise.all(tasks)),
  };
}

/** The domains that the template declares. */
export function domainsOf({ functionEnvironment, region }: LocalStack) {
  return [...parseEnvironment({ ...functionEnvironment, AWS_REGION: region }).domains.values()];
}

/** A key as it is issued now, and one of version 1. */
export async function issueBoth({ target }: SharedStack): Promise<ViewedKeys> {
  const request = { label: 'stage', domains: ['orders'], expiresAtMs: null };
  const { keyId: current } = await issueKey(target, request, Date.now());
  const { keyId: version1 } = await issueVersion1(target, request, Date.now());
  return { current, version1 };
}

/** Removes the records of keys, so that later stories do not have to list them. */
export async function removeKeys({ target }: SharedStack, ...keyIds: readonly string[]): Promise<void> {
  await Promise.all(keyIds.map((keyId) => deleteRow(target, target.workerKeysTable, keyId)));
}

/** Lets a key be one that was never used. */
export async function forgetUse({ stack, target }: SharedStack, { keyId }: IssuedKey): Promise<void> {
  const { dynamodb } = target;
  await deleteRow(target, target.keyUseTable, keyId);
  await dynamodb.send(new DeleteItemCommand(toBucketRow(stack, keyId)));
}

/** Where the containers share a key's rate. */
export function toBucketRow({ functionEnvironment }: LocalStack, keyId: string) {
  const TableName = functionEnvironment[ENVIRONMENT_NAMES.rateLimitsTable];
  return { TableName, Key: { bucket: { S: `key/${keyId}` } } };
}

async function deleteRow(
  { dynamodb }: SharedStack['target'],
  TableName: string | undefined,
  keyId: string,
): Promise<void> {
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: { keyId: { S: keyId } } }));
}

/** Few stories are told to their end. */
const CANCELED_AT_ONCE = 40;

async function openDomainTasks({ swf }: SharedStack, settings: Domain): Promise<DomainTasks> {
  const { name: domain } = settings;
  const open = await startTask(swf, domain);
  const closed = allowsEnds(settings) ? await startClosed(swf, domain) : undefined;
  const supply: HeldTask[] = [];
  const takeCanceled = async (): Promise<HeldTask> => {
    if (supply.length === 0) {
      supply.push(...(await startTasks(swf, domain, CANCELED_AT_ONCE)));
      await cancelAll(swf, domain, supply);
    }
    const task = supply.pop();
    if (task === undefined) throw new Error('SWF gave no task');
    return task;
  };
  return { open, closed, takeCanceled };
}

async function startClosed(swf: SharedStack['swf'], domain: string): Promise<HeldTask> {
  const task = await startTask(swf, domain);
  await completeTask(swf, { ...task, domain }, task.taskToken);
  return task;
}
