import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

import { cancelTask, completeTask } from '../../local/tasks.ts';
import type { Cast } from './secrets-cast.ts';
import { call, type Key, newTask } from './secrets-story.ts';
import { leaveOut, type ToSign, toSignedHeaders } from './signed.ts';

interface Sent extends Omit<Partial<ToSign>, 'key' | 'body' | 'host'> {
  readonly body?: string;
  /** Besides, unsigned; or instead of those that were signed. */
  readonly spoil?: (headers: Record<string, string>) => Record<string, string>;
  readonly query?: string;
}

/** Sends a signed request, in which everything that must stay secret is a mark: the whole proof, too. */
async function post(cast: Cast, key: Key, sent: Sent): Promise<number> {
  const { path = '/domains/orders', query = '', spoil = (headers) => headers, body = '{}', method = 'POST' } = sent;
  const { relayUrl } = cast.running.stack;
  const token = encodeURI(cast.newMark('security token'));
  const headers = { 'x-amz-security-token': token, ...sent.headers };
  const signed = toSignedHeaders({ ...sent, key, path, body, host: new URL(relayUrl).host, headers });
  const { authorization = '' } = signed;
  cast.marks.push({ name: 'authorization', secret: authorization });
  cast.marks.push({ name: 'security token', secret: token });
  cast.marks.push({ name: 'signature', secret: authorization.slice(-64) });
  const spoilt = leaveOut(spoil(signed), 'host');
  return call(cast, `${relayUrl}${path}${query}`, { method, headers: spoilt, body });
}

async function heartbeat(cast: Cast, key: Key, taskToken: string, over: Sent = {}): Promise<number> {
  return post(cast, key, { ...over, body: JSON.stringify({ taskToken, details: cast.newMark('details') }) });
}

/** What goes well, and what SWF and the relay refuse, by the real SDK first of all. */
export async function playAws(cast: Cast): Promise<number[]> {
  const { running, swf } = cast;
  const both = await cast.issue('orders', 'billing');
  const one = await cast.issue('orders');
  const [task, foreign] = await Promise.all([newTask(cast), newTask(cast, 'billing')]);
  const { taskToken } = task;
  const held = { ...task, domain: 'orders', cancelRequested: false };
  const sdk = new SWFClient({
    endpoint: `${running.stack.relayUrl}/domains/orders`,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: one.keyId,
      secretAccessKey: one.secret,
      sessionToken: encodeURI(cast.newMark('session')),
    },
  });
  const { $metadata } = await sdk.send(
    new RecordActivityTaskHeartbeatCommand({ taskToken, details: cast.newMark('details') }),
  );
  sdk.destroy();
  const statuses = [$metadata.httpStatusCode ?? 0, await heartbeat(cast, one, taskToken, { path: '/' })];
  await cancelTask(swf, held);
  statuses.push(
    await heartbeat(cast, both, taskToken),
    await heartbeat(cast, both, taskToken, { path: '/domains/orders/' }),
    await heartbeat(cast, one, foreign.taskToken),
    await heartbeat(cast, one, cast.newMark('junk token')),
    await heartbeat(cast, one, foreign.taskToken, { path: '/domains/billing' }),
    await heartbeat(cast, both, taskToken, { path: '/' }),
  );
  await completeTask(swf, held, taskToken);
  statuses.push(
    await heartbeat(cast, one, taskToken),
    await heartbeat(cast, both, foreign.taskToken, { path: '/domains/billing' }),
  );
  return statuses;
}

/** Secrets, and good proofs that do not fit, where they do not belong: every request is refused. */
export async function playAwsMisplaced(cast: Cast): Promise<number[]> {
  const key = await cast.issue('orders');
  const { taskToken } = await newTask(cast);
  const { keyId, secret } = key;
  const replaced = (from: string | RegExp, to: string) => (headers: Record<string, string>) => ({
    ...headers,
    authorization: (headers['authorization'] ?? '').replace(from, to),
  });
  const sent: Sent[] = [
    { spoil: replaced(keyId, secret) },
    { spoil: replaced(keyId, `${keyId}.${secret}`) },
    { spoil: replaced(/\w{64}$/, secret) },
    { spoil: replaced('eu-west-1', secret.toLowerCase().replaceAll('_', '-')) },
    { spoil: replaced('swf', secret.replaceAll('-', '_')) },
    { spoil: replaced(/host;/, `host;${secret.toLowerCase()};`) },
    { spoil: replaced('AWS4-HMAC-SHA256', `AWS4-HMAC-SHA256 ${secret}`) },
    { spoil: replaced('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256') },
    { spoil: (headers) => ({ ...headers, 'x-amz-date': secret }) },
    { spoil: (headers) => ({ ...headers, 'x-amz-content-sha256': secret }) },
    { spoil: (headers) => ({ ...headers, 'x-amz-target': secret }) },
    { spoil: (headers) => ({ ...headers, 'x-amz-target': `SimpleWorkflowService.${taskToken}` }) },
    { spoil: ({ authorization = '', ...rest }) => ({ ...rest, 'x-amz-security-token': authorization }) },
    { spoil: (headers) => ({ ...headers, 'x-filler': 'x'.repeat(11_000) }) },
    { query: `?X-Amz-Credential=${keyId}&X-Amz-Signature=${secret}` },
    { atMs: Date.now() - 600_000 },
    { region: 'us-east-1' },
    { path: `/domains/${secret}` },
    { path: `/${keyId}.${secret}` },
    { path: `/domains/orders/${secret}` },
    { method: 'PUT' },
    { headers: { 'x-relay-heartbeat-timeout': secret } },
    { spoil: (headers) => ({ ...headers, 'x-relay-next-heartbeat': `${keyId}.${secret}` }) },
    { body: taskToken },
    { body: JSON.stringify({ taskToken: { secret } }) },
    { body: JSON.stringify({ taskToken: `${taskToken}${secret}${'x'.repeat(1_024)}` }) },
    { body: JSON.stringify({ taskToken, details: secret.repeat(2_000) }) },
  ];
  const statuses: number[] = [];
  for (const request of sent) statuses.push(await post(cast, key, request));
  return statuses;
}

/** A 200 first, and then every way to be told to try later. */
export async function playAwsFaults(cast: Cast): Promise<number[]> {
  const { stack } = cast.running;
  const [key, unseen, task] = await Promise.all([cast.issue('orders'), cast.issue('orders'), newTask(cast)]);
  const statuses = [await heartbeat(cast, key, task.taskToken)];
  for (const [rule, worker] of [
    ['swf=throttle', key],
    ['swf=garbage', key],
    ['dynamodb/WorkerKeys=error', unseen],
    ['kms=error', unseen],
  ] as const) {
    stack.faults.set([rule]);
    statuses.push(await heartbeat(cast, worker, task.taskToken));
  }
  stack.faults.set([]);
  return statuses;
}
