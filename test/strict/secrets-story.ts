import { Faults, FAULT_KINDS, parseFaultRule } from '../../local/faults.ts';
import type { LocalRelay } from '../../local/local-stack.ts';
import { cancelTask, completeTask, type HeldTask, startTask } from '../../local/tasks.ts';
import type { Cast } from './secrets-cast.ts';

export interface Key {
  readonly keyId: string;
  readonly secret: string;
}

/** Sends a request, and keeps all that came back. */
export async function call({ say }: Cast, url: string, init: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  const text = await response.text();
  say('answer', `${response.status} ${JSON.stringify([...response.headers])} ${text}`);
  return response.status;
}

const bearer = ({ keyId, secret }: Key): string => `Bearer ${keyId}.${secret}`;

async function heartbeat(
  cast: Cast,
  relayUrl: string,
  key: Key,
  taskToken: string,
  domain = 'orders',
): Promise<number> {
  const details = cast.newMark('details');
  return call(cast, `${relayUrl}/domains/${domain}/heartbeats`, {
    method: 'POST',
    headers: { authorization: bearer(key), 'x-amz-security-token': encodeURI(cast.newMark('security token')) },
    body: JSON.stringify({ taskToken, details }),
  });
}

export async function newTask(cast: Cast, domain = 'orders'): Promise<HeldTask> {
  const task = await startTask(cast.swf, domain);
  cast.marks.push({ name: 'task token', secret: task.taskToken });
  return task;
}

/** What goes well, and what SWF and the relay refuse: heartbeats, a cancel request, trespass, reads, closed tasks. */
export async function playPlain(cast: Cast): Promise<number[]> {
  const { running, connection, swf } = cast;
  const { relayUrl, functionHost } = running.stack;
  const { worker, task } = connection;
  const both = await cast.issue('orders', 'billing');
  const foreign = await newTask(cast, 'billing');
  const open = { ...task, domain: 'orders' };
  const get = async (taskId: string): Promise<number> =>
    call(cast, `${relayUrl}/domains/orders/tasks/${taskId}`, { headers: { authorization: bearer(worker) } });
  const statuses = [await heartbeat(cast, relayUrl, worker, task.taskToken), await get(task.taskId)];
  await cancelTask(swf, open);
  statuses.push(await heartbeat(cast, relayUrl, both, task.taskToken), await get(task.taskId));
  await functionHost.replaceContainers(1);
  statuses.push(
    await heartbeat(cast, relayUrl, worker, task.taskToken),
    await heartbeat(cast, relayUrl, worker, foreign.taskToken),
    await heartbeat(cast, relayUrl, worker, foreign.taskToken, 'billing'),
    await heartbeat(cast, relayUrl, both, foreign.taskToken, 'billing'),
    await heartbeat(cast, relayUrl, both, cast.newMark('junk token')),
    await heartbeat(cast, relayUrl, both, ''),
    await get(foreign.taskId),
  );
  const done = await newTask(cast);
  await heartbeat(cast, relayUrl, both, done.taskToken);
  await completeTask(swf, { ...done, domain: 'orders' }, done.taskToken);
  statuses.push(await heartbeat(cast, relayUrl, both, done.taskToken), await get(done.taskId));
  return statuses;
}

/** A task whose heartbeats are paced, until its key has sent too many. */
export async function playPaced(cast: Cast): Promise<number[]> {
  const { relayUrl } = cast.running.stack;
  const [key, { taskToken }] = await Promise.all([cast.issueSlow('orders'), newTask(cast)]);
  const send = async (pace: object): Promise<number> =>
    call(cast, `${relayUrl}/domains/orders/heartbeats`, {
      method: 'POST',
      headers: { authorization: bearer(key) },
      body: JSON.stringify({ taskToken, details: cast.newMark('details'), ...pace }),
    });
  const pace = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 };
  const statuses = [await send(pace), await send(pace)];
  for (let sent = 0; sent < SLOW_BURST; sent += 1) statuses.push(await send({}));
  return statuses;
}

/** What a key of one heartbeat a second may send at once. */
export const SLOW_BURST = 10;

/** Secrets where they do not belong: every request is refused. */
export async function playMisplaced(cast: Cast): Promise<number[]> {
  const { running, connection } = cast;
  const { relayUrl } = running.stack;
  const { keyId, secret } = connection.worker;
  const { taskToken } = connection.task;
  const value = `${keyId}.${secret}`;
  const heartbeats = `${relayUrl}/domains/orders/heartbeats`;
  const body = JSON.stringify({ taskToken, details: cast.newMark('details') });
  const post = async (url: string, headers: Record<string, string>, sent = body): Promise<number> =>
    call(cast, url, { method: 'POST', headers, body: sent });
  const get = async (path: string): Promise<number> =>
    call(cast, `${relayUrl}${path}`, { headers: { authorization: `Bearer ${value}` } });
  const proved = { authorization: `Bearer ${value}` };
  const scope = '20261122/eu-west-1/swf/aws4_request, SignedHeaders=host, Signature=0';
  const headers: Record<string, string>[] = [
    { authorization: `Bearer ${secret}.${keyId}` },
    { authorization: `Bearer ${value},Bearer ${value}` },
    { authorization: `Bearer ${value} ${value}` },
    { authorization: `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}` },
    { authorization: `AWS4-HMAC-SHA256 Credential=${secret}/${scope}` },
    { authorization: secret },
    { authorization: `Bearer ${keyId}.${secret.slice(0, -1)}!` },
    { authorization: `Bearer HBRK${'A'.repeat(16)}.${secret}` },
    { cookie: `key=${value}`, 'x-amz-security-token': encodeURI(cast.newMark('security token')) },
    { 'user-agent': value, 'x-forwarded-for': value, 'x-amzn-trace-id': value, 'x-api-key': value },
    { [`x-${secret}`]: secret },
    { authorization: `Bearer ${value}${'x'.repeat(11_000)}` },
  ];
  const bodies = [
    `{"taskToken": "${taskToken}`,
    `{"taskToken": ["${taskToken}"]}`,
    JSON.stringify({ taskToken: `${taskToken}${secret}${'x'.repeat(1_024)}` }),
    JSON.stringify({ taskToken, details: `${secret}${'x'.repeat(2_048)}` }),
    JSON.stringify({ taskToken, details: { secret } }),
    JSON.stringify({ taskToken, heartbeatTimeoutSeconds: secret }),
    JSON.stringify({ taskToken, nextHeartbeatSeconds: { secret } }),
    JSON.stringify({ taskToken, details: secret.repeat(2_000) }),
    secret,
  ];
  const paths = [
    `/domains/orders/tasks/${secret}`,
    `/domains/${secret}/tasks/${connection.task.taskId}`,
    `/domains/orders/tasks/${encodeURIComponent(taskToken)}`,
    `/domains/orders/${value}`,
    `/${value}`,
    `/health?key=${value}`,
    `/domains/orders/tasks/${connection.task.taskId}?token=${encodeURIComponent(taskToken)}`,
    `/%zz${secret}`,
  ];
  const statuses: number[] = [];
  for (const sent of headers) statuses.push(await post(heartbeats, sent));
  for (const sent of bodies) statuses.push(await post(heartbeats, proved, sent));
  for (const path of paths) statuses.push(await get(path), await call(cast, `${relayUrl}${path}`, { method: 'PUT' }));
  statuses.push(await post(`${relayUrl}/domains/${secret}/heartbeats`, proved));
  statuses.push(await post(`${heartbeats}?secret=${secret}`, proved));
  return statuses;
}

/** On a busy machine, a heartbeat may find no time for what it is sent for. */
const ATTEMPTS = 5;

/** Where faults strike: what they are set on, and what a heartbeat needs so that it meets them. */
const STRUCK: readonly { readonly api: string; readonly isColdOnly: boolean }[] = [
  { api: 'swf', isColdOnly: false },
  { api: 'dynamodb/TaskStates', isColdOnly: false },
  { api: 'dynamodb/WorkerKeys', isColdOnly: false },
  { api: 'dynamodb/RateLimits', isColdOnly: false },
  { api: 'kms', isColdOnly: false },
  { api: 'sts', isColdOnly: true },
];

/** Every kind of fault on every API, each API through a relay of its own beside the others. */
export async function playFaults(cast: Cast): Promise<number[]> {
  const { stack } = cast.running;
  const struck = await Promise.all(
    STRUCK.map(async ({ api, isColdOnly }) => {
      const faults = new Faults(Date.now, Math.random);
      // What hangs is given up as a real function gives it up, or its container would be killed first.
      const relay = await stack.openRelay({ access: stack.realm.access, faults }, {});
      return playKinds(cast, relay, isColdOnly, (kind) => faults.set([parseFaultRule(`${api}=${kind}`)]));
    }),
  );
  stack.faults.set(['swf=throttle', 'dynamodb=slow:100ms@1s']);
  const statuses = [await heartbeat(cast, stack.relayUrl, cast.connection.worker, cast.connection.task.taskToken)];
  stack.faults.set([]);
  return [...struck.flat(), ...statuses];
}

async function playKinds(
  cast: Cast,
  relay: LocalRelay,
  isColdOnly: boolean,
  strike: (kind: string) => void,
): Promise<number[]> {
  const statuses: number[] = [];
  await warmUp(cast, relay);
  for (const kind of FAULT_KINDS) {
    const [key, task] = await Promise.all([cast.issue('orders'), newTask(cast)]);
    // A container that has no session asks for one again.
    await (isColdOnly && statuses.at(-1) !== 503
      ? relay.functionHost.replaceContainers(1)
      : relay.functionHost.warm(1));
    strike(kind === 'slow' ? 'slow:200ms' : kind);
    const send = async () => heartbeat(cast, relay.relayUrl, key, task.taskToken);
    // A stalled call is not over before the story is, so nobody observes it.
    statuses.push(await (isColdOnly && kind !== 'stall' ? untilSessionAsked(cast, send) : send()));
  }
  return statuses;
}

/** Sends a heartbeat until it has got as far as to ask for a session. @throws Error if none does */
async function untilSessionAsked(cast: Cast, send: () => Promise<number>): Promise<number> {
  const asked = (): number => cast.said.filter(({ bytes }) => bytes.includes('"AssumeRole"')).length;
  const before = asked();
  let status = await send();
  for (let attempt = 2; attempt <= ATTEMPTS && asked() === before; attempt += 1) status = await send();
  if (asked() === before) throw new Error(`${ATTEMPTS} heartbeats asked for no session`);
  return status;
}

/** Sends heartbeats until a container has had the time to check a key. */
async function warmUp(cast: Cast, relay: LocalRelay): Promise<void> {
  const { taskToken } = await newTask(cast);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if ((await heartbeat(cast, relay.relayUrl, cast.connection.worker, taskToken)) === 200) return;
  }
}
