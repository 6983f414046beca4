import { isDeepStrictEqual } from 'node:util';

import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import { isKeyId } from '../../lambda/workers/worker-key.ts';
import type { Access } from '../../local/aws/access.ts';
import { Faults, parseFaultRule } from '../../local/faults.ts';
import type { HeldTask } from '../../local/tasks.ts';
import { findLastSeen } from '../../operator/key-use.ts';
import { type Answer, bearer, type SharedStack, openFunctionUnderTest, type Sent } from './function-under-test.ts';
import { codeOf, EVERYWHERE, type Failure, type Step } from './least-privilege.failure.ts';
import { type DomainTasks, type Stage, toBucketRow } from './least-privilege.stage.ts';

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

export type OpenRelay = (shared: SharedStack, access: Access) => Relay | Promise<Relay>;

interface Key {
  readonly keyId: string;
  readonly secret: string;
}

/** Lets the function do all of its work for a key that was never used. No failure: it can. */
export async function tellOfFunction(
  stage: Stage,
  access: Access,
  openRelay: OpenRelay,
  key: Key,
): Promise<readonly Failure[]> {
  let relay: Relay;
  try {
    relay = await openRelay(stage.shared, access);
  } catch (error) {
    return [{ step: 'start', code: codeOf(error), where: EVERYWHERE }];
  }
  const failures = await tellByDomain(stage, relay, key);
  if (failures.length > 0) return failures;
  if (!(await isRateShared(stage, key))) return [{ step: 'rate', code: 'never leased', where: EVERYWHERE }];
  return (await isSeen(stage, key)) ? [] : [{ step: 'seen', code: 'never seen', where: EVERYWHERE }];
}

/** A rate that a container does not share is limited all the same, but by each container for itself. */
async function isRateShared({ shared: { stack, target } }: Stage, { keyId }: Key): Promise<boolean> {
  const { Item: item } = await target.dynamodb.send(new GetItemCommand(toBucketRow(stack, keyId)));
  return item !== undefined;
}

async function isSeen({ shared: { target } }: Stage, { keyId }: Key): Promise<boolean> {
  return isKeyId(keyId) && (await findLastSeen(target, keyId)) !== undefined;
}

/** Each domain goes its own way to its first failure: that one role is broken must not hurt another domain. */
async function tellByDomain(stage: Stage, relay: Relay, key: Key): Promise<readonly Failure[]> {
  const stories = [...stage.tasks].map(([domain, tasks]) => new DomainStory(domain, key, tasks));
  const first = await relay.startContainer();
  await Promise.all(stories.map(async (story) => story.heartbeatAndCancel(first)));
  if (stories.some(({ failure }) => failure === undefined)) {
    const second = await relay.startContainer();
    await Promise.all(stories.map(async (story) => story.read(second)));
    // A key that an operator issues by a command of the story may do no more than send heartbeats.
    if (key === stage.key) await Promise.all(stories.map(async (story) => story.end(second)));
    relay.faults.set([parseFaultRule('swf=throttle')]);
    await Promise.all(stories.map(async (story) => story.outage(second)));
  }
  const failures = stories.flatMap(({ failure }) => failure ?? []);
  return together(failures, stories.length);
}

const ENDS: readonly (readonly [Step, string])[] = [
  ['end as completed', 'completions'],
  ['end as failed', 'failures'],
  ['end as canceled', 'cancellations'],
];

class DomainStory {
  failure: Failure | undefined;
  readonly #domain: string;
  readonly #key: Key;
  readonly #tasks: DomainTasks;
  #canceled: HeldTask | undefined;

  constructor(domain: string, key: Key, tasks: DomainTasks) {
    this.#domain = domain;
    this.#key = key;
    this.#tasks = tasks;
  }

  async heartbeatAndCancel(send: Send): Promise<void> {
    await this.#heartbeat('heartbeat', send, this.#tasks.open, { forwarded: true, cancelRequested: false });
    if (this.failure !== undefined) return;
    this.#canceled = await this.#tasks.takeCanceled();
    await this.#heartbeat('cancel', send, this.#canceled, { forwarded: true, cancelRequested: true });
  }

  /** The task is closed, which SWF says only to whoever may end it. */
  async end(send: Send): Promise<void> {
    const { closed } = this.#tasks;
    if (closed === undefined) return;
    const body = JSON.stringify({ taskToken: closed.taskToken });
    for (const [step, path] of ENDS) {
      await this.#take(step, send, { path: `/domains/${this.#domain}/${path}`, body }, { code: 'TaskNotOpen' }, 410);
    }
  }

  async read(send: Send): Promise<void> {
    const path = `/domains/${this.#domain}/tasks/${this.#canceled?.taskId ?? ''}`;
    await this.#take('read', send, { method: 'GET', path }, { state: 'open', cancelRequested: true });
  }

  /** While SWF fails, only what was stored can say `true`. */
  async outage(send: Send): Promise<void> {
    await this.#heartbeat('outage', send, this.#canceled, { forwarded: false, cancelRequested: true });
  }

  async #heartbeat(step: Step, send: Send, task: HeldTask | undefined, wanted: Answer['body']): Promise<void> {
    const body = JSON.stringify({ taskToken: task?.taskToken });
    await this.#take(step, send, { path: `/domains/${this.#domain}/heartbeats`, body }, wanted);
  }

  async #take(step: Step, send: Send, sent: Sent, wanted: Answer['body'], wantedStatus = 200): Promise<void> {
    if (this.failure !== undefined) return;
    const { status, body } = await send({ ...sent, headers: bearer(this.#key) });
    if (status === wantedStatus && isDeepStrictEqual({ ...body, ...wanted }, body)) return;
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
