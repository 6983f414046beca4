import { z } from 'zod';

import type { Dependencies } from '../../../../lambda/app.ts';
import { type Domain, OPERATIONS } from '../../../../lambda/environment/environment.ts';
import type { HttpEvent, HttpResult } from '../../../../lambda/http/event.ts';
import type { EndInput } from '../../../../lambda/tasks/ends/end.ts';
import type { EndRows } from '../../../../lambda/tasks/ends/end-rows.ts';
import type { WorkerKeyRecord } from '../../../../lambda/workers/key-record.ts';
import { ERROR_CLASSES as errors } from '../../error-classes.ts';
import {
  aDomain,
  byMethod,
  createFakeBackends,
  createTestApp,
  type FakeBackends,
  TASK_ID,
  TASK_TOKEN,
} from '../../test-app.ts';
import { aKeyId, aRecordV2, toAuthorization } from '../../workers/worker-key-records.ts';
import { createEndRowsModel } from './end-rows-model.ts';
import { SwfTask } from './swf-model.ts';

/** May do everything in `orders`, at a rate that no test uses up. */
export const endKey = aRecordV2({ operations: OPERATIONS, rate: 1_000_000 }, aKeyId(20));

export type Format = 'native' | 'aws';

export const FORMATS = ['native', 'aws'] as const;

/** A way to end a task, in both formats. */
export const ENDS = {
  complete: {
    path: 'completions',
    operation: 'RespondActivityTaskCompleted',
    outcome: 'completed',
    code: 'TaskCompleted',
  },
  fail: { path: 'failures', operation: 'RespondActivityTaskFailed', outcome: 'failed', code: 'TaskFailed' },
  cancel: {
    path: 'cancellations',
    operation: 'RespondActivityTaskCanceled',
    outcome: 'canceled',
    code: 'TaskCanceled',
  },
} as const;

export type Kind = keyof typeof ENDS;

export const KINDS = ['complete', 'fail', 'cancel'] as const;

/** Members that the operation takes beside the token. */
export const PAYLOADS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  complete: { result: 'ok' },
  fail: { reason: 'paper jam', details: 'tray 2' },
  cancel: { details: 'stopped at page 3' },
};

/** What goes wrong with a call. `before`: it does not get there. `after`: its answer gets lost. */
export type Fault = 'none' | 'before' | 'after';

/** Faults of the next calls, of whatever container. */
export interface Faults {
  /** `unsent`: the relay has no time left to call. */
  swf: Fault | 'throttle' | 'unsent';
  begin: Fault;
  finish: Fault;
  release: Fault;
  find: Fault;
}

export const NO_FAULTS: Faults = { swf: 'none', begin: 'none', finish: 'none', release: 'none', find: 'none' };

type Call = ReturnType<typeof createTestApp>;

/** One task, its SWF, its row, and any number of containers. */
export class EndWorld {
  readonly backends: FakeBackends = createFakeBackends();
  readonly swf = new SwfTask();
  readonly faults: Faults = { ...NO_FAULTS };
  /** A test of interleavings decides for each call, and when it is made. */
  toFault: (step: keyof Faults) => Promise<Faults['swf']> = async (step) => this.faults[step];
  /** What SWF got. */
  readonly sent: EndInput[] = [];
  readonly taskToken = TASK_TOKEN;
  readonly taskId = TASK_ID;
  readonly #domain: Domain;
  readonly #rows: EndRows;

  constructor(over: Partial<Domain> = {}) {
    this.#domain = { ...aDomain('orders'), operations: OPERATIONS, rate: { perSecond: 1_000_000 }, ...over };
    this.#rows = createEndRowsModel(this.backends);
    this.backends.keys.push(endKey);
  }

  startContainer(over: Partial<Dependencies> = {}): Call {
    const { backends } = this;
    return createTestApp(backends, {
      domains: new Map([
        ['orders', this.#domain],
        ['billing', aDomain('billing')],
      ]),
      forward: async () => {
        const startedAtMs = backends.nowMs;
        const cancelRequested = this.swf.heartbeat();
        return { kind: 'accepted', cancelRequested, startedAtMs, observedAtMs: backends.nowMs };
      },
      ends: {
        respond: async (_domain, { kind, input }) => {
          const fault = await this.toFault('swf');
          if (fault === 'throttle') throw new errors.SwfThrottledError();
          if (fault === 'before') throw new errors.SwfUnavailableError('lost before');
          if (fault === 'unsent') throw new errors.SwfUnavailableError('no time left', { isUnsent: true });
          const { taskToken: _taskToken, ...payload } = input;
          this.sent.push(input);
          // A lost answer may also be a refusal.
          const refusal = attempt(() => this.swf.end(kind, JSON.stringify(payload)));
          if (fault === 'after') throw new errors.SwfUnavailableError('lost after');
          if (refusal !== undefined) throw refusal;
          return backends.nowMs;
        },
        rows: this.#withFaults(this.#rows),
      },
      ...over,
    });
  }

  #withFaults(inner: EndRows): EndRows {
    const faulty = async <T>(step: keyof Faults, write: () => Promise<T>): Promise<T> => {
      const fault = await this.toFault(step);
      if (fault === 'before') throw new Error('the table is down');
      const written = await write();
      if (fault === 'after') throw new Error('the answer got lost');
      return written;
    };
    return {
      begin: async (...given) => faulty('begin', async () => inner.begin(...given)),
      release: async (...given) => faulty('release', async () => inner.release(...given)),
      finish: async (...given) => faulty('finish', async () => inner.finish(...given)),
      find: async (...given) => faulty('find', async () => inner.find(...given)),
    };
  }

  /** The request that ends the task. */
  end(kind: Kind, format: Format = 'native', payload: object = PAYLOADS[kind], key: WorkerKeyRecord = endKey) {
    const { path, operation } = ENDS[kind];
    const body = JSON.stringify({ taskToken: this.taskToken, ...payload });
    const headers = { authorization: toAuthorization(key) };
    if (format === 'native') return { rawPath: `/domains/orders/${path}`, headers, body };
    const target = { 'x-amz-target': `SimpleWorkflowService.${operation}` };
    return { rawPath: '/domains/orders', headers: { ...headers, ...target }, body };
  }

  heartbeat(format: Format = 'native', pace: object = {}): Partial<HttpEvent> {
    const body = JSON.stringify({ taskToken: this.taskToken, ...pace });
    const headers = { authorization: toAuthorization(endKey) };
    if (format === 'native') return { rawPath: '/domains/orders/heartbeats', headers, body };
    const target = { 'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat' };
    return { rawPath: '/domains/orders', headers: { ...headers, ...target }, body };
  }

  look(taskId: string): Partial<HttpEvent> {
    const headers = { authorization: toAuthorization(endKey) };
    return { ...byMethod('GET'), rawPath: `/domains/orders/tasks/${taskId}`, headers, body: '' };
  }
}

function attempt(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('not an error', { cause: error });
  }
}

const MEMBERS = z.record(z.string(), z.unknown());

/** What an answer says, whatever its format. */
export function toSaid({ statusCode, body }: HttpResult): Readonly<Record<string, unknown>> {
  const {
    title: _title,
    detail: _detail,
    requestId: _requestId,
    taskId: _taskId,
    ...said
  } = body === '' ? {} : MEMBERS.parse(JSON.parse(body));
  return { status: statusCode, ...said };
}

/** What the end that stands is answered with. */
export function toAccepted(kind: Kind, format: Format): Readonly<Record<string, unknown>> {
  return format === 'aws' ? { status: 200 } : { status: 200, state: 'closed', outcome: ENDS[kind].outcome };
}

/** In the AWS format: SWF's own words. */
export const UNKNOWN_RESOURCE = 'com.amazonaws.swf.base.model#UnknownResourceFault';

export const IN_SWF_WORDS = {
  status: 400,
  __type: UNKNOWN_RESOURCE,
  message: SwfTask.WORDS,
};

/** That the task is closed, and what else is known about it. */
export function toGone(format: Format, members: object = {}): Readonly<Record<string, unknown>> {
  return format === 'aws' ? IN_SWF_WORDS : { status: 410, code: 'TaskNotOpen', ...members };
}
