import { isDeepStrictEqual } from 'node:util';

import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import { ENVIRONMENT_NAMES } from '../../lambda/environment.ts';
import { parseEnvironment } from '../../lambda/parse-environment.ts';
import type { Access } from '../../local/aws/access.ts';
import { Faults, parseFaultRule } from '../../local/faults.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { issueKey } from '../../operator/issue.ts';
import type { IssuedJson } from '../e2e/keys-command.ts';
import { issueVersion1 } from '../e2e/version-1-key.ts';
import { type Answer, bearer, type SharedStack, openFunctionUnderTest, type Sent } from './function-under-test.ts';
import { codeOf, EVERYWHERE, type Failure, type Step } from './least-privilege.failure.ts';
import { KeyOperator } from './least-privilege.operator.ts';

type Send = (sent: Sent) => Promise<Pick<Answer, 'status' | 'body'>>;

/** A function under policies of one's choice. */
export interface Relay {
  readonly faults: Pick<Faults, 'set'>;
  /** A fresh container: it has met no key, no domain and no task. */
  readonly startContainer: () => Promise<Send>;
}

/** The function alone, in this process. Throws AwsFault where its role does not trust Lambda. */
export function openFunction(shared: SharedStack, access: Access): Relay {
  const { faults, startContainer } = openFunctionUnderTest(shared, access);
  return { faults, startContainer: async () => startContainer().send };
}

/** The template's gateway and bundle, in processes of their own. Throws AwsFault as `openFunction` does. */
export async function openGateway({ stack }: SharedStack, access: Access): Promise<Relay> {
  const faults = new Faults(Date.now, Math.random);
  const open = async (): Promise<Send> => {
    const { relayUrl, functionHost } = await stack.openRelay({ access, faults });
    await functionHost.warm(1);
    return sendTo(relayUrl);
  };
  const ready = [await open()];
  return { faults, startContainer: async () => ready.pop() ?? open() };
}

function sendTo(relayUrl: string): Send {
  return async ({ method = 'POST', path = '/', headers = {}, body = '' }) => {
    const init = method === 'GET' ? { method, headers } : { method, headers, body };
    const response = await fetch(new URL(path, relayUrl), init);
    const parsed: unknown = await response.json();
    return { status: response.status, body: typeof parsed === 'object' ? { ...parsed } : {} };
  };
}

/** The domains that the template declares. */
export function domainsOf({ functionEnvironment, region }: LocalStack) {
  return [...parseEnvironment({ ...functionEnvironment, AWS_REGION: region }).domains.values()];
}

type OpenRelay = (shared: SharedStack, access: Access) => Relay | Promise<Relay>;

/** Runs the story with these policies in force for the operator and the function. No failure: both can do their work. */
export async function tell(shared: SharedStack, access: Access, openRelay: OpenRelay): Promise<readonly Failure[]> {
  using operator = new KeyOperator(shared, access);
  let step: Step = 'issue';
  let parts: { readonly key: IssuedJson; readonly relay: Relay };
  try {
    const key = await operator.issue(domainsOf(shared.stack).map(({ name }) => name));
    step = 'start';
    parts = { key, relay: await openRelay(shared, access) };
  } catch (error) {
    return [{ step, code: codeOf(error), where: EVERYWHERE }];
  }
  const failures = await tellByDomain(shared, parts.relay, parts.key);
  if (failures.length > 0) return failures;
  const failure = (await findUnshared(shared, parts.key)) ?? (await operator.manage(parts.key));
  return failure === undefined ? [] : [failure];
}

/** A rate that a container does not share is limited all the same, but by each container for itself. */
async function findUnshared({ stack, target }: SharedStack, { keyId }: IssuedJson): Promise<Failure | undefined> {
  const command = new GetItemCommand({
    TableName: stack.functionEnvironment[ENVIRONMENT_NAMES.rateLimitsTable],
    Key: { bucket: { S: `key/${keyId}` } },
  });
  const { Item: item } = await target.dynamodb.send(command);
  return item === undefined ? { step: 'rate', code: 'never leased', where: EVERYWHERE } : undefined;
}

/** Runs the commands of somebody who may issue no key. No failure: they can do what their policy is for. */
export async function tellOf(
  role: 'viewer' | 'revoker',
  shared: SharedStack,
  access: Access,
): Promise<readonly Failure[]> {
  using operator = new KeyOperator(shared, access, role);
  const request = { label: role, domains: ['orders'], expiresAtMs: null };
  const { keyId: current } = await issueKey(shared.target, request, Date.now());
  const { keyId: version1 } = await issueVersion1(shared.target, request, Date.now());
  return [await operator.view({ current, version1 }, role === 'revoker')].flatMap((failure) => failure ?? []);
}

/** Each domain goes its own way to its first failure: that one role is broken must not hurt another domain. */
async function tellByDomain(shared: SharedStack, relay: Relay, key: IssuedJson): Promise<readonly Failure[]> {
  const first = await relay.startContainer();
  const stories = await Promise.all(
    domainsOf(shared.stack).map(
      async ({ name }) => new DomainStory(shared, key, name, await startTask(shared.swf, name)),
    ),
  );
  await Promise.all(stories.map(async (story) => story.heartbeatAndCancel(first)));
  const second = await relay.startContainer();
  await Promise.all(stories.map(async (story) => story.read(second)));
  relay.faults.set([parseFaultRule('swf=throttle')]);
  await Promise.all(stories.map(async (story) => story.outage(second)));
  const failures = stories.flatMap(({ failure }) => failure ?? []);
  return together(failures, stories.length);
}

class DomainStory {
  failure: Failure | undefined;
  readonly #shared: SharedStack;
  readonly #key: IssuedJson;
  readonly #domain: string;
  readonly #task: HeldTask;

  constructor(shared: SharedStack, key: IssuedJson, domain: string, task: HeldTask) {
    this.#shared = shared;
    this.#key = key;
    this.#domain = domain;
    this.#task = task;
  }

  async heartbeatAndCancel(send: Send): Promise<void> {
    await this.#heartbeat('heartbeat', send, { forwarded: true, cancelRequested: false });
    if (this.failure !== undefined) return;
    await cancelTask(this.#shared.swf, { ...this.#task, domain: this.#domain });
    await this.#heartbeat('cancel', send, { forwarded: true, cancelRequested: true });
  }

  async read(send: Send): Promise<void> {
    const path = `/domains/${this.#domain}/tasks/${this.#task.taskId}`;
    await this.#take('read', send, { method: 'GET', path }, { state: 'open', cancelRequested: true });
  }

  /** While SWF fails, only what was stored can say `true`. */
  async outage(send: Send): Promise<void> {
    await this.#heartbeat('outage', send, { forwarded: false, cancelRequested: true });
  }

  async #heartbeat(step: Step, send: Send, wanted: Answer['body']): Promise<void> {
    const body = JSON.stringify({ taskToken: this.#task.taskToken });
    await this.#take(step, send, { path: `/domains/${this.#domain}/heartbeats`, body }, wanted);
  }

  async #take(step: Step, send: Send, sent: Sent, wanted: Answer['body']): Promise<void> {
    if (this.failure !== undefined) return;
    const { status, body } = await send({ ...sent, headers: bearer(this.#key) });
    if (status === 200 && isDeepStrictEqual({ ...body, ...wanted }, body)) return;
    this.failure = { step, code: toCode(status, body), where: this.#domain };
  }
}

/** Where all domains fail in the same way, that is one failure. */
function together(failures: readonly Failure[], count: number): readonly Failure[] {
  const [first, ...others] = failures;
  const isOne = others.every(({ step, code }) => step === first?.step && code === first.code);
  return first !== undefined && isOne && failures.length === count ? [{ ...first, where: EVERYWHERE }] : failures;
}

/** The relay's code; or, where another answers for it, that one's status and message. */
function toCode(status: number, body: Answer['body']): string {
  const { code, message } = body;
  if (typeof code === 'string') return code;
  return `${status} ${typeof message === 'string' ? message : JSON.stringify(body)}`;
}
