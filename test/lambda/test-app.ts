import { createApp, type Dependencies } from '../../lambda/app.ts';
import { grantDomain } from '../../lambda/workers/grant.ts';
import { parseHeartbeat, toTaskId, type Heartbeat } from '../../lambda/tasks/heartbeat.ts';
import type { SignableRequest } from '../../lambda/http/event.ts';
import type { Observation, TaskKey, TaskState } from '../../lambda/tasks/task-state.ts';
import type { WorkerKeyRecord } from '../../lambda/workers/key-record.ts';
import { type KeyEvents, NO_EVENTS, toKnownKey } from '../../lambda/workers/known-key.ts';
import type { KeyId } from '../../lambda/workers/worker-key.ts';
import { domainArn, type Domain } from '../../lambda/environment/environment.ts';
import { AuthenticationUnavailableError } from '../../lambda/workers/errors.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import type { Outcome } from '../../lambda/http/outcome.ts';
import type { Trace } from '../../lambda/http/trace.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { assertDocumented } from '../openapi/documented.ts';
import { LeaseRows } from './share/shared-lease.ts';
import { aKeyId, aRecord, NOW, toAuthorization, toSecret } from './workers/worker-key-records.ts';

export const aDomain = (name: string): Domain => ({
  name,
  region: 'eu-west-1',
  arn: domainArn('aws', 'eu-west-1', '111122223333', name),
  roleArn: `arn:aws:iam::111122223333:role/relay-${name}`,
});

/** The keys of two workers, each with one domain. */
export const ordersKey = aRecord();
export const billingKey = aRecord({ keyId: aKeyId(1), domains: ['billing'] });

export const TASK_TOKEN = 'AAAAKgAAAAEAAAAAAAAAAbG9jYWw=';
export const TASK_ID = toTaskId(parseHeartbeat(Buffer.from(JSON.stringify({ taskToken: TASK_TOKEN }))).taskToken);

/** What the app calls, in memory; a test changes it between calls. */
export interface FakeBackends {
  nowMs: number;
  readonly keys: WorkerKeyRecord[];
  /** What happened to the keys. */
  readonly keyEvents: Map<KeyId, KeyEvents>;
  areKeysReadable: boolean;
  /** How often the table of keys was read. */
  keyReads: number;
  /** How often KMS was asked. */
  derivations: number;
  /** What SWF says: whether cancel is requested, or what it throws. */
  swf: () => boolean;
  readonly forwarded: { readonly domain: string; readonly heartbeat: Heartbeat }[];
  /** By domain and task id. */
  readonly rows: Map<string, TaskState>;
  isCacheReadable: boolean;
  isCacheWritable: boolean;
  /** How often a row was read. */
  cacheReads: number;
  /** The table of rate limits. */
  readonly leases: LeaseRows;
  readonly reports: { readonly outcome: Outcome; readonly trace: Trace; readonly requestId: string }[];
}

export const createFakeBackends = (): FakeBackends => ({
  nowMs: NOW,
  keys: [ordersKey, billingKey],
  keyEvents: new Map(),
  areKeysReadable: true,
  keyReads: 0,
  derivations: 0,
  swf: () => false,
  forwarded: [],
  rows: new Map(),
  isCacheReadable: true,
  isCacheWritable: true,
  cacheReads: 0,
  leases: new LeaseRows(),
  reports: [],
});

const toRowKey = ({ domain, taskId }: TaskKey): string => `${domain} ${taskId}`;

/** Stores an open row for the one task of these tests, in the domain `orders`. */
export function storeRow(backends: FakeBackends, over: Partial<TaskState> = {}): void {
  const open: TaskState = { state: 'open', cancelRequested: false, observedAtMs: NOW - 90_000 };
  backends.rows.set(toRowKey({ domain: 'orders', taskId: TASK_ID }), { ...open, ...over });
}

export const findRow = (backends: FakeBackends): TaskState | undefined =>
  backends.rows.get(toRowKey({ domain: 'orders', taskId: TASK_ID }));

/** The composed app on fake backends. The relay's own verification checks keys. */
export function createTestApp(backends: FakeBackends, over: Partial<Dependencies> = {}) {
  const clock = () => backends.nowMs;
  const app: Invocable = {
    invoke: createApp({
      domains: new Map(['orders', 'billing'].map((name) => [name, aDomain(name)])),
      grantDomain,
      verifyProof: createVerifyProof({
        findKey: async (keyId) => {
          backends.keyReads += 1;
          if (!backends.areKeysReadable) throw new AuthenticationUnavailableError('the table is down');
          const record = backends.keys.find((key) => key.keyId === keyId);
          return record === undefined ? undefined : toKnownKey(record, backends.keyEvents.get(keyId) ?? NO_EVENTS);
        },
        deriveSecret: async (record) => {
          backends.derivations += 1;
          return toSecret(record);
        },
        clock,
      }),
      forward: async (domain, heartbeat) => {
        backends.forwarded.push({ domain: domain.name, heartbeat });
        return {
          kind: 'accepted',
          cancelRequested: backends.swf(),
          startedAtMs: backends.nowMs,
          observedAtMs: backends.nowMs,
        };
      },
      recordKeyUse: async () => undefined,
      remember: async (task, observation) => remember(backends, task, observation),
      findTaskState: async (task) => {
        backends.cacheReads += 1;
        if (!backends.isCacheReadable) throw new Error('the table is down');
        return backends.rows.get(toRowKey(task));
      },
      writeLease: async (lease) => backends.leases.write(lease),
      report: (outcome, trace, requestId) => backends.reports.push({ outcome, trace, requestId }),
      clock,
      random: () => 0.5,
      ...over,
    }),
  };
  const { body: _body, ...bare } = aHeartbeatEvent();
  const answer = async (event: HttpEvent): Promise<HttpResult> => {
    const { statusCode: status, headers, body, ...rest } = await app.invoke(event, {});
    const { method } = event.requestContext.http;
    assertDocumented({ method, path: event.rawPath, status, headers, body });
    return { statusCode: status, headers, body, ...rest };
  };
  return Object.assign(async (event: Partial<HttpEvent> = {}) => answer({ ...aHeartbeatEvent(), ...event }), {
    withoutBody: async () => answer(bare),
  });
}

/** The app asks for a context that its own first steps fill. */
interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

async function remember(backends: FakeBackends, task: TaskKey, observation: Observation): Promise<boolean> {
  if (!backends.isCacheWritable) throw new Error('the table is down');
  const { observedAtMs } = observation;
  const previous = backends.rows.get(toRowKey(task));
  if (observation.kind === 'accepted') {
    const cancelRequested = observation.cancelRequested || previous?.cancelRequested === true;
    const acceptedAtMs = observation.isPaced === true ? observation.startedAtMs : previous?.acceptedAtMs;
    const accepted = acceptedAtMs === undefined ? {} : { acceptedAtMs };
    const { outcome } = previous ?? {};
    const state = outcome === undefined ? ({ state: 'open' } as const) : ({ state: 'closed', outcome } as const);
    backends.rows.set(toRowKey(task), { ...state, cancelRequested, observedAtMs, ...accepted });
    return cancelRequested;
  }
  if (previous === undefined) return false;
  backends.rows.set(toRowKey(task), { ...previous, state: 'closed', closedText: observation.text, observedAtMs });
  return previous.cancelRequested;
}

/** A genuine heartbeat of the worker of `orders`, in its domain. */
export function aHeartbeatEvent(): HttpEvent {
  return {
    rawPath: '/domains/orders/heartbeats',
    rawQueryString: '',
    headers: { authorization: toAuthorization(ordersKey) },
    body: JSON.stringify({ taskToken: TASK_TOKEN, details: '42 %' }),
    isBase64Encoded: false,
    requestContext: { domainName: 'relay.example', timeEpoch: NOW, requestId: 'request-1', http: { method: 'POST' } },
  };
}

/** The same request from another address. */
export const fromAddress = (sourceIp: string): Pick<HttpEvent, 'requestContext'> => ({
  requestContext: { ...aHeartbeatEvent().requestContext, http: { method: 'POST', sourceIp } },
});

/** The same request by another method. */
export const byMethod = (method: string): Pick<HttpEvent, 'requestContext'> => ({
  requestContext: { ...aHeartbeatEvent().requestContext, http: { method } },
});

/** As a gateway hands it over: a body of AWS's type arrives in base64. */
export function toEvent({ method, path, headers, host, body }: SignableRequest): HttpEvent {
  return {
    rawPath: path,
    rawQueryString: '',
    headers,
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { ...aHeartbeatEvent().requestContext, domainName: host, http: { method } },
  };
}

/** The code of a request's outcome, or those of the entries of a batch. */
export function toCodes(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'batch') return outcome.entries.flatMap((entry) => toCodes(entry.outcome));
  return [outcome.kind === 'answered' ? outcome.code : outcome.error.code];
}

/** The code of a problem document. */
export function toCode({ body }: HttpResult): unknown {
  const problem: unknown = JSON.parse(body);
  return typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
}
